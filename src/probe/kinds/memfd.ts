import { defineKind } from '../kind.ts';

/** memfd_create(2): a file on the kernel's own tmpfs, always shown as deleted. */
export const memfd = defineKind({
  name: 'memfd',
  claim: { prefix: ['/memfd:'] },
  facts: {},
  openNeed: () => 'nothing',
  fop: 'shmem_file_operations',
});

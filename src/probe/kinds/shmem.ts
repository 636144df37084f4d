import { defineKind } from '../kind.ts';

/** Shared anonymous memory: mmap(2) with MAP_SHARED | MAP_ANONYMOUS. */
export const shmem = defineKind({
  name: 'shmem',
  claim: { prefix: ['/dev/zero', '/anon_hugepage'] },
  facts: {},
  fop: 'shmem_file_operations',
});

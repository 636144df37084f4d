import { defineKind } from '../kind.ts';

/** memfd_secret(2): memory that not even the kernel maps. */
export const secretmem = defineKind({
  name: 'secretmem',
  claim: { prefix: ['/secretmem'] },
  facts: {},
  fop: 'secretmem_fops',
});

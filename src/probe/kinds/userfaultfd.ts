import { defineKind } from '../kind.ts';

/** userfaultfd(2). */
export const userfaultfd = defineKind({
  name: 'userfaultfd',
  claim: { anon: ['userfaultfd'] },
  facts: {},
  fop: 'userfaultfd_fops',
});

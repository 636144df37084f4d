import { defineKind } from '../kind.ts';

/** signalfd(2). */
export const signalfd = defineKind({
  name: 'signalfd',
  claim: { anon: ['signalfd'] },
  facts: {},
  openNeed: () => 'nothing',
  fop: 'signalfd_fops',
});

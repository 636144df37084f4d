import { defineKind } from '../kind.ts';

/** io_uring_setup(2). */
export const ioUring = defineKind({
  name: 'io_uring',
  claim: { anon: ['io_uring'] },
  facts: {},
  fop: 'io_uring_fops',
});

import { defineKind } from '../kind.ts';

/** A named pipe. */
export const fifo = defineKind({
  name: 'fifo',
  claim: { type: 'fifo' },
  facts: {},
  fop: 'pipefifo_fops',
});

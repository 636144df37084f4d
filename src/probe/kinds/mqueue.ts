import { defineKind } from '../kind.ts';

/** A POSIX message queue, mq_overview(7). */
export const mqueue = defineKind({
  name: 'mqueue',
  claim: { fsType: 'mqueue' },
  facts: {},
  fop: 'mqueue_file_operations',
});

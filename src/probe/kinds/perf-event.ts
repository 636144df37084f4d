import { defineKind } from '../kind.ts';

/** perf_event_open(2). */
export const perfEvent = defineKind({
  name: 'perf_event',
  claim: { anon: ['perf_event'] },
  facts: {},
  fop: 'perf_fops',
});

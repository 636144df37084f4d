import { defineKind } from '../kind.ts';
import { fdinfoNumber } from './fdinfo-facts.ts';

/** timerfd_create(2); `clockId` as in clock_gettime(2). */
export const timerfd = defineKind({
  name: 'timerfd',
  claim: { anon: ['timerfd'] },
  facts: { clockId: 'number' },
  fop: 'timerfd_fops',
  read: (draft) => ({ clockId: fdinfoNumber(draft, 'clockid') ?? null }),
});

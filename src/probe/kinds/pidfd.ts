import { defineKind } from '../kind.ts';
import { fdinfoNumber } from './fdinfo-facts.ts';

const PIDFD_THREAD = 0o200;

/** pidfd_open(2). `watchedPid`: -1 once it was reaped, 0 in a pid namespace that is not visible from here. */
export const pidfd = defineKind({
  name: 'pidfd',
  claim: { anon: ['pidfd'] },
  facts: { watchedPid: 'number', pidfdOfThread: 'boolean', watchedPidInTree: 'boolean' },
  fop: 'pidfs_file_operations',
  read: (draft) => ({
    watchedPid: fdinfoNumber(draft, 'Pid') ?? null,
    pidfdOfThread: draft.fdinfo === undefined ? null : (draft.fdinfo.flags & PIDFD_THREAD) !== 0,
  }),
});

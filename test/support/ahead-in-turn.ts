import { type Ahead, aheadMemory, aheadOf, doJob } from '../../src/probe/native/ahead.ts';
import { loadSystem } from '../../src/probe/native/koffi.ts';

/** What the second thread does, done at once: all but the first fd has been read ahead when it is asked for. */
export function aheadInTurn(root = '/proc'): Ahead {
  const system = loadSystem();
  const memory = aheadMemory();
  const ahead = aheadOf(memory);
  let job = 0;
  return {
    ...ahead,
    begin: (pid, fds) => {
      ahead.begin(pid, fds);
      job += 1;
      doJob(memory, job, root, system);
    },
  };
}

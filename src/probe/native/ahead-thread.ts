import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { type Ahead, type AheadMemory, aheadMemory, aheadOf, workAhead } from './ahead.ts';
import { loadSystem } from './koffi.ts';

/** With fewer files a process has been read by the time the thread is awake. */
const leastFds = 64;

/**
 * A second thread, started when there is first something to do for it. Nobody waits for it: until it is there, and where
 * it cannot be had, nothing has been read ahead.
 */
export function startAhead(root: string): Ahead {
  const memory = aheadMemory();
  const ahead = aheadOf(memory);
  let isStarted = false;
  return {
    ...ahead,
    begin: (pid, fds) => {
      if (fds.length < leastFds) return;
      if (!isStarted) startThread({ memory, root });
      isStarted = true;
      ahead.begin(pid, fds);
    },
  };
}

interface Given {
  readonly memory: AheadMemory;
  readonly root: string;
}

function startThread(given: Given): void {
  try {
    const thread = new Worker(new URL('./ahead-thread.js', import.meta.url), {
      workerData: given,
      execArgv: [],
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 32 },
    });
    thread.on('error', () => {});
    thread.unref();
  } catch {
    // as under a limit of threads
  }
}

if (!isMainThread && workerData?.memory instanceof SharedArrayBuffer) {
  const { memory, root } = workerData as Given;
  workAhead(memory, root, loadSystem());
}

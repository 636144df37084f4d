import { O_PATH_CLOEXEC, O_RDONLY_CLOEXEC, type System } from './system.ts';

/** As many as fdinfo is read of one by one; of more the rest is not read ahead. */
const MOST_FDS = 2048;
/** Of an fdinfo. A longer one (of an eventpoll that watches many, say) is left to the first thread. */
const TEXT_BYTES = 512;

/** Places in `control`: the number of the job, whose files, how many, and the entry the first thread is at. */
const [JOB, PID, COUNT, AT] = [0, 1, 2, 3] as const;
const CONTROL_LENGTH = 4;

/** What both threads see. */
export type AheadMemory = SharedArrayBuffer;

export const aheadMemory = (): AheadMemory =>
  new SharedArrayBuffer(4 * (CONTROL_LENGTH + 3 * MOST_FDS) + MOST_FDS * TEXT_BYTES);

function viewsOf(memory: AheadMemory) {
  const numbers = (at: number, length: number) => new Int32Array(memory, 4 * at, length);
  return {
    control: numbers(0, CONTROL_LENGTH),
    fds: numbers(CONTROL_LENGTH, MOST_FDS),
    /** The job whose text is there. */
    done: numbers(CONTROL_LENGTH + MOST_FDS, MOST_FDS),
    lengths: numbers(CONTROL_LENGTH + 2 * MOST_FDS, MOST_FDS),
    texts: Buffer.from(memory, 4 * (CONTROL_LENGTH + 3 * MOST_FDS)),
  };
}

/**
 * A second thread reads fdinfo of a process, while the first does all else: it is a fifth of a check. This is the first
 * thread's side.
 */
export interface Ahead {
  /** From now on fdinfo of these is read, in this order, until `end` or the next `begin`. */
  begin(pid: number, fds: readonly number[]): void;
  /** `latin1`. The fds are asked for in the same order; undefined where it is not there (yet): it is to be read. */
  take(fd: number): string | undefined;
  end(): void;
}

export function aheadOf(memory: AheadMemory): Ahead {
  const { control, fds, done, lengths, texts } = viewsOf(memory);
  let [job, count, at] = [0, 0, 0];
  return {
    begin: (pid, wanted) => {
      job += 1;
      count = Math.min(wanted.length, MOST_FDS);
      at = 0;
      for (let i = 0; i < count; i++) fds[i] = wanted[i] as number;
      control[PID] = pid;
      control[COUNT] = count;
      Atomics.store(control, AT, 0);
      Atomics.store(control, JOB, job);
      Atomics.notify(control, JOB);
    },
    take: (fd) => {
      while (at < count && (fds[at] as number) < fd) at++;
      Atomics.store(control, AT, at);
      if (at >= count || fds[at] !== fd || Atomics.load(done, at) !== job) return undefined;
      const start = at * TEXT_BYTES;
      return texts.toString('latin1', start, start + (lengths[at] as number));
    },
    end: () => {
      count = 0;
      Atomics.store(control, AT, MOST_FDS);
    },
  };
}

/**
 * The second thread's side: waits for a job, does it, and so on without end. An entry is marked with the job it was read
 * for, so nothing of an earlier one is ever taken.
 */
export function workAhead(memory: AheadMemory, root: string, system: System): never {
  const { control } = viewsOf(memory);
  for (let job = 0; ; ) {
    Atomics.wait(control, JOB, job);
    job = Atomics.load(control, JOB);
    doJob(memory, job, root, system);
  }
}

/** Reads one entry after the other, always beyond the one the first thread is at, until another job begins. */
export function doJob(memory: AheadMemory, job: number, root: string, system: System): void {
  const { control, fds, done, lengths, texts } = viewsOf(memory);
  const folder = system.open(`${root}/${control[PID]}/fdinfo`, O_PATH_CLOEXEC);
  if (folder < 0) return;
  for (let at = 0; Atomics.load(control, JOB) === job; at++) {
    at = Math.max(at, Atomics.load(control, AT) + 1);
    if (at >= (control[COUNT] as number)) break;
    const text = texts.subarray(at * TEXT_BYTES, (at + 1) * TEXT_BYTES);
    const fd = system.openAt(folder, String(fds[at]), O_RDONLY_CLOEXEC);
    if (fd < 0) continue;
    const length = system.read(fd, text);
    system.close(fd);
    // what fills it may go on
    if (length <= 0 || length === TEXT_BYTES) continue;
    lengths[at] = length;
    Atomics.store(done, at, job);
  }
  system.close(folder);
}

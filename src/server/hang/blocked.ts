import { closeSync, openSync, readSync } from 'node:fs';
import { attempt, failed, type Proc } from '../../probe/proc.ts';

/** The system call in which a process of ours waits. */
export interface Blocked {
  /** What it asked for, latin1. */
  readonly path: string;
  /** opened: it reads what it has opened; named: it walks there, opens it or asks for its status. */
  readonly call: 'named' | 'opened';
  /** The same as long as it waits in one and the same call. */
  readonly sign: string;
}

const AT_FDCWD = 0xffffff9cn;
const largestFd = 1n << 20n;
const PATH_MAX = 4096;

/**
 * Where a probing process hangs, as the kernel tells it (/proc/PID/syscall, proc(5)): nothing is to be kept while it
 * works. On every architecture a call that takes a path has it first, or second after AT_FDCWD, and a call on something
 * open has the fd first. Undefined where it runs, or where the kernel does not say.
 */
export function blockedAt(pid: number | undefined, proc: Proc): Blocked | undefined {
  const line = proc.readText(`${pid}/syscall`);
  if (failed(line)) return undefined;
  const status = proc.readText(`${pid}/status`);
  const sign = `${line} ${/^voluntary_ctxt_switches:\t(\d+)$/m.exec(failed(status) ? '' : status)?.[1]}`;
  const named = (path: string | undefined): Blocked | undefined =>
    path?.startsWith('/') ? { path, call: 'named', sign } : undefined;
  const [, first, second] = line.split(' ').map((word) => attemptBigint(word));
  if (first === undefined || second === undefined) return undefined;
  if ((first & 0xffffffffn) === AT_FDCWD) return named(pathAt(pid, second, proc));
  if (first >= largestFd) return named(pathAt(pid, first, proc));
  const link = proc.readLink(`${pid}/fd/${first}`);
  // of the folder of fds that is held open the calls name a number (openat and its like); what is read is no number
  if (!failed(link) && /\/(fd|fdinfo)$/.test(link)) {
    const name = pathAt(pid, second, proc);
    if (name !== undefined && /^\d+$/.test(name)) return named(`${link}/${name}`);
  }
  return failed(link) || !link.startsWith('/') ? undefined : { path: link, call: 'opened', sign };
}

function attemptBigint(word: string): bigint | undefined {
  return /^(0x[0-9a-f]+|\d+)$/.test(word) ? BigInt(word) : undefined;
}

/** The text in its memory. */
function pathAt(pid: number | undefined, address: bigint, proc: Proc): string | undefined {
  const buffer = Buffer.alloc(PATH_MAX);
  const length = attempt(() => {
    const memory = openSync(`${proc.root}/${pid}/mem`, 'r');
    try {
      return readSync(memory, buffer, 0, PATH_MAX, address);
    } finally {
      closeSync(memory);
    }
  });
  const end = buffer.indexOf(0);
  return typeof length === 'number' && end > 0 ? buffer.toString('latin1', 0, end) : undefined;
}

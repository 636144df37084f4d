import { type LockedInodes, parseLocks } from './parse/locks.ts';
import { isKernelThread, readStat } from './pid.ts';
import { failed, type Proc } from './proc.ts';

/** Which inodes of the node have a lock. */
export interface Locks {
  readonly table: LockedInodes;
  /** That there are no locks need not be asked of each inode. */
  readonly none: boolean;
  /** `inode` undefined: any of that device. */
  has(device: string, inode?: string): boolean;
}

/**
 * All locks of the node in one read, so that fdinfo need not be read of each file to see that it has none. Undefined
 * where the table is not the whole truth: below the first pid namespace it hides the locks of others, and while it is
 * long and changes a part may be skipped (the kernel goes on by number after each page).
 */
export function readLocks(proc: Proc): Locks | undefined {
  if (!isOfFirstPidNamespace(proc)) return undefined;
  const text = proc.readText('locks');
  if (failed(text)) return undefined;
  if (text.length > onePageBytes && proc.readText('locks') !== text) return undefined;
  const table = parseLocks(text);
  return table && locksIn(table);
}

/** There alone are kernel threads, and the second process is the one that starts the others. */
function isOfFirstPidNamespace(proc: Proc): boolean {
  const second = readStat(proc, 2);
  return !failed(second) && isKernelThread(second);
}

/** A read that is shorter came in one piece. */
const onePageBytes = 2048;

const locksIn = (table: LockedInodes): Locks => ({
  table,
  none: table.size === 0,
  has: (device, inode) => {
    const inodes = table.get(device);
    return inodes !== undefined && (inode === undefined || inodes.has(inode));
  },
});

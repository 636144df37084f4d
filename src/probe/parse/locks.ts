import { parseLock } from './lock.ts';

/** Which inodes have a lock or lease, by device as in mountinfo. */
export type LockedInodes = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * /proc/locks: proc(5), locks_show() in fs/locks.c. Who waits counts as well: it is on the inode of the lock. Undefined
 * where a line is none, or names no inode: then any file may be locked.
 */
export function parseLocks(text: string): LockedInodes | undefined {
  const locked = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const lock = parseLock(line);
    if (lock?.device === undefined || lock.inode === undefined) return undefined;
    const inodes = locked.get(lock.device);
    if (inodes === undefined) locked.set(lock.device, new Set([lock.inode]));
    else inodes.add(lock.inode);
  }
  return locked;
}

import type { Unread } from '../../facts.ts';
import { failed, gone, type Proc } from '../proc.ts';

/**
 * A process and its descendants, parents first: what CRIU takes with `-t PID`. Every thread is asked for its
 * children (proc(5): task/TID/children), so the cost follows the tree and not the node. Adds to `unread` whose are unknown.
 */
export function treeOf(proc: Proc, root: number, unread: Unread[] = []): readonly number[] {
  const found = new Set([root]);
  for (const pid of found) {
    for (const child of childrenOf(proc, pid, unread)) found.add(child);
  }
  return [...found];
}

function childrenOf(proc: Proc, pid: number, unread: Unread[]): readonly number[] {
  const threads = proc.list(`${pid}/task`);
  if (failed(threads)) {
    if (!gone(threads)) unread.push({ pid, call: 'list task', errno: threads.errno, facts: [] });
    return [];
  }
  return threads.flatMap((thread) => {
    const text = proc.readText(`${pid}/task/${thread}/children`);
    return failed(text) ? [] : text.split(' ').filter(Boolean).map(Number);
  });
}

/** The threads of a process besides its leader. */
export function otherThreads(proc: Proc, pid: number): readonly number[] {
  const threads = proc.list(`${pid}/task`);
  return failed(threads) ? [] : threads.map(Number).filter((thread) => thread !== pid);
}

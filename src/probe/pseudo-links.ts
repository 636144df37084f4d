import type { Fdinfo } from './parse/fdinfo.ts';

/**
 * Links of pipes, sockets and anonymous inodes from their fdinfo: each sort has one mount of the kernel's own, which is
 * there from boot on (pipefs, sockfs, anon_inodefs), so its number tells the sort once it was seen. Of the anonymous ones
 * the line that only one show_fdinfo() writes does. `ino` is in fdinfo since Linux 5.14.
 */
export interface PseudoLinks {
  /** Link text; undefined where it has to be read. */
  of(fdinfo: Fdinfo): string | undefined;
  /** From one that was read. */
  learn(text: string, fdinfo: Fdinfo): void;
}

export function createPseudoLinks(): PseudoLinks {
  const forms = new Map<number, 'pipe' | 'socket'>();
  const anonymous = new Set<number>();
  return {
    of: ({ mntId, ino, extra }) => {
      if (ino === undefined) return undefined;
      const form = forms.get(mntId);
      if (form !== undefined) return `${form}:[${ino}]`;
      return anonymous.has(mntId) ? anonOf(extra) : undefined;
    },
    // what does not fit was another file by the time the link was read
    learn: (text, { mntId, ino, extra }) => {
      if (text.startsWith('/')) return;
      if (text === `pipe:[${ino}]`) forms.set(mntId, 'pipe');
      else if (text === `socket:[${ino}]`) forms.set(mntId, 'socket');
      else if (text === anonOf(extra)) anonymous.add(mntId);
    },
  };
}

/** By the first line that fs/eventfd.c, eventpoll.c (where it watches something) and so on write. */
const anonByLine: ReadonlyMap<string, string> = new Map([
  ['eventfd-count', 'anon_inode:[eventfd]'],
  ['tfd', 'anon_inode:[eventpoll]'],
  ['inotify', 'anon_inode:inotify'],
  ['clockid', 'anon_inode:[timerfd]'],
  ['sigmask', 'anon_inode:[signalfd]'],
]);

/** Nothing where it is locked: those lines come before. */
function anonOf(extra: Fdinfo['extra']): string | undefined {
  for (const line of extra.keys()) return anonByLine.get(line);
  return undefined;
}

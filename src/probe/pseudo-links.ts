import type { Fdinfo } from './parse/fdinfo.ts';
import type { Link } from './parse/link.ts';

/**
 * Links of pipes, sockets and anonymous inodes from their fdinfo: each sort has one mount of the kernel's own, which is
 * there from boot on (pipefs, sockfs, anon_inodefs), so its number tells the sort once it was seen. Of the anonymous ones
 * the line that only one show_fdinfo() writes does. `ino` is in fdinfo since Linux 5.14.
 */
export interface PseudoLinks {
  /** Link text; undefined where it has to be read. */
  of(fdinfo: Fdinfo): string | undefined;
  learn(link: Link, fdinfo: Fdinfo): void;
}

export function createPseudoLinks(): PseudoLinks {
  const forms = new Map<number, 'pipe' | 'socket'>();
  const anonymous = new Set<number>();
  return {
    of: ({ mntId, ino, extra }) => {
      if (ino === undefined) return undefined;
      const form = forms.get(mntId);
      if (form !== undefined) return `${form}:[${ino}]`;
      return anonymous.has(mntId) ? anonOf(extra)?.text : undefined;
    },
    learn: (link, { mntId, ino, extra }) => {
      if ((link.form === 'pipe' || link.form === 'socket') && link.inode === ino) forms.set(mntId, link.form);
      if (link.form === 'anon' && link.name === anonOf(extra)?.name) anonymous.add(mntId);
    },
  };
}

/** By the first line that fs/eventfd.c, eventpoll.c (where it watches something) and so on write. */
const anonByLine: ReadonlyMap<string, { readonly name: string; readonly text: string }> = new Map([
  ['eventfd-count', { name: 'eventfd', text: 'anon_inode:[eventfd]' }],
  ['tfd', { name: 'eventpoll', text: 'anon_inode:[eventpoll]' }],
  ['inotify', { name: 'inotify', text: 'anon_inode:inotify' }],
  ['clockid', { name: 'timerfd', text: 'anon_inode:[timerfd]' }],
  ['sigmask', { name: 'signalfd', text: 'anon_inode:[signalfd]' }],
]);

/** Nothing where it is locked: those lines come before. */
function anonOf(extra: Fdinfo['extra']) {
  for (const line of extra.keys()) return anonByLine.get(line);
  return undefined;
}

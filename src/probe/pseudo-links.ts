import { type Fdinfo, parseFdinfo } from './parse/fdinfo.ts';
import { failed, type Proc } from './proc.ts';

/**
 * Links of pipes, sockets and anonymous inodes from their fdinfo: each sort has one mount of the kernel's own, which is
 * there from boot on (pipefs, sockfs, anon_inodefs), so its number tells the sort. Of the anonymous ones the line that
 * only one show_fdinfo() writes does. `ino` is in fdinfo since Linux 5.14.
 */
export interface PseudoLinks {
  /** Link text; undefined where it has to be read. */
  of(fdinfo: Fdinfo): string | undefined;
}

/** A file, by its link and its fdinfo. */
export type Seen = readonly [text: string, fdinfo: Fdinfo];

/**
 * `own`: files of the agent itself, looked at when a link is first asked for. Never those of a target: link and fdinfo are
 * read one after the other, and a process that puts another file of the same inode number between them could have a whole
 * mount taken for that of pipes.
 */
export function createPseudoLinks(own: () => Iterable<Seen>): PseudoLinks {
  const forms = new Map<number, 'pipe' | 'socket'>();
  const anonymous = new Set<number>();
  let hasLearned = false;
  const learn = ([text, { mntId, ino, extra }]: Seen) => {
    if (text.startsWith('/')) return;
    if (text === `pipe:[${ino}]`) forms.set(mntId, 'pipe');
    else if (text === `socket:[${ino}]`) forms.set(mntId, 'socket');
    else if (text === anonOf(extra)) anonymous.add(mntId);
  };
  return {
    of: ({ mntId, ino, extra }) => {
      if (ino === undefined) return undefined;
      if (!hasLearned) for (const one of own()) learn(one);
      hasLearned = true;
      const form = forms.get(mntId);
      if (form !== undefined) return `${form}:[${ino}]`;
      return anonymous.has(mntId) ? anonOf(extra) : undefined;
    },
  };
}

/** Of node there are all sorts, in a process that is talked to. */
export function* ownFiles(proc: Pick<Proc, 'readLink' | 'openFds'>): Iterable<Seen> {
  const self = proc.readLink('self');
  const folder = failed(self) ? self : proc.openFds(Number(self));
  if (failed(folder)) return;
  try {
    const fds = folder.list();
    for (const fd of failed(fds) ? [] : fds) {
      const [text, info] = [folder.readLink(fd), folder.readInfo(fd)];
      const fdinfo = failed(info) ? undefined : parseFdinfo(info);
      if (!failed(text) && fdinfo !== undefined) yield [text, fdinfo];
    }
  } finally {
    folder.close();
  }
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

import type { Watcher } from '../facts.ts';
import { parseTfd, type Tfd } from './parse/epoll.ts';
import { parseFdinfo } from './parse/fdinfo.ts';
import { isDecimal } from './parse/number.ts';
import { failed, type Proc } from './proc.ts';

export interface Watch {
  readonly watcher: Watcher;
  readonly tfd: Tfd;
}

/** What the eventpolls of the node watch, by the inode of the watched file. */
export type Watches = ReadonlyMap<string, readonly Watch[]>;

/**
 * Of every process that may be read: a look at each fd of the node. Of another user's nothing is seen: a file cannot have
 * come from there unseen by the fd list.
 */
export function readEventpolls(proc: Proc): Watches {
  const watches = new Map<string, Watch[]>();
  const pids = proc.list('');
  for (const pid of failed(pids) ? [] : pids.filter(isDecimal)) {
    for (const watch of watchesOf(proc, Number(pid))) {
      const known = watches.get(watch.tfd.inode);
      if (known === undefined) watches.set(watch.tfd.inode, [watch]);
      else known.push(watch);
    }
  }
  return watches;
}

function watchesOf(proc: Proc, pid: number): readonly Watch[] {
  const folder = proc.openFds(pid);
  if (failed(folder)) return [];
  try {
    const fds = folder.list();
    if (failed(fds)) return [];
    return fds
      .filter((fd) => (folder.linkTold?.(fd) ?? folder.readLink(fd)) === 'anon_inode:[eventpoll]')
      .flatMap((fd) => {
        const text = folder.readInfo(fd);
        const lines = failed(text) ? [] : (parseFdinfo(text)?.extra.get('tfd') ?? []);
        const tfds = lines.map(parseTfd).filter((tfd) => tfd !== undefined);
        return tfds.map((tfd) => ({ watcher: { pid, fd, events: tfd.events }, tfd }));
      });
  } finally {
    folder.close();
  }
}

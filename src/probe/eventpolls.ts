import type { Watcher } from '../facts.ts';
import type { Native } from './native/native.ts';
import { parseTargets, type Target } from './parse/epoll.ts';
import { parseFdinfo } from './parse/fdinfo.ts';
import { isDecimal } from './parse/number.ts';
import { failed, type Proc } from './proc.ts';

export interface Watch {
  readonly watcher: Watcher;
  readonly tfd: Target;
}

/** What the eventpolls of the node watch, by the inode of the watched file. */
export type Watches = ReadonlyMap<string, readonly Watch[]>;

/**
 * Of every process that may be read: a look at each fd of the node. Of another user's nothing is seen: a file cannot have
 * come from there unseen by the fd list.
 */
export function readEventpolls(proc: Proc, native?: Pick<Native, 'eventpollFds'>): Watches {
  const watches = new Map<string, Watch[]>();
  for (const { pid, fd } of native?.eventpollFds() ?? lookForThem(proc)) {
    const text = proc.readPiece(`${pid}/fdinfo/${fd}`);
    const info = failed(text) ? undefined : parseFdinfo(text);
    for (const tfd of parseTargets(info?.extra.get('tfd'))) {
      const watch = { watcher: { pid, fd, events: tfd.events }, tfd };
      const known = watches.get(tfd.inode);
      if (known === undefined) watches.set(tfd.inode, [watch]);
      else known.push(watch);
    }
  }
  return watches;
}

function* lookForThem(proc: Proc): Iterable<{ readonly pid: number; readonly fd: number }> {
  const names = proc.list('');
  for (const pid of failed(names) ? [] : names.filter(isDecimal).map(Number)) {
    const folder = proc.openFds(pid);
    if (failed(folder)) continue;
    try {
      const fds = folder.list();
      for (const fd of failed(fds) ? [] : fds) {
        const link = folder.linkTold?.(fd) ?? folder.readLink(fd);
        if (link === 'anon_inode:[eventpoll]') yield { pid, fd };
      }
    } finally {
      folder.close();
    }
  }
}

import type { Draft } from './draft.ts';
import { type Opened, startDraft, unreadable } from './file.ts';
import { readFdinfo } from './open-facts.ts';
import { type Fdinfo, parseFdinfo } from './parse/fdinfo.ts';
import type { Owner } from './place.ts';
import { type FdFolder, failed, gone } from './proc.ts';
import type { Scan } from './scan.ts';

const anonymous = 'anon_inode:';

/** One fd, but for how it is open (`open-facts.ts`); undefined where it was closed meanwhile. */
export function readFd(scan: Scan, owner: Owner, fds: FdFolder, fd: number): Draft | undefined {
  const draft = readOne(scan, owner, fds, fd);
  // of one that is told it is known
  if (draft !== undefined && draft.watched === undefined && scan.asks.has('epollWatched'))
    draft.watched = fds.linkTold?.(fd) === draft.text ? fds.watchedTold?.(fd) : undefined;
  return draft;
}

function readOne(scan: Scan, owner: Owner, fds: FdFolder, fd: number): Draft | undefined {
  const file = fds.told?.(fd, scan.headOnly);
  if (file !== undefined) {
    const info = parseFdinfo(file.info);
    const draft = info && readBy(scan, owner, fd, { fds, info, file }, file.link);
    // what is asked for by its number must be of the same file
    if (draft !== undefined && (draft.link.form !== 'path' || draft.stat?.inode === info?.ino)) return draft;
  }
  const ahead = fds.infoAhead(fd);
  const early = ahead === undefined ? undefined : parseFdinfo(ahead);
  if (early?.ino !== undefined) {
    const told = scan.pseudoLinks.of(early);
    // of a socket a duplicate is taken next: it must be one now
    const link = told?.startsWith('socket:') ? undefined : told;
    const draft = readBy(scan, owner, fd, { fds, info: early }, link);
    if (draft !== undefined && isStillOf(draft, early, told)) return draft;
  }
  // where fdinfo is read, it tells the link of a pipe, a socket or an anonymous inode as well
  const isAsked = fds.linkTold?.(fd)?.startsWith(anonymous) === true || scan.locks() === undefined;
  const info = isAsked ? readFdinfo(fds, fd) : undefined;
  const told = info === undefined || failed(info) ? undefined : scan.pseudoLinks.of(info);
  return readBy(scan, owner, fd, { fds, info }, told);
}

/** `told`: its link, which is read where that is undefined. */
function readBy(
  scan: Scan,
  owner: Owner,
  fd: number,
  opened: Opened,
  told: string | undefined,
): Draft | undefined {
  const at = `${owner.pid}/fd/${fd}`;
  const text = told ?? opened.fds.readLink(fd);
  if (failed(text)) return gone(text) ? undefined : unreadable(owner, { via: 'fd', fd, at }, text);
  return startDraft(scan, owner, { via: 'fd', fd, at }, text, opened);
}

/**
 * Whether the number stands for what it did when its fdinfo was read, some milliseconds ago: that told the link, or has
 * the inode of what is there now. All anonymous inodes are one.
 */
function isStillOf({ text, link, stat }: Draft, { ino }: Fdinfo, told: string | undefined): boolean {
  if (text === told) return true;
  if (link.form === 'path') return stat?.inode === ino;
  return 'inode' in link && link.inode === ino;
}

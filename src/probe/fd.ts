import type { Draft } from './draft.ts';
import { type Owner, startDraft, unreadable } from './file.ts';
import { readFdinfo } from './open-facts.ts';
import { type Fdinfo, parseFdinfo } from './parse/fdinfo.ts';
import { type Failure, type FdFolder, failed, gone } from './proc.ts';
import type { Scan } from './scan.ts';

/** One fd, but for how it is open (`open-facts.ts`); undefined where it was closed meanwhile. */
export function readFd(scan: Scan, owner: Owner, fds: FdFolder, fd: number): Draft | undefined {
  const ahead = fds.infoAhead(fd);
  const early = ahead === undefined ? undefined : parseFdinfo(ahead);
  if (early?.ino !== undefined) {
    const draft = readBy(scan, owner, fds, fd, early, true);
    if (draft !== undefined && isStillOf(draft, early)) return draft;
  }
  const info = scan.locks() === undefined ? readFdinfo(fds, fd) : undefined;
  return readBy(scan, owner, fds, fd, info, false);
}

/** Where fdinfo is read of every fd, it tells the link of a pipe or socket as well. `early`: it was read ahead. */
function readBy(
  scan: Scan,
  owner: Owner,
  fds: FdFolder,
  fd: number,
  info: Fdinfo | Failure | undefined,
  early: boolean,
): Draft | undefined {
  const at = `${owner.pid}/fd/${fd}`;
  const told = info === undefined || failed(info) ? undefined : scan.pseudoLinks.of(info);
  // of a socket a duplicate is taken next: it must be one now
  const isNow = told !== undefined && !(early && told.startsWith('socket:'));
  const text = isNow ? told : fds.readLink(fd);
  if (failed(text)) return gone(text) ? undefined : unreadable(owner, { via: 'fd', fd, at }, text);
  const draft = startDraft(scan, owner, { via: 'fd', fd, at }, text, { fds, info });
  if (!isNow && draft?.fdinfo !== undefined) scan.pseudoLinks.learn(text, draft.fdinfo);
  return draft;
}

/** Whether the number stands for what it did when its fdinfo was read: some milliseconds ago, where that was ahead. */
const isStillOf = ({ link, stat }: Draft, { ino }: Fdinfo): boolean =>
  link.form === 'path' ? stat?.inode === ino : !('inode' in link) || link.inode === ino;

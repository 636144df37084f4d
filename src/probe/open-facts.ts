import { type Draft, note } from './draft.ts';
import { accessMode, accessModeOfLink, flagNames } from './flags.ts';
import type { Kind, OpenNeed } from './kind.ts';
import { type Fdinfo, parseFdinfo } from './parse/fdinfo.ts';
import { pseudoSort } from './parse/link.ts';
import { parseLock } from './parse/lock.ts';
import { type Failure, type FdFolder, failed, gone } from './proc.ts';
import type { Scan } from './scan.ts';

/**
 * How an fd is open, and what is locked through it. fdinfo tells, and takes as long as all other reads of a file
 * together: where neither the policy nor the kind needs all of it, the permissions of the link say the access mode, a
 * duplicate the flags, and the table of the node that nothing is locked. False: it was closed meanwhile.
 */
export function addOpenFacts(draft: Draft, kind: Kind, scan: Scan, fds: FdFolder): boolean {
  const { fd, facts } = draft;
  // it has been read, or not even its link can be
  if (fd === undefined || facts.accessMode !== undefined || facts.linkTooLong !== undefined) return true;
  const need = needOf(draft, kind, scan);
  if (need !== 'fdinfo' && isSurelyUnlocked(draft, scan) && addLess(draft, fd, need, scan, fds)) {
    facts.locks = noLocks;
    return true;
  }
  const fdinfo = readFdinfo(fds, fd);
  if (failed(fdinfo) && gone(fdinfo)) return false;
  addFdinfo(draft, fdinfo);
  return true;
}

/** Of one fd; EBADMSG where it is not as proc(5) says. */
export function readFdinfo(fds: FdFolder, fd = -1): Fdinfo | Failure {
  const text = fds.readInfo(fd);
  return failed(text) ? text : (parseFdinfo(text) ?? { errno: 'EBADMSG' });
}

/** The lines every kind of file has, proc(5). */
export function addFdinfo(draft: Draft, fdinfo: Fdinfo | Failure): void {
  if (failed(fdinfo)) {
    note(draft, 'read fdinfo', fdinfo, fdinfoFacts);
    return;
  }
  const { facts } = draft;
  draft.fdinfo = fdinfo;
  facts.flags = flagNames(fdinfo.flags);
  facts.accessMode = accessMode(fdinfo.flags);
  facts.offset = fdinfo.pos;
  facts.locks = lockTypes(fdinfo);
  facts.mntId ??= fdinfo.mntId;
  // what stat or the link says is as the filesystem shows it
  if (fdinfo.ino !== undefined) facts.inode ??= fdinfo.ino;
}

const fdinfoFacts = ['flags', 'accessMode', 'offset', 'mntId', 'locks'];

const noLocks: readonly string[] = [];

/** What is locked through this description: POSIX, FLOCK, OFDLCK, `LEASE WRITE`, `lost` (Linux < 4.19 hides it), … (fdinfo `lock:`). */
function lockTypes({ extra }: Fdinfo): readonly string[] {
  const locks = extra.get('lock');
  if (locks === undefined) return noLocks;
  const names = locks.map((line) => {
    const lock = parseLock(line);
    if (lock === undefined) return line.trim() === '' ? 'lost' : 'unknown';
    return lock.type === 'LEASE' ? `LEASE ${lock.access}` : lock.type;
  });
  return [...new Set(names)];
}

function needOf(draft: Draft, kind: Kind, { asksOf }: Scan): OpenNeed {
  if (asksOf(kind.name, 'offset')) return 'fdinfo';
  if (draft.facts.mntId === undefined && asksOf(kind.name, 'mntId')) return 'fdinfo';
  const own = kind.openNeed?.(draft) ?? 'fdinfo';
  if (own === 'fdinfo' || own === 'flags') return own;
  if (asksOf(kind.name, 'flags')) return 'flags';
  return asksOf(kind.name, 'accessMode') ? 'mode' : own;
}

function addLess(draft: Draft, fd: number, need: OpenNeed, scan: Scan, fds: FdFolder): boolean {
  if (need === 'nothing') return true;
  const { facts, link } = draft;
  if (need === 'mode') {
    const mode = fds.linkMode(fd);
    const access = failed(mode) ? undefined : accessModeOfLink(mode);
    if (access === undefined) return false;
    facts.accessMode = access;
    return true;
  }
  // closing a duplicate of any other file might flush it, and wait for its server
  const socket = draft.socket === undefined || failed(draft.socket) ? undefined : draft.socket;
  const flags = link.form === 'pipe' ? scan.native?.fdFlags(draft.pid, fd) : socket?.flags;
  if (typeof flags !== 'number') return false;
  facts.flags = flagNames(flags);
  facts.accessMode = accessMode(flags);
  return true;
}

/** That the node's table has no lock on its inode; what it may be called there must be known. */
function isSurelyUnlocked(draft: Draft, scan: Scan): boolean {
  const locked = scan.locks();
  if (locked === undefined) return false;
  if (locked.none) return true;
  const { link, mount, stat, facts } = draft;
  if (link.form !== 'path') {
    const device = scan.pseudoDevice(pseudoSort(link), draft.at);
    const inode = typeof facts.inode === 'string' && link.form !== 'anon' ? facts.inode : undefined;
    return device !== undefined && !locked.has(device, inode);
  }
  if (mount !== undefined) return !locked.has(mount.device, isPlain(facts) ? stat?.inode : undefined);
  return draft.text.startsWith('/memfd:') && stat !== undefined && !locked.has(stat.device, stat.inode);
}

/** The table has the kernel's own number of an inode, which not every filesystem shows to stat(2): overlay and FUSE do not. */
const isPlain = ({ fsType, fsRequiresDevice }: Draft['facts']): boolean =>
  fsType === 'tmpfs' || (fsRequiresDevice === true && !String(fsType).startsWith('fuse'));

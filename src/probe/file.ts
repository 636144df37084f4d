import type { FactValue, Via } from '../facts.ts';
import { addPseudo, addStat, pseudoFilesystems } from './common-facts.ts';
import { type Draft, note } from './draft.ts';
import type { MappedFile } from './mappings.ts';
import { mayHang } from './mounts.ts';
import { addFdinfo, readFdinfo } from './open-facts.ts';
import type { Fdinfo } from './parse/fdinfo.ts';
import { type Link, parseLink } from './parse/link.ts';
import type { Mount } from './parse/mountinfo.ts';
import { locate, type Owner, type Place } from './place.ts';
import {
  type CachedStat,
  type Failure,
  type FdFolder,
  failed,
  gone,
  type OpenFile,
  type Stat,
} from './proc.ts';
import type { Scan } from './scan.ts';

/** cwd, root or exe. */
export function readNamed(scan: Scan, owner: Owner, via: 'cwd' | 'root' | 'exe'): Draft | undefined {
  const at = `${owner.pid}/${via}`;
  const text = scan.proc.readLink(at);
  if (failed(text)) return gone(text) ? undefined : unreadable(owner, { via, at }, text);
  return startDraft(scan, owner, { via, at }, text);
}

/** A mapped file, as one of its mappings shows it. */
export function readMapped(scan: Scan, owner: Owner, mapped: MappedFile): Draft {
  const { at, path, device, inode, perms, mappedBytes } = mapped;
  const draft = startDraft(scan, owner, { via: 'map', at, device }, path) as Draft;
  draft.facts.device ??= device;
  draft.facts.inode ??= inode;
  draft.facts.perms = perms;
  draft.facts.mappedBytes = mappedBytes;
  return draft;
}

/** What is there, and cannot be looked at. */
export function unreadable(owner: Owner, place: Place, failure: Failure): Draft {
  const facts = firstFacts(place.via);
  // d_path gives up beyond a page: the file is there, and its name is too long for anyone
  facts.linkTooLong = failure.errno === 'ENAMETOOLONG';
  const draft = newDraft(owner.pid, place, { text: '', link: { form: 'other', text: '' }, facts });
  note(draft, 'readlink', failure, ['fileType', 'deleted', 'fsType', 'fsRequiresDevice']);
  return draft;
}

/** An fd: where it is read, and its fdinfo where that has been. */
export interface Opened {
  readonly fds: FdFolder;
  readonly info: Fdinfo | Failure | undefined;
  /** Where the kernel's record of it tells all that. */
  readonly file?: OpenFile;
}

/** Undefined where the fd was closed meanwhile. */
export function startDraft(
  scan: Scan,
  owner: Owner,
  place: Place,
  text: string,
  opened?: Opened,
): Draft | undefined {
  const link = parseLink(text);
  const cached =
    link.form === 'path' ? (opened?.file?.stat ?? statCached(scan, place, opened?.fds)) : undefined;
  const asked = opened !== undefined && opened.info === undefined && asksFdinfoFirst(link, cached);
  const info = asked ? readFdinfo(opened.fds, place.fd) : opened?.info;
  if (info !== undefined && failed(info) && gone(info)) return undefined;
  const fdinfo = info === undefined || failed(info) ? undefined : info;
  const { answer, mount, mntId } = locate(scan, owner, place, link, cached, fdinfo);
  const stat = answer !== undefined && !failed(answer) ? answer : undefined;
  const facts = firstFacts(place.via);
  if (owner.securityLabel !== undefined) facts.securityLabel = owner.securityLabel;
  if (mntId !== undefined) facts.mntId = mntId;
  addPseudo(facts, link);
  if (stat !== undefined) addStat(facts, stat);
  const fsType = fsTypeOf(scan, owner, link, mount, stat);
  if (fsType !== undefined) facts.fsType = fsType;
  facts.fsRequiresDevice = requiresDevice(scan, fsType);
  const draft = newDraft(owner.pid, place, { text, link, stat, mount, facts });
  if (info !== undefined) addFdinfo(draft, info);
  if (opened?.file !== undefined) addFile(draft, opened.file);
  if (answer !== undefined && failed(answer)) note(draft, 'stat', answer, statFactNames);
  if (link.form === 'path') facts.deleted = isDeleted(scan, owner, draft, link.path);
  return draft;
}

function addFile(draft: Draft, file: OpenFile): void {
  const { description, protocolName, socket, watched, watches, isHead } = file;
  if (isHead) {
    delete draft.fdinfo;
    draft.isHead = true;
  }
  draft.description = description;
  draft.watched = watched;
  if (protocolName !== undefined) draft.protocolName = protocolName;
  if (socket !== undefined) draft.socket = socket;
  if (watches !== undefined) draft.watches = watches;
}

/** Where the mount is not known otherwise, and of what has nothing else to say. */
const asksFdinfoFirst = (link: Link, cached: CachedStat | Failure | undefined): boolean =>
  link.form === 'path'
    ? cached === undefined || failed(cached) || cached.mntId === undefined
    : link.form !== 'pipe' && link.form !== 'socket';

/** What the kernel has in memory of it; undefined where the native calls are missing. */
function statCached({ native, proc }: Scan, { fd, at }: Place, fds: FdFolder | undefined) {
  const open = fd === undefined ? undefined : fds?.statCached(fd);
  return open ?? native?.statCached(`${proc.root}/${at}`);
}

type Read = Pick<Draft, 'text' | 'link' | 'stat' | 'mount' | 'facts'>;

function newDraft(pid: number, { via, at, fd }: Place, read: Read): Draft {
  const { text, link, stat, mount, facts } = read;
  return {
    pid,
    via,
    fd,
    at,
    text,
    link,
    stat,
    mount,
    facts,
    unread: [],
    watchers: [],
    sharedWith: [],
  };
}

/** What is so unless something else is found. */
const firstFacts = (via: Via): Draft['facts'] =>
  via === 'fd'
    ? { via, deleted: false, sharingInferred: false, sharedOutside: false, epollWatched: false }
    : { via, deleted: false, epollWatched: false };

const statFactNames = ['fileType', 'mode', 'nlink', 'device', 'sizeBytes', 'allocatedBytes'];

function fsTypeOf(
  scan: Scan,
  owner: Owner,
  link: Link,
  mount: Mount | undefined,
  stat: Stat | undefined,
): FactValue | undefined {
  if (link.form === 'other') return undefined;
  if (link.form !== 'path') return pseudoFilesystems[link.form];
  if (mount !== undefined) return mount.fsType;
  if (stat === undefined || failed(owner.mounts)) return null;
  const own = scan.ownMounts();
  const same = owner.mounts.byDevice(stat.device) ?? (failed(own) ? undefined : own.byDevice(stat.device));
  return same?.fsType ?? null;
}

/** FS_REQUIRES_DEV, which /proc/filesystems shows as the lack of `nodev`. A subtype (fuse.sshfs) is not listed. */
function requiresDevice(scan: Scan, fsType: FactValue | undefined): FactValue {
  if (typeof fsType !== 'string') return null;
  const table = scan.filesystems();
  return failed(table) ? null : (table.get(fsType.split('.')[0] ?? fsType) ?? false);
}

const suffix = ' (deleted)';

/** Tells a deleted file from one whose name ends in ` (deleted)`: the latter is there under its whole name. */
function isDeleted(scan: Scan, owner: Owner, draft: Draft, path: string): FactValue {
  if (!path.endsWith(suffix)) return false;
  const { stat, mount } = draft;
  if (stat?.nlink === 0 || mount === undefined) return true;
  if (stat === undefined || mayHang(mount)) return null;
  const named = scan.proc.stat(`${owner.root}${path}`);
  if (!failed(named)) return !(named.inode === stat.inode && named.device === stat.device);
  return gone(named) || named.errno === 'ENOTDIR' || named.errno === 'ENAMETOOLONG' ? true : null;
}

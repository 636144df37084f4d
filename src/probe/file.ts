import type { FactValue, Via } from '../facts.ts';
import { addPseudo, addStat, pseudoFilesystems } from './common-facts.ts';
import { type Draft, note } from './draft.ts';
import type { MappedFile } from './mappings.ts';
import { type Mounts, mayHang } from './mounts.ts';
import { addFdinfo, readFdinfo } from './open-facts.ts';
import type { Fdinfo } from './parse/fdinfo.ts';
import { type Link, parseLink } from './parse/link.ts';
import type { Mount } from './parse/mountinfo.ts';
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

/** What the files of one process have in common. */
export interface Owner {
  readonly pid: number;
  readonly mounts: Mounts | Failure;
  /** Where paths of its mount namespace begin, below the proc root: `4312/root` or `self/root`. */
  readonly root: string;
  readonly securityLabel: FactValue | undefined;
}

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

interface Place {
  readonly via: Via;
  readonly at: string;
  readonly fd?: number;
  /** Of a mapping, as maps shows it. */
  readonly device?: string;
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

function addFile(draft: Draft, { description, protocolName, socket, watched, isHead }: OpenFile): void {
  if (isHead) {
    delete draft.fdinfo;
    draft.isHead = true;
  }
  draft.description = description;
  draft.watched = watched;
  if (protocolName !== undefined) draft.protocolName = protocolName;
  if (socket !== undefined) draft.socket = socket;
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

interface Located {
  /** What stat says; undefined for a pseudo file, which says all by its link. */
  readonly answer?: Stat | Failure;
  readonly mount?: Mount | undefined;
  readonly mntId?: number | undefined;
}

/**
 * The file and the mount it is on. Never asks a filesystem that may hang: the kernel is asked for what it has in
 * memory, and where that cannot be done such a file stays unread.
 */
function locate(
  scan: Scan,
  owner: Owner,
  place: Place,
  link: Link,
  cached: CachedStat | Failure | undefined,
  fdinfo: Fdinfo | undefined,
): Located {
  const mount = mountOf(scan, owner, fdinfo?.mntId);
  if (link.form !== 'path') return { mount, mntId: fdinfo?.mntId };
  if (cached !== undefined && !failed(cached)) {
    const { mntId } = cached;
    // before Linux 5.8 statx does not tell the mount
    const known = mntId !== undefined || fdinfo !== undefined;
    const guess = known ? undefined : mountAt(owner, { device: cached.device, ...place }, link.path);
    return {
      answer: cached,
      mount: mount ?? mountOf(scan, owner, mntId) ?? guess,
      mntId: mntId ?? fdinfo?.mntId,
    };
  }
  // the path of an fd without fdinfo may be one that leads elsewhere, as those of the kernel's own mounts do
  if (place.via === 'fd' && fdinfo === undefined) return { answer: { errno: 'EWOULDBLOCK' } };
  // an fd whose mount is not listed is on a mount of the kernel's own, or a detached one: no path leads there
  const guess = mount ?? (fdinfo === undefined ? mountAt(owner, place, link.path) : undefined);
  const mntId = fdinfo?.mntId ?? guess?.id;
  if (guess !== undefined && mayHang(guess)) return { answer: { errno: 'EWOULDBLOCK' }, mount: guess, mntId };
  const answer = scan.proc.stat(place.at);
  if (!failed(answer) || place.via !== 'map' || gone(answer)) return { answer, mount: guess, mntId };
  // map_files needs CAP_SYS_ADMIN; the path does as well where it leads to a file of that device
  const named = scan.proc.stat(`${owner.root}${link.path}`);
  return { answer: failed(named) || named.device !== place.device ? answer : named, mount: guess, mntId };
}

function mountOf(scan: Scan, owner: Owner, id: number | undefined): Mount | undefined {
  if (id === undefined || failed(owner.mounts)) return undefined;
  const own = scan.ownMounts();
  return owner.mounts.byId(id) ?? (failed(own) ? undefined : own.byId(id));
}

/** Where no mount id is to be had: the mount the path is below, which must be of the mapping's device. */
function mountAt(owner: Owner, { device }: Place, path: string): Mount | undefined {
  if (failed(owner.mounts)) return undefined;
  const mount = owner.mounts.byPath(path);
  return device === undefined || mount?.device === device ? mount : owner.mounts.byDevice(device);
}

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

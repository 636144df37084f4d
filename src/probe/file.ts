import type { Facts, FactValue } from '../facts.ts';
import { type Draft, note } from './draft.ts';
import { accessMode, flagNames } from './flags.ts';
import type { MappedFile } from './mappings.ts';
import { type Mounts, mayHang } from './mounts.ts';
import { type Fdinfo, parseFdinfo } from './parse/fdinfo.ts';
import { type Link, parseLink } from './parse/link.ts';
import type { Mount } from './parse/mountinfo.ts';
import { type Failure, failed, gone, type Stat } from './proc.ts';
import type { Scan } from './scan.ts';

/** What the files of one process have in common. */
export interface Owner {
  readonly pid: number;
  readonly mounts: Mounts | Failure;
  /** Where paths of its mount namespace begin, below the proc root: `4312/root` or `self/root`. */
  readonly root: string;
  readonly securityLabel: FactValue | undefined;
}

/** One fd; undefined where it was closed meanwhile. */
export function readFd(scan: Scan, owner: Owner, fd: number): Draft | undefined {
  const at = `${owner.pid}/fd/${fd}`;
  const text = scan.proc.readLink(at);
  if (failed(text)) return gone(text) ? undefined : unreadable(owner, { via: 'fd', fd, at }, text);
  const info = scan.proc.readText(`${owner.pid}/fdinfo/${fd}`);
  if (failed(info) && gone(info)) return undefined;
  const fdinfo = failed(info) ? undefined : parseFdinfo(info);
  const draft = startDraft(
    scan,
    owner,
    { via: 'fd', fd, at },
    text,
    fdinfo,
    mountOf(scan, owner, fdinfo?.mntId),
  );
  if (failed(info)) note(draft, 'read fdinfo', info, ['flags', 'accessMode', 'offset', 'mntId']);
  return draft;
}

/** cwd, root or exe. */
export function readNamed(scan: Scan, owner: Owner, via: 'cwd' | 'root' | 'exe'): Draft | undefined {
  const at = `${owner.pid}/${via}`;
  const text = scan.proc.readLink(at);
  if (failed(text)) return gone(text) ? undefined : unreadable(owner, { via, at }, text);
  return startDraft(scan, owner, { via, at }, text, undefined, mountAt(owner, text));
}

/** A mapped file, as one of its mappings shows it. */
export function readMapped(scan: Scan, owner: Owner, { at, path, device }: MappedFile): Draft {
  const byDevice = failed(owner.mounts) ? undefined : owner.mounts.byDevice(device);
  const draft = startDraft(
    scan,
    owner,
    { via: 'map', at },
    path,
    undefined,
    mountAt(owner, path) ?? byDevice,
  );
  draft.facts.device ??= device;
  return draft;
}

type Place = Pick<Draft, 'via' | 'at'> & { readonly fd?: number };

function unreadable(owner: Owner, place: Place, failure: Failure): Draft {
  const link: Link = { form: 'other', text: '' };
  const draft: Draft = { pid: owner.pid, ...place, text: '', link, facts: {}, unread: [], watchers: [] };
  note(draft, 'readlink', failure, ['fileType', 'deleted', 'fsType', 'fsRequiresDevice']);
  return draft;
}

function startDraft(
  scan: Scan,
  owner: Owner,
  place: Place,
  text: string,
  fdinfo: Fdinfo | undefined,
  mount: Mount | undefined,
): Draft {
  const link = parseLink(text);
  const answer = link.form === 'path' ? statFile(scan, owner, place, link.path, mount) : undefined;
  const stat = answer !== undefined && !failed(answer) ? answer : undefined;
  const fsType = fsTypeOf(scan, owner, link, mount, stat);
  const facts: Record<string, FactValue> = {
    ...(owner.securityLabel === undefined ? {} : { securityLabel: owner.securityLabel }),
    ...(fdinfo && { flags: flagNames(fdinfo.flags), accessMode: accessMode(fdinfo.flags) }),
    ...(fdinfo && { offset: fdinfo.pos, mntId: fdinfo.mntId }),
    ...(fdinfo?.ino === undefined ? {} : { inode: fdinfo.ino }),
    ...pseudoFacts(link),
    ...(stat && statFacts(stat)),
    ...(fsType === undefined ? {} : { fsType }),
    fsRequiresDevice: requiresDevice(scan, fsType),
    deleted: false,
  };
  const draft: Draft = {
    pid: owner.pid,
    ...place,
    text,
    link,
    fdinfo,
    stat,
    mount,
    facts,
    unread: [],
    watchers: [],
  };
  if (answer !== undefined && failed(answer))
    note(draft, 'stat', answer, ['fileType', 'nlink', 'device', 'allocatedBytes']);
  if (link.form === 'path') facts.deleted = isDeleted(scan, owner, draft, link.path);
  return draft;
}

const pseudoTypes = {
  pipe: 'fifo',
  socket: 'socket',
  namespace: 'regular',
  anon: 'none',
  other: 'none',
} as const;
const pseudoFilesystems = {
  pipe: 'pipefs',
  socket: 'sockfs',
  namespace: 'nsfs',
  anon: 'anon_inodefs',
} as const;

/** A pseudo file says by the form of its link what a stat would say. */
function pseudoFacts(link: Link): Facts {
  if (link.form === 'path') return {};
  const inode = link.form === 'anon' || link.form === 'other' ? {} : { inode: link.inode };
  return { fileType: pseudoTypes[link.form], ...inode };
}

function statFacts(stat: Stat): Facts {
  const device =
    stat.type === 'block' || stat.type === 'char' ? { major: stat.major, minor: stat.minor } : {};
  const { type: fileType, mode, nlink, inode, device: dev, sizeBytes, allocatedBytes } = stat;
  return { fileType, mode, nlink, inode, device: dev, sizeBytes, allocatedBytes, ...device };
}

/** Never on a filesystem that may hang, unless the kernel can be asked for what it has in memory. */
function statFile(
  scan: Scan,
  owner: Owner,
  place: Place,
  path: string,
  mount: Mount | undefined,
): Stat | Failure {
  if (mount !== undefined && mayHang(mount)) {
    return scan.native?.statCached(`${scan.proc.root}/${place.at}`) ?? { errno: 'EWOULDBLOCK' };
  }
  const stat = scan.proc.stat(place.at);
  if (!failed(stat) || place.via !== 'map' || stat.errno === 'ENOENT') return stat;
  // map_files needs CAP_SYS_ADMIN; the path does as well where it is still the same file
  const named = scan.proc.stat(`${owner.root}${path}`);
  return failed(named) ? stat : named;
}

function mountOf(scan: Scan, owner: Owner, id: number | undefined): Mount | undefined {
  if (id === undefined || failed(owner.mounts)) return undefined;
  const own = scan.ownMounts();
  return owner.mounts.byId(id) ?? (failed(own) ? undefined : own.byId(id));
}

function mountAt(owner: Owner, path: string): Mount | undefined {
  return failed(owner.mounts) || !path.startsWith('/') ? undefined : owner.mounts.byPath(path);
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
  if (stat === undefined) return null;
  const named = scan.proc.stat(`${owner.root}${path}`);
  if (!failed(named)) return !(named.inode === stat.inode && named.device === stat.device);
  return gone(named) || named.errno === 'ENOTDIR' || named.errno === 'ENAMETOOLONG' ? true : null;
}

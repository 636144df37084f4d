import type { FactValue, Via } from '../facts.ts';
import { type Mounts, mayHang } from './mounts.ts';
import type { Fdinfo } from './parse/fdinfo.ts';
import type { Link } from './parse/link.ts';
import type { Mount } from './parse/mountinfo.ts';
import { type CachedStat, type Failure, failed, gone, type Stat } from './proc.ts';
import type { Scan } from './scan.ts';

/** What the files of one process have in common. */
export interface Owner {
  readonly pid: number;
  readonly mounts: Mounts | Failure;
  /** Where paths of its mount namespace begin, below the proc root: `4312/root` or `self/root`. */
  readonly root: string;
  readonly securityLabel: FactValue | undefined;
}

/** Where a file is found. */
export interface Place {
  readonly via: Via;
  readonly at: string;
  readonly fd?: number;
  /** Of a mapping, as maps shows it. */
  readonly device?: string;
}

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
export function locate(
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

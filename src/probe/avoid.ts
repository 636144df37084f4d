import { isBelow, type Mounts, readMounts } from './mounts.ts';
import type { Native } from './native/native.ts';
import { parseFdinfo } from './parse/fdinfo.ts';
import type { Mount } from './parse/mountinfo.ts';
import { type Failure, failed, fdsByPath, gone, type Proc } from './proc.ts';

/** What did not answer when it was asked, and so is not asked for now. */
export type Stuck =
  /** A filesystem. Without a device: a mount that no table lists, such as one that was detached. */
  | {
      readonly what: 'mount';
      readonly device?: string;
      readonly mntId?: number;
      readonly fsType: string;
      readonly mountPoint: string;
    }
  /** A file of procfs itself, below its root: `4312/maps` of a process that holds the lock of its memory. */
  | { readonly what: 'file'; readonly path: string }
  /** All of procfs, which is then no real one. */
  | { readonly what: 'procfs' };

export interface Avoiding {
  readonly proc: Proc;
  readonly native: Native | undefined;
  /** From now on these are not asked: what would have touched them is EWOULDBLOCK. */
  avoid(stuck: readonly Stuck[]): void;
  /** Whether there are any. */
  avoids(): boolean;
  /** Those of them that something would have touched since then, or since this was asked before. */
  avoided(): readonly Stuck[];
}

const wouldBlock: Failure = { errno: 'EWOULDBLOCK' };

/**
 * The same reads, but for those that would touch what is stuck. Which mount a path is on is told by fdinfo and mountinfo
 * alone, as they cannot hang; this is looked at only while something is stuck.
 */
export function avoiding(proc: Proc, native: Native | undefined): Avoiding {
  let stuck: readonly Stuck[] = [];
  let touches: (path: string, followed: boolean) => boolean = () => false;
  const met = new Set<Stuck>();
  const unless =
    <T>(read: (path: string) => T | Failure, followed: boolean) =>
    (path: string): T | Failure =>
      stuck.length > 0 && touches(path, followed) ? wouldBlock : read(path);
  const below = (path: string): string => path.slice(proc.root.length + 1);
  const guarded: Omit<Proc, 'openFds'> = {
    root: proc.root,
    readText: unless(proc.readText, true),
    readPiece: unless(proc.readPiece, true),
    list: unless(proc.list, true),
    stat: unless(proc.stat, true),
    fsMagic: unless(proc.fsMagic, true),
    readLink: unless(proc.readLink, false),
    lstat: unless(proc.lstat, false),
  };
  return {
    // by path while something is stuck: each is looked at before it is touched
    proc: {
      ...guarded,
      openFds: (pid) => (stuck.length > 0 ? fdsByPath(guarded, pid) : proc.openFds(pid)),
    },
    native: native && {
      ...native,
      statCached: (path) =>
        stuck.length > 0 && touches(below(path), true) ? wouldBlock : native.statCached(path),
      openByHandle: (path, ...handle) =>
        stuck.length > 0 && touches(below(path), true) ? wouldBlock : native.openByHandle(path, ...handle),
    },
    avoid: (places) => {
      stuck = places;
      met.clear();
      if (stuck.length > 0) touches = touching(proc, stuck, met);
    },
    avoids: () => stuck.length > 0,
    avoided: () => {
      const all = [...met];
      met.clear();
      return all;
    },
  };
}

/** Forgets what mounts there are with each call. */
function touching(proc: Proc, stuck: readonly Stuck[], met: Set<Stuck>) {
  const mountsOf = mountTables(proc);
  const files = new Map(stuck.flatMap((one) => (one.what === 'file' ? [[one.path, one] as const] : [])));
  const meet = (one: Stuck | undefined): boolean => one !== undefined && met.add(one) !== undefined;
  const isStuck = (mount: Mount | undefined, mntId = mount?.id): boolean =>
    meet(
      stuck.find(
        (one) =>
          one.what === 'mount' &&
          (one.device === undefined ? one.mntId === mntId : one.device === mount?.device),
      ),
    );
  return (path: string, followed: boolean): boolean => {
    if (meet(files.get(path))) return true;
    const place = placeOf(path);
    if (place === undefined || (!followed && place.form !== 'walk')) return false;
    if (place.form === 'fd') {
      const mntId = mountIdOf(proc, place);
      if (typeof mntId === 'boolean') return mntId;
      return isStuck(mountById(mountsOf, place.pid, mntId), mntId);
    }
    const mounts = mountsOf(place.pid);
    if (failed(mounts)) return false;
    if (place.form === 'link') {
      const text = proc.readLink(path);
      return !failed(text) && text.startsWith('/') && isStuck(mounts.byPath(text));
    }
    // each mount on the way is looked through
    return mounts.rows.some((mount) => isBelow(place.path, mount.mountPoint) && isStuck(mount));
  };
}

/** How a path below the root of procfs leaves it. */
export type Leaving =
  | { readonly form: 'fd'; readonly pid: string; readonly fd: string }
  | { readonly form: 'link'; readonly pid: string }
  | { readonly form: 'walk'; readonly pid: string; readonly path: string };

/** Undefined: it stays in procfs. */
export function placeOf(path: string): Leaving | undefined {
  const [pid = '', name = '', ...rest] = path.split('/');
  if (name === 'task' && rest.length > 1) return placeOf([pid, ...rest.slice(1)].join('/'));
  if (name === 'root' && rest.length > 0) return { form: 'walk', pid, path: `/${rest.join('/')}` };
  if (name === 'fd' && rest[0] !== undefined) return { form: 'fd', pid, fd: rest[0] };
  if (name === 'map_files' && rest.length > 0) return { form: 'link', pid };
  return name === 'cwd' || name === 'root' || name === 'exe' ? { form: 'link', pid } : undefined;
}

/** Its number, or whether it is to be taken for stuck where that cannot be told. */
export function mountIdOf(proc: Proc, { pid, fd }: { pid: string; fd: string }): number | boolean {
  const text = proc.readPiece(`${pid}/fdinfo/${fd}`);
  if (failed(text)) return !gone(text);
  return parseFdinfo(text)?.mntId ?? true;
}

export type MountTables = (pid: string) => Mounts | Failure;

/** The mounts a process sees, read once for each namespace and root. */
export function mountTables(proc: Proc): MountTables {
  const tables = new Map<string, Mounts | Failure>();
  return (pid) => {
    const links = ['ns/mnt', 'root'].map((link) => proc.readLink(`${pid}/${link}`));
    const key = links.some(failed) ? pid : links.join(' ');
    const known = tables.get(key) ?? readMounts(proc, pid);
    tables.set(key, known);
    return known;
  };
}

/** As a process sees it, or else the agent. */
export function mountById(mountsOf: MountTables, pid: string, id: number): Mount | undefined {
  for (const mounts of [mountsOf(pid), mountsOf('self')]) {
    const found = failed(mounts) ? undefined : mounts.byId(id);
    if (found !== undefined) return found;
  }
  return undefined;
}

import {
  type MountTables,
  mountById,
  mountIdOf,
  mountTables,
  placeOf,
  type Stuck,
} from '../../probe/avoid.ts';
import type { Mount } from '../../probe/parse/mountinfo.ts';
import { failed, type Proc } from '../../probe/proc.ts';
import type { Blocked } from './blocked.ts';

/** Of the agent itself, whatever procfs it looks at the node through. */
const ownProc = '/proc';

/**
 * What it is that does not answer. Told by fdinfo, links and mountinfo, none of which can hang; where procfs is not the
 * kernel's own it is not asked at all. `pid`: who hung, as `own` numbers it.
 */
export function placeStuck({ path, call }: Blocked, pid: number, own: Proc, proc: Proc): Stuck | undefined {
  const ours = mountTables(own)('self');
  if (failed(ours)) return undefined;
  const procMount = ours.byPath(proc.root);
  const under = isUnder(path, proc.root);
  if (under && procMount?.fsType !== 'proc') return { what: 'procfs' };
  const inOwn = isUnder(path, ownProc);
  if (!under && !inOwn) return mountStuck(ours.byPath(path));
  const [tree, root] = under ? ([proc, proc.root] as const) : ([own, ownProc] as const);
  const below = path.slice(root.length + 1).replace(/^(self|thread-self)\/fd\//, `${pid}/fd/`);
  const place = placeOf(below);
  if (place === undefined || call === 'opened') return { what: 'file', path: below };
  // where such a link leads is told only by its text, which for a detached mount is that of another
  if (place.form === 'link') return { what: 'file', path: below };
  const mountsOf = mountTables(tree);
  if (place.form === 'fd') {
    const mntId = mountIdOf(tree, place);
    return typeof mntId === 'boolean' ? undefined : mountOfId(mountsOf, place.pid, mntId);
  }
  const mounts = mountsOf(place.pid);
  return failed(mounts) ? undefined : mountStuck(mounts.byPath(place.path));
}

/** The mount that is known by its number alone; `path`: what led there. */
export function mountStuckById(path: string, mntId: number, proc: Proc): Stuck {
  const [pid = 'self'] = isUnder(path, proc.root) ? path.slice(proc.root.length + 1).split('/') : [];
  return mountOfId(mountTables(proc), pid, mntId);
}

function mountOfId(mountsOf: MountTables, pid: string, mntId: number): Stuck {
  const detached = { what: 'mount', mntId, fsType: 'detached', mountPoint: '' } as const;
  return mountStuck(mountById(mountsOf, pid, mntId)) ?? detached;
}

const isUnder = (path: string, root: string): boolean => path.startsWith(`${root}/`);

const mountStuck = (mount: Mount | undefined): Stuck | undefined =>
  mount && { what: 'mount', device: mount.device, fsType: mount.fsType, mountPoint: mount.mountPoint };

/** The same for all that is behind it. */
export function keyOf(stuck: Stuck): string {
  if (stuck.what === 'mount') return stuck.device ?? `mount ${stuck.mntId}`;
  return stuck.what === 'file' ? `file ${stuck.path}` : stuck.what;
}

/** For people; without paths where anyone may read it. */
export function wordsOf(stuck: Stuck, paths: boolean): string {
  if (stuck.what === 'procfs') return 'procfs';
  if (stuck.what === 'file') return paths ? `procfs file ${stuck.path}` : 'a file of procfs';
  const at = paths && stuck.mountPoint !== '' ? ` at ${stuck.mountPoint}` : '';
  return `${stuck.fsType}${at} (${stuck.device === undefined ? '' : 'device '}${keyOf(stuck)})`;
}

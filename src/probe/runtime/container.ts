import { type Mounts, mayHang, readMounts } from '../mounts.ts';
import { type CgroupMembership, parseCgroup } from '../parse/cgroup.ts';
import type { Mount } from '../parse/mountinfo.ts';
import { parsePidStat } from '../parse/pid-stat.ts';
import { failed, type Proc } from '../proc.ts';

/** The running container, as procfs shows it. */
export interface Running {
  readonly pid: number;
  readonly startTimeTicks: string;
  readonly mounts: Mounts;
  readonly cgroups: readonly CgroupMembership[];
  /** Whether the host has the unified cgroup hierarchy alone. */
  readonly unified: boolean;
  /** Inode of the namespace it is in. */
  namespace(type: string): string | undefined;
  /** The mount that shows at exactly that point. */
  mountAt(path: string): Mount | undefined;
  /** Where a path of its configuration leads, as its runtime sees it from outside; undefined: cannot be told. */
  resolve(path: string): Resolved | undefined;
}

export interface Resolved {
  readonly path: string;
  /** What kind of link was followed on the way; `absolute` where both were. */
  readonly through: 'none' | 'relative' | 'absolute';
}

export function readRunning(proc: Proc, pid: number): Running | undefined {
  const stat = proc.readText(`${pid}/stat`);
  const mounts = readMounts(proc, pid);
  const cgroup = proc.readText(`${pid}/cgroup`);
  if (failed(stat) || failed(mounts) || failed(cgroup)) return undefined;
  const startTimeTicks = parsePidStat(stat)?.startTimeTicks;
  if (startTimeTicks === undefined) return undefined;
  return {
    pid,
    startTimeTicks,
    mounts,
    cgroups: parseCgroup(cgroup).rows,
    unified: isUnified(proc),
    namespace: (type) => {
      const link = proc.readLink(`${pid}/ns/${type}`);
      return failed(link) ? undefined : /^[a-z]+:\[(\d+)\]$/.exec(link)?.[1];
    },
    mountAt: (path) => mounts.rows.findLast(({ mountPoint }) => mountPoint === latin1(path)),
    resolve: (path) => resolve(path, proc, pid, mounts),
  };
}

function isUnified(proc: Proc): boolean {
  const own = readMounts(proc, 1);
  const mounts = failed(own) ? readMounts(proc, 'self') : own;
  if (failed(mounts)) return false;
  return mounts.rows.findLast(({ mountPoint }) => mountPoint === '/sys/fs/cgroup')?.fsType === 'cgroup2';
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');
/** MAXSYMLINKS of the kernel. */
const mostLinks = 40;

/**
 * Links of the rootfs are followed (in most images /var/run is one), each on its own, so that none leads out of the
 * container. Below another mount the runtime sees the rootfs that the mount hides, where nothing is.
 */
function resolve(path: string, proc: Proc, pid: number, mounts: Mounts): Resolved | undefined {
  let through: Resolved['through'] = 'none';
  const root = mounts.byPath('/');
  const rest = latin1(path).split('/');
  const done: string[] = [];
  for (let links = 0, part = rest.shift(); part !== undefined; part = rest.shift()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      done.pop();
      continue;
    }
    done.push(part);
    const at = `/${done.join('/')}`;
    if (mounts.byPath(at) !== root) continue;
    if (mayHang(root)) return undefined;
    const link = proc.readLink(`${pid}/root${at}`);
    if (failed(link)) {
      if (!['EINVAL', 'ENOENT', 'ENOTDIR'].includes(link.errno)) return undefined;
      continue;
    }
    if (++links > mostLinks) return undefined;
    if (link.startsWith('/')) {
      done.length = 0;
      through = 'absolute';
    } else {
      done.pop();
      if (through === 'none') through = 'relative';
    }
    rest.unshift(...link.split('/'));
  }
  return { path: utf8(`/${done.join('/')}`), through };
}

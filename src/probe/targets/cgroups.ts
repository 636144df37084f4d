import type { Unread } from '../../facts.ts';
import { type CgroupMembership, parseCgroup } from '../parse/cgroup.ts';
import { isDecimal } from '../parse/number.ts';
import { parsePidStat } from '../parse/pid-stat.ts';
import { failed, gone, type Proc } from '../proc.ts';
import { type CgroupIdentity, parseCgroupPath } from './cgroup-path.ts';

export interface CgroupLine {
  /** `unified` (v2), else the controllers or the name as the folder in /sys/fs/cgroup has them: `cpu,cpuacct`, `systemd`. */
  readonly hierarchy: string;
  /** As the agent sees it, without ` (deleted)`. */
  readonly path: string;
}

/** The processes of one container, monitor, pod, unit or other cgroup, with those of the cgroups below it. */
export interface CgroupGroup {
  readonly identity: CgroupIdentity;
  readonly cgroup: string;
  readonly hierarchy: string;
  readonly pids: readonly number[];
}

export interface CgroupScan {
  readonly groups: readonly CgroupGroup[];
  /** Of every process that could be read, each of its hierarchies. */
  readonly lines: ReadonlyMap<number, readonly CgroupLine[]>;
  readonly unread: readonly Unread[];
}

interface Place {
  readonly lines: readonly CgroupLine[];
  readonly best: { readonly identity: CgroupIdentity; readonly line: CgroupLine } | undefined;
}

/** Who is in which cgroup, of all processes: one read each. Those that end meanwhile are not in it. */
export function scanCgroups(proc: Proc): CgroupScan {
  const names = proc.list('');
  if (failed(names)) return { groups: [], lines: new Map(), unread: [unreadable(0, 'list', names.errno)] };
  const unread: Unread[] = [];
  // hidepid=invisible (proc(5)): foreign processes are not listed; there always is a process 1
  if (!names.includes('1')) unread.push(unreadable(1, 'list', 'ENOENT'));
  // the processes of a container have the same text
  const places = new Map<string, Place>();
  const lines = new Map<number, readonly CgroupLine[]>();
  const groups = new Map<string, CgroupGroup & { readonly pids: number[] }>();
  for (const pid of names.filter(isDecimal).map(Number)) {
    const text = proc.readText(`${pid}/cgroup`);
    if (failed(text)) {
      if (!gone(text)) unread.push(unreadable(pid, 'read cgroup', text.errno));
      continue;
    }
    let place = placeOf(places, text);
    if (place.best === undefined) place = placeOf(places, liveThreadText(proc, pid) ?? text);
    lines.set(pid, place.lines);
    if (place.best === undefined) continue;
    const { identity, line } = place.best;
    const key = `${identity.type} ${identity.cgroup}`;
    const group = groups.get(key);
    if (group !== undefined) group.pids.push(pid);
    else groups.set(key, { identity, cgroup: identity.cgroup, hierarchy: line.hierarchy, pids: [pid] });
  }
  return { groups: [...groups.values()], lines, unread };
}

const unreadable = (pid: number, call: string, errno: string): Unread => ({
  pid,
  call,
  errno,
  facts: ['cgroup'],
});

function placeOf(places: Map<string, Place>, text: string): Place {
  const known = places.get(text);
  if (known !== undefined) return known;
  const lines = parseCgroup(text).rows.map(toLine);
  let best: Place['best'];
  for (const line of lines) {
    const identity = parseCgroupPath(line.path);
    if (
      identity !== undefined &&
      (best === undefined || tells(identity, line) > tells(best.identity, best.line))
    )
      best = { identity, line };
  }
  const place = { lines, best };
  places.set(text, place);
  return place;
}

const toLine = ({ hierarchyId, controllers, path }: CgroupMembership): CgroupLine => ({
  hierarchy: hierarchyId === 0 ? 'unified' : controllers.join(',').replace(/^name=/, ''),
  path: path.replace(/ \(deleted\)$/, ''),
});

const ranks = { container: 5, monitor: 4, pod: 3, unit: 2, group: 1 } as const;

/**
 * The most telling line: a runtime may use some hierarchies only (runc on v1 leaves `0::` to its caller, systemd has
 * only its own). Of two equal ones the deeper, then v2, then systemd's.
 */
function tells(identity: CgroupIdentity, { hierarchy, path }: CgroupLine): number {
  const pod = identity.podUid === undefined ? 0 : 1;
  const depth = Math.min(path.split('/').length, 99);
  const order = hierarchy === 'unified' ? 2 : hierarchy === 'systemd' ? 1 : 0;
  return ranks[identity.type] * 10_000 + pod * 1000 + depth * 10 + order;
}

/**
 * A zombie is in the root of every v1 hierarchy (v2 keeps its path): tried on 6.18, test/live/targets.test.ts. Where
 * it has live threads, as a leader that has left them, these still are in the container.
 */
function liveThreadText(proc: Proc, pid: number): string | undefined {
  const stat = proc.readText(`${pid}/stat`);
  const parsed = failed(stat) ? undefined : parsePidStat(stat);
  if (parsed === undefined || parsed.state !== 'Z' || parsed.numThreads < 2) return undefined;
  const threads = proc.list(`${pid}/task`);
  if (failed(threads)) return undefined;
  for (const thread of threads) {
    if (thread === String(pid)) continue;
    const text = proc.readText(`${pid}/task/${thread}/cgroup`);
    if (!failed(text)) return text;
  }
  return undefined;
}

import type { ContainerIdentity, Unread } from '../../facts.ts';
import type { TargetReport } from '../../policy/report.ts';
import { isDecimal } from '../../probe/parse/number.ts';
import type { PidStat } from '../../probe/parse/pid-stat.ts';
import { isKernelThread, readStat } from '../../probe/pid.ts';
import { failed, gone, type Proc } from '../../probe/proc.ts';
import type { FindDeps } from '../../probe/targets/containers.ts';
import { findTarget } from '../../probe/targets/find.ts';
import { type Found, isProblem } from '../../probe/targets/found.ts';
import { containerUnit } from '../units.ts';
import { type Place, placeProcesses } from './place.ts';

/** A process by its identity: another one may have the pid by the time it is judged. */
export interface Pinned {
  readonly pid: number;
  readonly startTimeTicks: string;
}

/** What is judged at once, so that nothing waits behind the whole node: a container, a service's tree, another tree. */
export interface Slice {
  /** What to call it among others. */
  readonly name: string;
  readonly target: TargetReport;
  /** Root first. None: a container none of whose processes may be read. */
  readonly processes: readonly Pinned[];
  /** All processes of its cgroup that no other slice of a tree below it has. */
  readonly members: readonly number[];
  readonly container?: ContainerIdentity;
  /** Place in the list of the container that holds this one, as in Docker in Docker: a dump of that takes both. */
  readonly inside?: number;
}

export interface NodeListing {
  readonly slices: readonly Slice[];
  readonly kernelThreads: number;
  /** Processes of the agent itself. */
  readonly own: number;
  readonly notes: readonly string[];
  /** Processes that may not be read, which may be of any container. */
  readonly unread: readonly Unread[];
}

/** Every process of the node in exactly one slice; kernel threads and the agent's own are counted and left out. */
export function listNode(deps: FindDeps, agent = agentOf(deps.proc)): NodeListing {
  const { stats, kernelThreads, unread } = readAll(deps.proc);
  const found = findTarget({ type: 'node' }, deps);
  if (isProblem(found)) throw new Error(found.detail);
  const own = withDescendants(stats, agent);
  for (const pid of own) stats.delete(pid);
  const places = placeProcesses(stats, found);
  const notes = [...found.notes, ...found.problems.map(({ problem, path }) => `${path}: ${problem}`)];
  return {
    slices: toSlices(places, found, stats),
    kernelThreads,
    own: own.size,
    notes,
    unread: [...found.unread, ...unread],
  };
}

function toSlices(
  places: readonly Place[],
  found: Found,
  stats: ReadonlyMap<number, PidStat>,
): readonly Slice[] {
  const pin = (pid: number): Pinned => ({ pid, startTimeTicks: stats.get(pid)?.startTimeTicks ?? '' });
  const at = new Map(places.map(({ type, of }, i) => [type === 'container' ? of : undefined, i]));
  const slices = places.map(({ type, of, pids, members, inside, single }): Slice => {
    const [root = 0] = pids;
    const processes = pids.map(pin);
    if (type === 'container' || type === 'beside') {
      const { name, target, container } = containerUnit(found.containers[of] as Found['containers'][number]);
      const holder = inside === undefined ? undefined : at.get(inside);
      const place = { processes, members, ...(holder === undefined ? {} : { inside: holder }) };
      // beside its tree, as what `kubectl exec` starts: no part of the checkpoint
      if (type === 'beside') return { name: `${name} ${root}`, target: { type: 'tree' }, ...place };
      return { name, target, ...place, ...(container === undefined ? {} : { container }) };
    }
    if (type === 'tree') return { name: `process ${root}`, target: { type: 'tree' }, processes, members };
    const { name: called, cgroup } = found.groups[of] as Found['groups'][number];
    const name = single ? (called ?? cgroup) : `${called ?? cgroup} ${root}`;
    return { name, target: { type: 'cgroup', cgroup }, processes, members };
  });
  const blind = found.containers
    .filter(({ initPid }) => initPid === undefined)
    .map((container): Slice => ({ ...containerUnit(container), processes: [] }));
  return [...slices, ...blind];
}

function readAll(proc: Proc) {
  const stats = new Map<number, PidStat>();
  const unread: Unread[] = [];
  let kernelThreads = 0;
  const names = proc.list('');
  for (const pid of failed(names) ? [] : names.filter(isDecimal).map(Number)) {
    const stat = readStat(proc, pid);
    if (failed(stat)) {
      if (!gone(stat)) unread.push({ pid, call: 'read stat', errno: stat.errno, facts: [] });
    } else if (isKernelThread(stat)) kernelThreads += 1;
    else stats.set(pid, stat);
  }
  return { stats, unread, kernelThreads };
}

/** As procfs shows it. */
export function ownPid(proc: Proc): number | undefined {
  const self = proc.readLink('self');
  return failed(self) || !isDecimal(self) ? undefined : Number(self);
}

/** This runs in a probing process: its parent is the agent. */
function agentOf(proc: Proc): number | undefined {
  const self = ownPid(proc);
  const stat = self === undefined ? undefined : readStat(proc, self);
  return stat === undefined || failed(stat) ? undefined : stat.ppid;
}

function withDescendants(stats: ReadonlyMap<number, PidStat>, root: number | undefined): ReadonlySet<number> {
  const found = new Set(root !== undefined && stats.has(root) ? [root] : []);
  const rest = new Map(stats);
  for (let grown = found.size > 0; grown; ) {
    grown = false;
    for (const [pid, { ppid }] of rest) {
      if (!found.has(ppid) || found.has(pid)) continue;
      found.add(pid);
      rest.delete(pid);
      grown = true;
    }
  }
  return found;
}

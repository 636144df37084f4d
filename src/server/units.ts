import type { ContainerIdentity, TargetRef, Unread } from '../facts.ts';
import type { TargetReport } from '../policy/report.ts';
import { readStat } from '../probe/pid.ts';
import type { Proc } from '../probe/proc.ts';
import { failed } from '../probe/proc.ts';
import type { FindDeps, FoundContainer } from '../probe/targets/containers.ts';
import { type FindRef, findTarget } from '../probe/targets/find.ts';
import { type Found, type FoundGroup, isProblem, type Problem } from '../probe/targets/found.ts';
import { AgentError, type ErrorCode } from './errors.ts';

/** One tree to judge: a container, or a tree of a service's processes. */
export interface Unit {
  /** What to call it among others. */
  readonly name: string;
  readonly target: TargetReport;
  /** Root of the tree; absent where none of its processes could be read. */
  readonly pid?: number;
  /** All processes of its cgroup. */
  readonly members: readonly number[];
  readonly container?: ContainerIdentity;
}

export interface Resolved {
  readonly target: TargetReport;
  /** True: the target is this one unit, and has no parts. */
  readonly single: boolean;
  readonly units: readonly [Unit, ...Unit[]];
  readonly notes: readonly string[];
  readonly unread: readonly Unread[];
}

/** The node has a sweep. */
type UnitRef = Exclude<FindRef, { readonly type: 'node' }>;

/** What is asked about → the trees to judge. Throws `AgentError`. */
export function resolveUnits(ref: UnitRef, deps: FindDeps): Resolved {
  const answer = findTarget(ref, deps);
  if (isProblem(answer)) throw new AgentError(codeOf(answer), answer.detail);
  const notes = [...answer.notes, ...answer.problems.map(({ problem, path }) => `${path}: ${problem}`)];
  const units = unitsOf(ref, answer, deps.proc);
  const [first, ...rest] = units;
  if (first === undefined) throw nothingRuns(ref, answer);
  const single = rest.length === 0 && (ref.type === 'container' || ref.type === 'cgroup');
  const target = single ? { ...first.target, type: ref.type } : targetOf(ref, answer);
  return {
    target,
    single,
    units: [first, ...rest],
    notes: [...notes, ...sandboxNotes(answer)],
    unread: answer.unread,
  };
}

/** The container that a process is the init of: with it goes what else is in its cgroup. */
export function unitOfInit(pid: number, deps: FindDeps): Unit | undefined {
  const answer = findTarget({ type: 'node' }, deps);
  const found = isProblem(answer) ? undefined : answer.containers.find(({ initPid }) => initPid === pid);
  return found && containerUnit(found);
}

const codeOf = ({ code }: Problem): ErrorCode => (code === 'Ambiguous' ? 'AmbiguousTarget' : code);

function unitsOf(ref: UnitRef, answer: Found, proc: Proc): readonly Unit[] {
  // a sandbox is made anew wherever its pod goes; asked for by its own id it is judged as any other
  const wanted = answer.containers.filter(
    ({ identity }) => ref.type === 'container' || identity.role !== 'sandbox',
  );
  return [...wanted.map(containerUnit), ...answer.groups.flatMap((group) => treeUnits(group, proc))];
}

export function containerUnit({ identity, cgroup, pids, initPid }: FoundContainer): Unit {
  const { pod, ...container } = identity;
  return {
    name: [pod?.namespace, pod?.name, identity.name ?? identity.id.slice(0, 12)].filter(Boolean).join('/'),
    target: { type: 'container', cgroup, container, ...(pod === undefined ? {} : { pod }) },
    ...(initPid === undefined ? {} : { pid: initPid }),
    members: pids,
    container: identity,
  };
}

/** CRIU takes a tree: a service whose processes have several roots is as many checkpoints. */
function treeUnits({ name, cgroup, pids }: FoundGroup, proc: Proc): readonly Unit[] {
  const stats = new Map(pids.map((pid) => [pid, readStat(proc, pid)]));
  const roots = pids.filter((pid) => {
    const stat = stats.get(pid);
    return stat !== undefined && !failed(stat) && !stats.has(stat.ppid);
  });
  const target: TargetReport = { type: 'cgroup', cgroup };
  const called = name ?? cgroup;
  // the other roots are units of their own, not left behind
  const members = roots.length === 1 ? pids : [];
  return roots.length === 0
    ? [{ name: called, target, members: pids }]
    : roots.map((pid) => ({ name: roots.length === 1 ? called : `${called} ${pid}`, target, pid, members }));
}

const targetOf = (ref: TargetRef, { pod }: Found): TargetReport => ({
  type: ref.type,
  ...(ref.type === 'cgroup' ? { cgroup: ref.path } : {}),
  ...(pod === undefined ? {} : { pod }),
});

const sandboxNotes = ({ containers, pod }: Found): readonly string[] =>
  pod === undefined
    ? []
    : containers
        .filter(({ identity }) => identity.role === 'sandbox')
        .map(({ identity }) => `not judged: its sandbox ${identity.id.slice(0, 12)}, which is made anew`);

function nothingRuns(ref: UnitRef, { notes }: Found): AgentError {
  const code = ref.type === 'pod' ? 'PodNotFound' : 'CgroupNotFound';
  return new AgentError(code, ['nothing of it runs that could be judged', ...notes].join('; '));
}

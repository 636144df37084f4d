import type { TargetFacts, Unread } from '../facts.ts';
import { type Classify, classifier } from './classify.ts';
import { kinds, unknown, vocabulary } from './kinds/index.ts';
import type { Native } from './native/native.ts';
import { isKernelThread, readStat } from './pid.ts';
import { type Failure, failed, gone, type Proc } from './proc.ts';
import { type FileDraft, finishProcess, type ProcessDraft, readProcess } from './process.ts';
import { createPseudoLinks, ownFiles } from './pseudo-links.ts';
import { relate } from './relate/index.ts';
import { groupByKind } from './relate/tree.ts';
import { type AsksOf, type Scan, type ScanOptions, startScan } from './scan.ts';
import { treeOf } from './targets/tree.ts';
import { createUnixPairs } from './unix-pairs.ts';

export interface ProbeRequest {
  readonly pid: number;
  readonly type: 'process' | 'tree';
  /** The processes of its cgroup, where it was found by that. */
  readonly members?: readonly number[];
  readonly cgroup?: string;
  /** Facts the policy asks for. */
  readonly asks: ReadonlySet<string>;
  /** Of which kind it asks for which; absent: of every kind for each there is. */
  readonly asksOf?: AsksOf;
}

export type ProbeAnswer = TargetFacts | Failure | 'kernel-thread';
export type Probe = (request: ProbeRequest) => ProbeAnswer;

/** A look at the node for one target; or one that several targets share, which are then of the same moment. */
export type StartScan = (asks: ReadonlySet<string>, asksOf: AsksOf | undefined) => Scan;

export function scanner(proc: Proc, native: Native | undefined, more: ScanOptions = {}): StartScan {
  const known = { unixPairs: createUnixPairs(), pseudoLinks: createPseudoLinks(() => ownFiles(proc)) };
  return (asks, asksOf) => {
    const asked = asksOf === undefined ? {} : { asksOf, headOnly: !asksOwnFacts(asksOf) };
    return startScan(proc, native, { asks, ...known, ...more, ...asked });
  };
}

/** Any that only one kind has: the lines of fdinfo that not every file has lead to these alone. */
const asksOwnFacts = (asksOf: AsksOf): boolean =>
  Object.entries(vocabulary.kinds).some(([kind, facts]) =>
    Object.keys(facts).some((fact) => asksOf(kind, fact)),
  );

/** Reads a target: its processes, their files, and how these belong together. */
export function createProbe(
  proc: Proc,
  native: Native | undefined,
  scanOf: StartScan = scanner(proc, native),
): Probe {
  const read = reader();
  return (request) => read(scanOf(request.asks, request.asksOf), request);
}

/** The same, by a look at the node. */
export function reader(): (scan: Scan, request: ProbeRequest) => ProbeAnswer {
  const classify = classifier(kinds, unknown);
  return (scan, { pid, type, members = [], cgroup }) => {
    const identity = readStat(scan.proc, pid);
    if (failed(identity)) return identity;
    if (isKernelThread(identity)) return 'kernel-thread';
    const drafts = readTree(scan, type === 'tree' ? treeOf : alone, pid, classify);
    if (failed(drafts)) return drafts;
    const [root] = drafts;
    const files = ([] as FileDraft[]).concat(...drafts.map((draft) => draft.files));
    const byKind = groupByKind(files);
    relate({
      root,
      processes: drafts,
      files,
      byKind,
      members,
      ...(cgroup === undefined ? {} : { cgroup }),
      scan,
    });
    const processes = drafts.map(finishProcess);
    const { startTimeTicks, comm } = processes[0] as (typeof processes)[number];
    return { type, pid, startTimeTicks, comm, processes };
  };
}

const alone = (_: Proc, pid: number): readonly number[] => [pid];

/** Root first. A pid that is used again by the time it is read is not of the tree: a descendant's parent is in it. */
function readTree(
  scan: Scan,
  pidsOf: typeof treeOf,
  pid: number,
  classify: Classify,
): readonly [ProcessDraft, ...ProcessDraft[]] | Failure {
  const unread: Unread[] = [];
  const [, ...descendants] = pidsOf(scan.proc, pid, unread);
  const root = readProcess(scan, pid, classify);
  if (failed(root)) return root;
  const found = new Map([[pid, root]]);
  const lost = new Map<number, Failure>();
  for (const member of descendants) {
    const draft = readProcess(scan, member, classify);
    if (failed(draft)) lost.set(member, draft);
    else if (hasParentIn(found, draft, scan.proc)) found.set(member, draft);
    else root.changed = true;
  }
  root.unread.push(...unread);
  if (lost.size > 0) noteLost(scan.proc, root, lost);
  const [, ...others] = found.values();
  return [root, ...others];
}

/** Looked at again: the pid of a parent that ended meanwhile may be that of a stranger with children by now. */
function hasParentIn(
  found: ReadonlyMap<number, ProcessDraft>,
  { stat: { ppid } }: ProcessDraft,
  proc: Proc,
): boolean {
  const now = found.has(ppid) ? readStat(proc, ppid) : undefined;
  return now !== undefined && !failed(now) && now.startTimeTicks === found.get(ppid)?.stat.startTimeTicks;
}

/** Who ended while the tree was read has changed it; whom hidepid hides is gone as well, and still a child. */
function noteLost(proc: Proc, root: ProcessDraft, lost: ReadonlyMap<number, Failure>): void {
  const children = new Set(treeOf(proc, root.pid));
  for (const [pid, failure] of lost) {
    const hidden = children.has(pid) && failed(readStat(proc, pid));
    if (gone(failure) && !hidden) root.changed = true;
    else root.unread.push({ pid, call: 'read stat', errno: failure.errno, facts: [] });
  }
}

import type { TargetFacts } from '../facts.ts';
import { classifier } from './classify.ts';
import { kinds, unknown } from './kinds/index.ts';
import type { Native } from './native/native.ts';
import { isKernelThread, readStat } from './pid.ts';
import { type Failure, failed, gone, type Proc } from './proc.ts';
import { finishProcess, type ProcessDraft, readProcess } from './process.ts';
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
  const unixPairs = createUnixPairs();
  return (asks, asksOf) =>
    startScan(proc, native, { asks, unixPairs, ...more, ...(asksOf === undefined ? {} : { asksOf }) });
}

/** Reads a target: its processes, their files, and how these belong together. */
export function createProbe(
  proc: Proc,
  native: Native | undefined,
  scanOf: StartScan = scanner(proc, native),
): Probe {
  const classify = classifier(kinds, unknown);
  return ({ pid, type, members = [], cgroup, asks, asksOf }) => {
    const identity = readStat(proc, pid);
    if (failed(identity)) return identity;
    if (isKernelThread(identity)) return 'kernel-thread';
    const scan = scanOf(asks, asksOf);
    const drafts: ProcessDraft[] = [];
    for (const member of type === 'tree' ? treeOf(proc, pid) : [pid]) {
      const draft = readProcess(scan, member, classify);
      if (!failed(draft)) drafts.push(draft);
      else if (member === pid) return draft;
      else noteGone(drafts, draft);
    }
    const root = drafts[0];
    if (root === undefined) return { errno: 'ESRCH' };
    const files = drafts.flatMap((draft) => draft.files);
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

/** A descendant that ended while the tree was read: the tree changed. */
function noteGone(drafts: readonly ProcessDraft[], failure: Failure): void {
  if (gone(failure) && drafts[0]) drafts[0].changed = true;
}

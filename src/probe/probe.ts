import type { TargetFacts } from '../facts.ts';
import { classifier } from './classify.ts';
import { kinds, unknown } from './kinds/index.ts';
import type { Native } from './native/native.ts';
import { type Failure, failed, gone, type Proc } from './proc.ts';
import { finishProcess, isKernelThread, type ProcessDraft, readProcess, readStat } from './process.ts';
import { relate } from './relate/index.ts';
import { startScan } from './scan.ts';
import { treeOf } from './targets/tree.ts';

export interface ProbeRequest {
  readonly pid: number;
  readonly type: 'process' | 'tree';
  /** The processes of its cgroup, where it was found by that. */
  readonly members?: readonly number[];
  readonly cgroup?: string;
  /** Facts the policy asks for. */
  readonly asks: ReadonlySet<string>;
}

export type ProbeAnswer = TargetFacts | Failure | 'kernel-thread';
export type Probe = (request: ProbeRequest) => ProbeAnswer;

/** Reads a target: its processes, their files, and how these belong together. */
export function createProbe(proc: Proc, native: Native | undefined): Probe {
  const classify = classifier(kinds, unknown);
  return ({ pid, type, members = [], cgroup, asks }) => {
    const identity = readStat(proc, pid);
    if (failed(identity)) return identity;
    if (isKernelThread(identity)) return 'kernel-thread';
    const scan = startScan(proc, native, asks);
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
    relate({ root, processes: drafts, files, members, ...(cgroup === undefined ? {} : { cgroup }), scan });
    const processes = drafts.map(finishProcess);
    const { startTimeTicks, comm } = processes[0] as (typeof processes)[number];
    return { type, pid, startTimeTicks, comm, processes };
  };
}

/** A descendant that ended while the tree was read: the tree changed. */
function noteGone(drafts: readonly ProcessDraft[], failure: Failure): void {
  if (gone(failure) && drafts[0]) drafts[0].changed = true;
}

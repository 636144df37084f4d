import type { Report } from '../../policy/report.ts';
import type { Native } from '../../probe/native/native.ts';
import { readStat } from '../../probe/pid.ts';
import { createProbe } from '../../probe/probe.ts';
import { failed, type Proc } from '../../probe/proc.ts';
import type { RuntimeDeps } from '../../probe/runtime/index.ts';
import { lookUp, type PolicyDeps } from '../asked.ts';
import { stamper } from '../assess.ts';
import type { CheckRequest } from '../check.ts';
import { AgentError } from '../errors.ts';
import { unitJudge } from '../judge-unit.ts';
import type { Pinned, Slice } from './list.ts';
import { type Tally, tallyOf } from './tally.ts';

/** Why a process was not judged: the first three are no fault, the others an `ErrorCode`. */
export type SkipReason =
  /** It ended after it was listed. */
  | 'Gone'
  /** Its pid is another process's now. */
  | 'Replaced'
  /** It is in another tree now: its parent ended. */
  | 'Moved'
  | 'DeadlineExceeded'
  | 'TooBusy'
  | 'NotPermitted'
  | 'Internal';

export interface Skip {
  readonly reason: SkipReason;
  readonly processes: number;
}

export interface SliceAnswer {
  /** Absent: nothing of it is there any more. */
  readonly report?: Report;
  readonly tally: Tally;
  readonly skipped: readonly Skip[];
}

export interface SliceDeps extends PolicyDeps {
  readonly proc: Proc;
  readonly native: Native | undefined;
  readonly runtimes: RuntimeDeps;
}

export type JudgeSlice = (request: CheckRequest, slice: Slice) => SliceAnswer;

/** Judges the processes of a slice that still are who they were, and nothing beside them. Throws `AgentError`. */
export function sliceJudge(deps: SliceDeps): JudgeSlice {
  let inside: ReadonlySet<number> = new Set();
  const proc = showing(deps.proc, (pid) => inside.has(pid));
  const judgeUnit = unitJudge({ probe: createProbe(proc, deps.native), runtimes: deps.runtimes });
  return (request, slice) => {
    const [root] = slice.processes;
    if (root === undefined) throw new AgentError('NotPermitted', 'none of its processes may be read');
    const left = slice.processes.filter((one) => look(deps.proc, one) === 'same');
    if (!left.includes(root)) return { tally: [], skipped: skipped(deps.proc, slice.processes) };
    inside = new Set(left.map(({ pid }) => pid));
    const asked = lookUp(deps, request);
    const stamp = stamper();
    // each file is asked for, to be counted; only the facts that rules need are read for it
    const counted = { ...asked, request: { ...request, show: 'all' as const } };
    try {
      const judged = judgeUnit(counted, { ...slice, pid: root.pid, ref: { type: 'tree', ...root } });
      const report = stamp(judged, []);
      const seen = new Set(report.processes.map(({ pid }) => pid));
      const missed = slice.processes.filter(({ pid }) => !seen.has(pid));
      return {
        report: request.show === 'all' ? report : { ...report, processes: [] },
        tally: tallyOf(report),
        skipped: skipped(deps.proc, missed),
      };
    } catch (error) {
      if (!(error instanceof AgentError) || !['ProcessNotFound', 'TargetReplaced'].includes(error.code))
        throw error;
      return { tally: [], skipped: skipped(deps.proc, slice.processes) };
    }
  };
}

function look(proc: Proc, { pid, startTimeTicks }: Pinned): 'same' | 'Gone' | 'Replaced' {
  const stat = readStat(proc, pid);
  if (failed(stat)) return 'Gone';
  return stat.startTimeTicks === startTimeTicks ? 'same' : 'Replaced';
}

function skipped(proc: Proc, processes: readonly Pinned[]): readonly Skip[] {
  const looks = processes.map((process) => look(proc, process));
  const number = (wanted: string) => looks.filter((one) => one === wanted).length;
  const skips: readonly Skip[] = [
    { reason: 'Gone', processes: number('Gone') },
    { reason: 'Replaced', processes: number('Replaced') },
    { reason: 'Moved', processes: number('same') },
  ];
  return skips.filter((skip) => skip.processes > 0);
}

/** Procfs in which a process has no other children than those of the slice: the rest is in slices of its own. */
function showing(proc: Proc, shown: (pid: number) => boolean): Proc {
  const readText: Proc['readText'] = (path) => {
    const text = proc.readText(path);
    if (failed(text) || !path.endsWith('/children')) return text;
    return text
      .split(' ')
      .filter((pid) => pid !== '' && shown(Number(pid)))
      .join(' ');
  };
  return { ...proc, readText };
}

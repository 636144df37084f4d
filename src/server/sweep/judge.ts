import { randomUUID } from 'node:crypto';
import type { Report } from '../../policy/report.ts';
import type { Tally } from '../../policy/tally.ts';
import { readEventpolls, type Watches } from '../../probe/eventpolls.ts';
import { lazy } from '../../probe/lazy.ts';
import type { Native } from '../../probe/native/native.ts';
import { readStat } from '../../probe/pid.ts';
import { scanner } from '../../probe/probe.ts';
import { failed, type Proc } from '../../probe/proc.ts';
import type { RuntimeDeps } from '../../probe/runtime/index.ts';
import type { Scan } from '../../probe/scan.ts';
import { createTracer } from '../../probe/trace/tracer.ts';
import { type Asked, lookUp, type PolicyDeps } from '../asked.ts';
import { stamper } from '../assess.ts';
import { bounded, rowsOf } from '../bounded.ts';
import { defaultLimits } from '../deps.ts';
import { AgentError, type ErrorCode } from '../errors.ts';
import { type Judged, type JudgeUnit, unitJudge } from '../judge-unit.ts';
import { judgedBefore } from '../judged-before.ts';
import type { Noted, SweepRequest } from './child.ts';
import type { Pinned, Slice } from './list.ts';

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
  /** Findings and files that the report would have if they were fewer. */
  readonly leftOut?: number;
  /** Whoever keeps it can ask by this whether it is so still. */
  readonly told?: string;
}

/** Nothing has changed since it was told by the name that it is known by; as of now. */
export interface StillSo extends Pick<Report, 'observedAt' | 'durationMs'> {
  readonly stillSo: true;
}

export interface SliceDeps extends PolicyDeps {
  readonly proc: Proc;
  readonly native: Native | undefined;
  readonly runtimes: RuntimeDeps;
  /** See `Digester`. */
  readonly seed: number;
  /** Whether something does not answer, and is left out. */
  readonly avoids: () => boolean;
  /** It is not the only sweep. */
  readonly recurs: boolean;
}

/** What cannot be judged stands in no other's way. */
export type SliceReply = SliceAnswer | StillSo | { readonly code: ErrorCode; readonly detail: string };

export type JudgeSlices = (
  batch: Omit<Extract<SweepRequest, { readonly sweep: 'judge' }>, 'sweep'>,
  noted?: Noted,
) => readonly SliceReply[];

/** Findings and files of a slice; with so many an answer is given, since the agent takes it in at once. */
const mostRows = defaultLimits.objectRows;

/** 24 MB: what was read of half a million files, or is found of 40,000. */
const knownWords = 6 * 2 ** 20;

/** So long what was read of the whole node serves a sweep. */
const lookMs = 500;

/**
 * Judges slices, the processes of each that still are who they were and nothing beside them, in one look at the node
 * for all that there is time for, and for those that are asked for soon after. Throws `AgentError` where the question
 * is wrong.
 */
export function sliceJudge(deps: SliceDeps): JudgeSlices {
  let inside: ReadonlySet<number> = new Set();
  const proc = showing(deps.proc, (pid) => inside.has(pid));
  /** At the node, for one sweep: eventpolls serve all of it, the rest some of it. */
  let look = { of: '', until: 0, eventpolls: (): Watches => new Map() };
  const scanOf = scanner(proc, deps.native, {
    shared: true,
    eventpolls: () => look.eventpolls(),
  });
  let scan: Scan | undefined;
  const tracer = createTracer(proc, deps.native, deps.seed, (...asks) => {
    scan ??= scanOf(...asks);
    return scan;
  });
  const judgeOnce = judgedBefore({ tracer, recurs: deps.recurs, most: knownWords, avoids: deps.avoids });
  const judgeUnit = unitJudge({ judge: judgeOnce, runtimes: deps.runtimes });
  const nameOf = tellings();
  const show = (pids: ReadonlySet<number>) => {
    inside = pids;
  };
  return ({ request, slices, known = [], budgetMs, of }, noted = (report) => report) => {
    const now = performance.now();
    if (look.of !== of || now >= look.until) {
      const eventpolls = look.of === of ? look.eventpolls : lazy(() => readEventpolls(proc, deps.native));
      look = { of, until: now + lookMs, eventpolls };
      scan = undefined;
    }
    const end = now + budgetMs;
    const asked = lookUp(deps, request);
    const replies: SliceReply[] = [];
    let rows = 0;
    for (const [place, slice] of slices.entries()) {
      const parts = { proc: deps.proc, judgeUnit, show, noted, nameOf };
      const reply = attempt(() => judgeSlice(parts, asked, slice, known[place]));
      replies.push(reply);
      if ('report' in reply) rows += rowsOf(reply.report);
      if (rows >= mostRows || performance.now() >= end) break;
    }
    return replies;
  };
}

/** A name for each judgement, which nothing else ever has: another process tells of others. */
function tellings(): (judged: Judged) => string {
  const names = new WeakMap<Judged, string>();
  const own = randomUUID();
  let number = 0;
  return (judged) => {
    const name = names.get(judged) ?? `${own} ${number++}`;
    names.set(judged, name);
    return name;
  };
}

function attempt(judge: () => SliceReply): SliceReply {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof AgentError) || isTheAsker(error.code)) throw error;
    return { code: error.code, detail: error.message };
  }
}

/** Not this slice, the question is wrong. */
export const isTheAsker = (code: ErrorCode): boolean =>
  code === 'InvalidArgument' || code === 'PolicyNotFound';

interface JudgeParts {
  readonly proc: Proc;
  readonly judgeUnit: JudgeUnit;
  readonly show: (pids: ReadonlySet<number>) => void;
  readonly noted: Noted;
  readonly nameOf: (judged: Judged) => string;
}

function judgeSlice(
  { proc, judgeUnit, show, noted, nameOf }: JudgeParts,
  asked: Asked,
  slice: Slice,
  known: string | undefined,
): SliceReply {
  const [root] = slice.processes;
  if (root === undefined) throw new AgentError('NotPermitted', 'none of its processes may be read');
  const left = slice.processes.filter((one) => look(proc, one) === 'same');
  if (!left.includes(root)) return { tally: [], skipped: skipped(proc, slice.processes) };
  show(new Set(left.map(({ pid }) => pid)));
  const stamp = stamper();
  try {
    const judged = judgeUnit(asked, { ...slice, pid: root.pid, ref: { type: 'tree', ...root } });
    const stamped = stamp(judged, []);
    const report = noted(stamped);
    const seen = new Set(judged.pids);
    const missed = slice.processes.filter(({ pid }) => !seen.has(pid));
    // what else is said is of now
    const told = missed.length === 0 && report === stamped ? nameOf(judged) : undefined;
    const { observedAt, durationMs } = report;
    if (told !== undefined && told === known) return { stillSo: true, observedAt, durationMs };
    const whole = asked.request.show === 'all' ? report : { ...report, processes: [] };
    const kept = bounded(whole, mostRows);
    return {
      report: kept,
      tally: judged.tally,
      skipped: skipped(proc, missed),
      ...(kept === whole ? {} : { leftOut: rowsOf(whole) - rowsOf(kept) }),
      ...(told === undefined ? {} : { told }),
    };
  } catch (error) {
    if (!(error instanceof AgentError) || !['ProcessNotFound', 'TargetReplaced'].includes(error.code))
      throw error;
    return { tally: [], skipped: skipped(proc, slice.processes) };
  }
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

import type { Report } from '../../policy/report.ts';
import type { CheckRequest } from '../check.ts';
import type { SweepReply } from '../engine-child.ts';
import { AgentError, type ErrorCode, toAgentError } from '../errors.ts';
import type { SweepRequest } from './child.ts';
import type { SkipReason } from './judge.ts';
import type { Slice } from './list.ts';
import type { Pacer } from './pace.ts';
import { type NodeSweep, type SliceResult, toNodeSweep } from './result.ts';

export interface RunDeps {
  /** Asks a probing process; rejects where none could be asked. */
  readonly ask: (request: SweepRequest, deadlineMs: number) => Promise<SweepReply>;
  /** What one slice may take: as long as a check. */
  readonly sliceTimeoutMs: number;
  /** What is said of a slice that could not be judged: unknown, never ready. */
  readonly unjudged: (request: CheckRequest, slice: Slice, code: ErrorCode, detail: string) => Report;
}

export interface RunView {
  readonly pacer: Pacer;
  /** The node was looked at: whatever is said from here on is of now or later. */
  listed(slices: number): void;
  judged(): void;
  stopped(): boolean;
}

/** One look at the whole node, a slice at a time. Throws `AgentError` where nothing can be said at all. */
export async function runSweep(request: CheckRequest, deps: RunDeps, view: RunView): Promise<NodeSweep> {
  const observedAt = new Date().toISOString();
  const began = performance.now();
  let cpuMs = 0;
  let pressure = 0;
  let rest = async () => {};
  const ask = async (question: SweepRequest): Promise<SweepReply> => {
    await rest();
    if (view.stopped()) throw new AgentError('ShuttingDown', 'the agent stopped before the sweep ended');
    const asked = performance.now();
    const reply = await deps.ask(question, deps.sliceTimeoutMs);
    const took = performance.now() - asked;
    cpuMs += reply.cpuMs;
    pressure = reply.pressure ?? pressure;
    rest = () => view.pacer.pause(reply.cpuMs, took, pressure);
    return reply;
  };

  const first = await ask({ sweep: 'list' });
  if ('code' in first) throw new AgentError(first.code, first.detail);
  const { listing } = first;
  if (listing === undefined) throw new Error('a listing was asked for, and something else came');
  view.listed(listing.slices.length);
  const results: SliceResult[] = [];
  for (const slice of listing.slices) {
    results.push(await judgeSlice(request, slice, deps, ask));
    view.judged();
  }
  return toNodeSweep({ observedAt, durationMs: performance.now() - began, cpuMs, listing, results });
}

async function judgeSlice(
  request: CheckRequest,
  slice: Slice,
  { unjudged }: RunDeps,
  ask: (question: SweepRequest) => Promise<SweepReply>,
): Promise<SliceResult> {
  // only who is in a container has a runtime
  const { runtime: _, ...plain } = request;
  const own = slice.container === undefined ? plain : request;
  const reply = await ask({ sweep: 'judge', slice, request: own }).catch(toFailure);
  if (!('code' in reply)) return { slice, tally: [], skipped: [], ...reply.judged };
  const { code, detail } = reply;
  if (isTheAsker(code)) throw new AgentError(code, detail);
  return {
    slice,
    report: unjudged(own, slice, code, detail),
    tally: [],
    skipped: [{ reason: reasons[code] ?? 'Internal', processes: slice.processes.length }],
  };
}

/** Nobody was asked, or who was asked is gone; a sweep that is told to stop ends. */
function toFailure(error: unknown): { readonly code: ErrorCode; readonly detail: string } {
  const { code, message } = toAgentError(error);
  if (code === 'ShuttingDown') throw error;
  // it waited for a probing process, and none came free
  return { code: code === 'DeadlineExceeded' ? 'TooBusy' : code, detail: message };
}

/** Not this slice, the question is wrong. */
const isTheAsker = (code: ErrorCode): boolean => code === 'InvalidArgument' || code === 'PolicyNotFound';

const reasons: Partial<Record<ErrorCode, SkipReason>> = {
  DeadlineExceeded: 'DeadlineExceeded',
  NotPermitted: 'NotPermitted',
  TooBusy: 'TooBusy',
};

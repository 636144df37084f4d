import type { Report } from '../../policy/report.ts';
import type { CheckRequest } from '../check.ts';
import type { SweepReply } from '../engine-child.ts';
import { AgentError, type ErrorCode, toAgentError } from '../errors.ts';
import { othersTurn } from '../turns.ts';
import type { SweepRequest } from './child.ts';
import { isTheAsker, type SkipReason, type SliceReply } from './judge.ts';
import type { NodeListing, Slice } from './list.ts';
import type { Pacer } from './pace.ts';
import { type NodeSweep, type SliceResult, toNodeSweep } from './result.ts';
import type { Told } from './told.ts';

export interface RunDeps {
  /** Asks a probing process; rejects where none could be asked. */
  readonly ask: (request: SweepRequest, deadlineMs: number) => Promise<SweepReply>;
  /** Probing processes that a sweep may keep busy when somebody waits for it. */
  readonly lanes: number;
  /** Whether who judged in that lane before is there still; absent: yes. */
  readonly remembers?: (lane: number) => boolean;
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
  /** Of the same question, from one sweep to the next. */
  readonly told: Told;
}

/** Slices that are handed over at once; how many of them are judged is a matter of time. Few in the end, so that no lane waits for another. */
const batchOf = (left: number, lanes: number): number => Math.min(32, Math.ceil(left / (4 * lanes)));

/** CPU time for which a process is not started that knows of nothing yet: as long as that takes to be of use. */
const worthStartingMs = 1000;

/** One look at the whole node, some slices at a time. Throws `AgentError` where nothing can be said at all. */
export async function runSweep(request: CheckRequest, deps: RunDeps, view: RunView): Promise<NodeSweep> {
  const observedAt = new Date().toISOString();
  const began = performance.now();
  let cpuMs = 0;
  let pressure = 0;
  const remembered = Array.from({ length: deps.lanes }, (_, number) => deps.remembers?.(number) ?? true);
  /** Of one lane: each has its own rest. */
  const asker = (number: number) => {
    let rest = async () => {};
    return async (question: SweepRequest): Promise<SweepReply> => {
      await rest();
      if (view.stopped()) throw new AgentError('ShuttingDown', 'the agent stopped before the sweep ended');
      const asked = performance.now();
      const reply = await deps.ask({ ...question, lane: number }, deps.sliceTimeoutMs);
      const took = performance.now() - asked;
      cpuMs += reply.cpuMs;
      pressure = reply.pressure ?? pressure;
      rest = () => view.pacer.pause(reply.cpuMs, took, pressure);
      return reply;
    };
  };
  const ask = asker(0);
  view.told.begin();
  const listing = await listNode(ask);
  view.listed(listing.slices.length);
  const results: SliceResult[] = [];
  let slow = () => {};
  const isSlow = new Promise<void>((resolve) => {
    slow = resolve;
  });
  const queue = listing.slices.map((slice, place) => ({ slice, place }));
  /** The first lane begins at the front, another at the back: so each has most of those it had in the sweep before. */
  const lane = async (askOne: typeof ask, from: 'front' | 'back') => {
    while (queue.length > 0) {
      const number = batchOf(queue.length, deps.lanes);
      const batch = from === 'front' ? queue.splice(0, number) : queue.splice(-number).reverse();
      const slices = batch.map(({ slice }) => slice);
      const spentMs = cpuMs;
      const answers = await judgeSlices(
        request,
        slices,
        { budgetMs: view.pacer.budgetMs(), of: observedAt, told: view.told },
        deps,
        askOne,
      );
      for (const [i, result] of answers.entries()) {
        results[batch[i]?.place ?? 0] = result;
        view.judged();
      }
      if (((cpuMs - spentMs) / answers.length) * queue.length > worthStartingMs) slow();
      const left = batch.slice(answers.length);
      if (from === 'front') queue.unshift(...left);
      else queue.push(...left.reverse());
    }
  };
  const first = lane(ask, 'front');
  const more = Array.from({ length: deps.lanes - 1 }, async (_, i) => {
    // who judged its part before does so again, and so that is quick; a new one is started where nobody knows it
    const isOfUse = remembered[0] && !remembered[i + 1] ? isSlow : undefined;
    // two at once only where somebody waits
    await Promise.race([Promise.all([view.pacer.hurried, isOfUse]), first.catch(() => {})]);
    await lane(asker(i + 1), 'back');
  });
  await Promise.all([first, ...more]);
  view.told.end();
  const durationMs = performance.now() - began;
  const sweep = await toNodeSweep({ observedAt, durationMs, cpuMs, listing, results });
  await othersTurn();
  return sweep;
}

type Ask = (question: SweepRequest) => Promise<SweepReply>;

async function listNode(ask: Ask): Promise<NodeListing> {
  const first = await ask({ sweep: 'list' });
  if ('code' in first) throw new AgentError(first.code, first.detail);
  if (first.listing === undefined) throw new Error('a listing was asked for, and something else came');
  return first.listing;
}

/** The results of as many of them, from the first on, as there was time for: at least one. */
async function judgeSlices(
  request: CheckRequest,
  slices: readonly Slice[],
  sweep: { readonly budgetMs: number; readonly of: string; readonly told: Told },
  deps: RunDeps,
  ask: Ask,
): Promise<readonly SliceResult[]> {
  // only who is in a container has a runtime: those beside are asked about without
  const { runtime: _, ...plain } = request;
  const [first] = slices;
  const contained = first?.container !== undefined;
  const alike = slices.findIndex(({ container }) => (container !== undefined) !== contained);
  const own = contained ? request : plain;
  const batch = alike < 0 ? slices : slices.slice(0, alike);
  const { told, budgetMs, of } = sweep;
  const known = batch.map(told.nameOf);
  const question = { sweep: 'judge', slices: batch, known, request: own, budgetMs, of } as const;
  const reply = await ask(question).catch(toFailure);
  if (!('code' in reply)) {
    const judged = reply.judged ?? [];
    return batch
      .slice(0, judged.length)
      .map((slice, i) => toResult(own, slice, judged[i] as SliceReply, deps, told));
  }
  if (isTheAsker(reply.code)) throw new AgentError(reply.code, reply.detail);
  // which of them it was is not known: each is asked about alone
  if (batch.length > 1) {
    const results: SliceResult[] = [];
    for (const slice of batch) results.push(...(await judgeSlices(request, [slice], sweep, deps, ask)));
    return results;
  }
  return batch.map((slice) => toResult(own, slice, reply, deps, told));
}

function toResult(
  request: CheckRequest,
  slice: Slice,
  reply: SliceReply,
  { unjudged }: RunDeps,
  told: Told,
): SliceResult {
  const answer = 'code' in reply ? undefined : told.answerOf(slice, reply);
  if (answer !== undefined) return { slice, ...answer };
  const { code, detail } = 'code' in reply ? reply : neverTold;
  return {
    slice,
    report: unjudged(request, slice, code, detail),
    tally: [],
    skipped: [{ reason: reasons[code] ?? 'Internal', processes: slice.processes.length }],
  };
}

const neverTold = { code: 'Internal', detail: 'said to be as it was, and nothing was told of it' } as const;

/** Nobody was asked, or who was asked is gone; a sweep that is told to stop ends. */
function toFailure(error: unknown): { readonly code: ErrorCode; readonly detail: string } {
  const { code, message } = toAgentError(error);
  if (code === 'ShuttingDown') throw error;
  // it waited for a probing process, and none came free
  return { code: code === 'DeadlineExceeded' ? 'TooBusy' : code, detail: message };
}

const reasons: Partial<Record<ErrorCode, SkipReason>> = {
  DeadlineExceeded: 'DeadlineExceeded',
  NotPermitted: 'NotPermitted',
  TooBusy: 'TooBusy',
};

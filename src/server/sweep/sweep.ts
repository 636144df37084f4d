import type { CheckRequest } from '../check.ts';
import { AgentError, toAgentError } from '../errors.ts';
import { createPacer, restMs } from './pace.ts';
import type { NodeSweep } from './result.ts';
import { type RunDeps, runSweep } from './run.ts';
import { createTold } from './told.ts';

export interface SweepSetup extends RunDeps {
  /** The question that is asked of its own accord: the default policy, and nothing else said. */
  readonly request: CheckRequest;
  /** From the beginning of one to that of the next; 0: only when asked. */
  readonly intervalMs: number;
  /** Of one core, 0 to 1. */
  readonly cpuShare: number;
  /** Told of each sweep of `request` that ended. */
  readonly ended: (result: NodeSweep | AgentError) => void;
}

export interface Sweep {
  latest(): NodeSweep | undefined;
  /** The last one where it is younger than the interval, else the one that runs, else a new one. */
  recent(deadlineMs: number): Promise<NodeSweep>;
  /** One that looks at the node from now on. */
  now(deadlineMs: number): Promise<NodeSweep>;
  /** Another question about the node: a sweep of its own, which nobody else is told of. */
  once(request: CheckRequest, deadlineMs: number): Promise<NodeSweep>;
  /** Of a scrape: resolves once there is nothing newer to be had within the deadline. */
  scraped(deadlineMs: number): Promise<void>;
  start(): void;
  stop(): void;
}

interface Ended {
  readonly sweep: NodeSweep;
  /** Of `performance.now`. */
  readonly at: number;
}

interface Running {
  readonly request: CheckRequest;
  readonly result: Promise<NodeSweep>;
  hurry(): void;
  slices: number | undefined;
  judged: number;
}

/** A new agent has other things to do first. */
const firstMs = 5000;

/** Judges the whole node now and then; whoever wants to know shares the result. Never two at once. */
export function createSweep(setup: SweepSetup): Sweep {
  const { request: usual, intervalMs, cpuShare } = setup;
  const told = createTold();
  let last: Ended | undefined;
  let running: Running | undefined;
  let timer: NodeJS.Timeout | undefined;
  let started = false;
  let stopped = false;
  /** What was taken beyond the share, because somebody waited, is given back: no sweep of ours before. */
  let restUntil = 0;
  let nextAt = 0;

  const begin = (request: CheckRequest, hurried: boolean): Running => {
    clearTimeout(timer);
    if (request === usual) nextAt = performance.now() + intervalMs;
    const pacer = createPacer(cpuShare, hurried);
    const listed = (slices: number) => {
      one.slices = slices;
    };
    const judged = () => {
      one.judged += 1;
    };
    const run = async (): Promise<NodeSweep> => {
      try {
        const own = request === usual ? told : createTold();
        const view = { pacer, listed, judged, stopped: () => stopped, told: own };
        const sweep = await runSweep(request, setup, view);
        restUntil = performance.now() + restMs(sweep.cpuMs, sweep.durationMs, cpuShare);
        if (request === usual) {
          last = { sweep, at: performance.now() };
          setup.ended(sweep);
        }
        return sweep;
      } catch (error) {
        if (request === usual && !stopped) setup.ended(toAgentError(error));
        throw error;
      } finally {
        running = undefined;
        if (started && intervalMs > 0) schedule(Math.max(nextAt, restUntil) - performance.now());
      }
    };
    const one: Running = { request, result: run(), hurry: pacer.hurry, slices: undefined, judged: 0 };
    one.result.catch(() => {}); // told to whoever waits, and to `ended`
    running = one;
    return one;
  };
  const schedule = (inMs: number) => {
    clearTimeout(timer);
    const usualOne = () => running ?? begin(usual, false);
    if (!stopped) timer = setTimeout(usualOne, Math.max(inMs, 0)).unref();
  };

  /** Takes part in one that will do, else waits until none runs and begins one. */
  const take = async (request: CheckRequest, deadlineMs: number, willDo: (one: Running) => boolean) => {
    const until = performance.now() + deadlineMs;
    for (;;) {
      if (stopped) throw new AgentError('ShuttingDown', 'no new check is taken');
      const one = running;
      if (one === undefined) return within(begin(request, true), until, deadlineMs);
      one.hurry();
      if (willDo(one)) return within(one, until, deadlineMs);
      await within(one, until, deadlineMs).catch((error) => {
        if (performance.now() >= until) throw error;
      });
    }
  };
  const within = async (one: Running, until: number, deadlineMs: number): Promise<NodeSweep> => {
    let expiry: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const expire = () => reject(new AgentError('DeadlineExceeded', lateWords(one, deadlineMs, last)));
      expiry = setTimeout(expire, until - performance.now());
    });
    return Promise.race([one.result, late]).finally(() => clearTimeout(expiry));
  };

  return {
    latest: () => last?.sweep,
    recent: async (deadlineMs) =>
      last !== undefined && performance.now() - last.at < intervalMs
        ? last.sweep
        : take(usual, deadlineMs, ({ request }) => request === usual),
    now: (deadlineMs) =>
      take(usual, deadlineMs, ({ request, slices }) => request === usual && slices === undefined),
    once: (request, deadlineMs) => take(request, deadlineMs, () => false),
    scraped: async (deadlineMs) => {
      const due = performance.now() >= restUntil;
      if (intervalMs > 0 || stopped || (running === undefined && !due)) return;
      await within(running ?? begin(usual, true), performance.now() + deadlineMs, deadlineMs).catch(() => {});
    },
    start: () => {
      started = true;
      if (intervalMs > 0) schedule(Math.min(intervalMs, firstMs));
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      running?.hurry();
    },
  };
}

function lateWords({ slices, judged }: Running, deadlineMs: number, before: Ended | undefined): string {
  const far = slices === undefined ? 'the node is not listed yet' : `${judged} of ${slices} parts are judged`;
  const age =
    before === undefined
      ? 'no sweep has ended yet'
      : `the last one is of ${before.sweep.observedAt}, ${Math.round((performance.now() - before.at) / 1000)} s old`;
  return `the sweep of the node did not end within ${deadlineMs} ms: ${far}; ${age}`;
}

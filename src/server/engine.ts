import type { ChildProcess } from 'node:child_process';
import { realProc } from '../probe/proc.ts';
import type { Body } from './body.ts';
import type { Check } from './check.ts';
import type { EngineAnswer, EngineRequest, EngineSetup, ReadyAnswer, SweepReply } from './engine-child.ts';
import { AgentError, toAgentError } from './errors.ts';
import { blockedAt } from './hang/blocked.ts';
import { givenUp } from './hang/given-up.ts';
import { hungAt } from './hang/hung-at.ts';
import { mountStuckById } from './hang/place.ts';
import { StuckPlaces, type StuckState, type StuckTimes } from './hang/stuck-places.ts';
import { Idle } from './idle.ts';
import { type Job, settle } from './job.ts';
import { startProber, throwAway, type WholeAnswer } from './prober.ts';
import type { ReadinessCheck } from './readiness.ts';
import type { SweepRequest } from './sweep/child.ts';
import { cpuMsOf } from './sweep/cpu.ts';

export interface EngineOptions {
  /** Processes that probe; each does one check at a time. */
  readonly workers: number;
  /** Checks that may wait for a free one; more are told that the agent is too busy. */
  readonly maxWaiting: number;
  readonly setup: EngineSetup;
  /** What is asked for comes before what it does. */
  readonly batch?: boolean;
  /** So many are kept for what may come; absent: all that were started. */
  readonly keptIdle?: number;
  /** How soon what hung is tried again; absent: as usual. */
  readonly stuckTimes?: Partial<StuckTimes>;
  /** What it has learnt of what hangs, where another engine shall know it too. */
  readonly stuck?: StuckPlaces;
}

const lookMs = 100;

/**
 * Runs checks in child processes. A read in procfs can hang where no signal of ours reaches it, and a thread that
 * hangs can never be ended: a process can be thrown away, so a check that misses its deadline costs its child only.
 * What it hung on is not asked by the checks after it, until it answers again.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #idle: Idle<ChildProcess>;
  readonly #busy = new Map<ChildProcess, Job>();
  readonly #waiting: Job[] = [];
  #setup: EngineSetup;
  /** Of an earlier setup: not idle again. */
  readonly #outdated = new Set<ChildProcess>();
  #stopped = false;
  readonly #stuck: StuckPlaces;
  readonly #own = realProc();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#setup = options.setup;
    this.#idle = new Idle({ kept: options.keptIdle ?? options.workers, throwAway });
    this.#stuck =
      options.stuck ??
      new StuckPlaces(
        (path, mntId) => mountStuckById(path, mntId, realProc(this.#setup.procRoot)),
        options.stuckTimes,
      );
  }

  /** Starts one worker ahead of the first check. */
  start(): void {
    const child = this.#trySpawn();
    if (child) this.#idle.add(child);
  }

  readonly check: Check = async (request, deadlineMs) => {
    const answer = (await this.#run(request, deadlineMs)) as EngineAnswer & { readonly body?: Body };
    if ('report' in answer) {
      return answer.body === undefined ? answer.report : { ...answer.report, body: answer.body };
    }
    // its detail is a stack, for the log
    if (answer.code === 'Internal') {
      throw toAgentError(Object.assign(new Error('in a probing process'), { stack: answer.detail }));
    }
    throw new AgentError(answer.code, answer.detail);
  };

  /** As `check`; rejects where no probing process was asked, or the one that was has ended. */
  readonly sweep = (request: SweepRequest, deadlineMs: number): Promise<SweepReply> =>
    this.#run(request, deadlineMs) as Promise<SweepReply>;

  /** Whether who was in this lane of a sweep is there still, and knows what it judged there. */
  readonly remembers = (lane: number): boolean => this.#idle.has(lane);

  /** What of procfs can be read; asked where a read that hangs can be thrown away. */
  readonly ready = async (deadlineMs: number): Promise<readonly ReadinessCheck[]> => {
    const answer = (await this.#run({ ready: true }, deadlineMs)) as ReadyAnswer;
    if ('checks' in answer) return answer.checks;
    throw new AgentError(answer.code, answer.detail);
  };

  status(): { readonly workers: number; readonly busy: number; readonly waiting: number } {
    return { workers: this.#options.workers, busy: this.#busy.size, waiting: this.#checksWaiting() };
  }

  /** For another engine, which then knows what this one has learnt of what hangs. */
  get stuckPlaces(): StuckPlaces {
    return this.#stuck;
  }

  /** What does not answer, and is not asked. */
  stuck(): readonly StuckState[] {
    return this.#stuck.states();
  }

  /** From the next check on: those who probe by the old one are thrown away, at once or with their answer. */
  replace(setup: EngineSetup): void {
    this.#setup = setup;
    const idle = this.#idle.takeAll();
    for (const child of idle) child.kill('SIGKILL');
    for (const child of this.#busy.keys()) this.#outdated.add(child);
    if (!this.#stopped && idle.length > 0 && this.#busy.size === 0) this.start();
  }

  /** Ends the workers; what is still running is refused. */
  stop(): void {
    this.#stopped = true;
    this.#stuck.stop();
    const refused = new AgentError('ShuttingDown', 'the agent stopped before the check ended');
    for (const job of [...this.#waiting.splice(0), ...this.#busy.values()]) settle(job).reject(refused);
    for (const child of [...this.#idle.takeAll(), ...this.#busy.keys()]) child.kill('SIGKILL');
    this.#busy.clear();
  }

  #run(request: EngineRequest, deadlineMs: number): Promise<WholeAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return reject(new AgentError('ShuttingDown', 'no new check is taken'));
      const { maxWaiting } = this.#options;
      if (!('ready' in request) && this.#checksWaiting() >= maxWaiting) {
        return reject(new AgentError('TooBusy', `${maxWaiting} checks are waiting already: try again later`));
      }
      const given = this.#stuck.states().find(({ stuck }) => stuck.what === 'procfs');
      if (given !== undefined) return reject(givenUp(given, this.#setup.procRoot));
      const job: Job = {
        request,
        resolve,
        reject,
        timer: setTimeout(() => this.#look(job, deadlineMs), Math.max(deadlineMs - lookMs, deadlineMs / 2)),
      };
      this.#waiting.push(job);
      this.#next();
    });
  }

  /** Whether procfs can be read is asked beside them, and takes nobody's place. */
  #checksWaiting(): number {
    return this.#waiting.filter(({ request }) => !('ready' in request)).length;
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#busy.size < this.#options.workers) {
      const job = this.#waiting.shift() as Job;
      const lane = 'sweep' in job.request ? job.request.lane : undefined;
      const idle = this.#idle.take(lane);
      const child = idle ?? this.#trySpawn();
      if (child === undefined) {
        settle(job).reject(new AgentError('Internal', 'the probing process could not be started'));
        continue;
      }
      this.#busy.set(child, job);
      if (lane !== undefined) this.#idle.enter(child, lane);
      const avoid = this.#stuck.list();
      if ('sweep' in job.request) {
        job.cpuMs = cpuMsOf(child.pid);
        // who has a process started pays for it
        child.send?.({ request: { ...job.request, spawned: idle === undefined }, avoid });
      } else child.send?.({ request: job.request, avoid });
    }
  }

  /** fork(2) failed, as where memory is short: that is of this check, and not of the daemon. */
  #trySpawn(): ChildProcess | undefined {
    try {
      return startProber({
        setup: this.#setup,
        batch: this.#options.batch ?? false,
        answered: (child, answer) => this.#answered(child, answer),
        lost: (child, why) => this.#lost(child, why),
      });
    } catch {
      return undefined;
    }
  }

  #answered(child: ChildProcess, answer: WholeAnswer): void {
    const job = this.#busy.get(child);
    if (!job) return;
    this.#busy.delete(child);
    if (this.#outdated.delete(child)) child.kill('SIGKILL');
    else this.#idle.add(child);
    settle(job).resolve(answer);
    this.#next();
  }

  #expire(job: Job, deadlineMs: number): void {
    const late = new AgentError(
      'DeadlineExceeded',
      `the check did not end within ${Math.round(deadlineMs)} ms`,
    );
    const place = this.#waiting.indexOf(job);
    if (place >= 0) this.#waiting.splice(place, 1);
    for (const [child, running] of this.#busy) {
      if (running !== job) continue;
      this.#busy.delete(child);
      if (job.cpuMs !== undefined) {
        const { code, message: detail } = late;
        job.resolve({ code, detail, cpuMs: cpuMsOf(child.pid) - job.cpuMs });
      }
      const hung = hungAt(job.seen, child.pid, this.#own, this.#setup.procRoot);
      if (hung !== undefined) this.#stuck.add(hung.stuck, hung.blocked);
      throwAway(child);
    }
    settle(job).reject(late);
    this.#next();
  }

  /** Shortly before it is late: where the one that works on it waits. */
  #look(job: Job, deadlineMs: number): void {
    for (const [child, running] of this.#busy) {
      if (running === job) job.seen = blockedAt(child.pid, this.#own)?.sign;
    }
    job.timer = setTimeout(() => this.#expire(job, deadlineMs), Math.min(lookMs, deadlineMs / 2));
  }

  #lost(child: ChildProcess, why: string): void {
    this.#outdated.delete(child);
    this.#idle.forget(child);
    const job = this.#busy.get(child);
    if (!job) return;
    this.#busy.delete(child);
    settle(job).reject(new AgentError('Internal', `the probing process ${why}`));
    this.#next();
  }
}

import { type ChildProcess, fork } from 'node:child_process';
import type { Report } from '../policy/report.ts';
import type { Check, CheckRequest } from './check.ts';
import type { EngineAnswer, EngineSetup } from './engine-child.ts';
import { AgentError } from './errors.ts';

export interface EngineOptions {
  /** Processes that probe; each does one check at a time. */
  readonly workers: number;
  /** Checks that may wait for a free one; more are told that the agent is too busy. */
  readonly maxWaiting: number;
  readonly setup: EngineSetup;
}

interface Job {
  readonly request: CheckRequest;
  readonly resolve: (report: Report) => void;
  readonly reject: (error: AgentError) => void;
  timer: NodeJS.Timeout;
}

/**
 * Runs checks in child processes. A read in procfs can hang where no signal of ours reaches it, and a thread that
 * hangs can never be ended: a process can be thrown away, so a check that misses its deadline costs its child only.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #idle: ChildProcess[] = [];
  readonly #busy = new Map<ChildProcess, Job>();
  readonly #waiting: Job[] = [];
  #stopped = false;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Starts one worker ahead of the first check. */
  start(): void {
    this.#idle.push(this.#spawn());
  }

  readonly check: Check = (request, deadlineMs) =>
    new Promise((resolve, reject) => {
      if (this.#stopped) return reject(new AgentError('ShuttingDown', 'no new check is taken'));
      const { maxWaiting } = this.#options;
      if (this.#waiting.length >= maxWaiting) {
        return reject(new AgentError('TooBusy', `${maxWaiting} checks are waiting already: try again later`));
      }
      const job: Job = {
        request,
        resolve,
        reject,
        timer: setTimeout(() => this.#expire(job, deadlineMs), deadlineMs),
      };
      this.#waiting.push(job);
      this.#next();
    });

  status(): { readonly workers: number; readonly busy: number; readonly waiting: number } {
    return { workers: this.#options.workers, busy: this.#busy.size, waiting: this.#waiting.length };
  }

  /** Ends the workers; what is still running is refused. */
  stop(): void {
    this.#stopped = true;
    const refused = new AgentError('ShuttingDown', 'the agent stopped before the check ended');
    for (const job of [...this.#waiting.splice(0), ...this.#busy.values()]) settle(job).reject(refused);
    for (const child of [...this.#idle.splice(0), ...this.#busy.keys()]) child.kill('SIGKILL');
    this.#busy.clear();
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#busy.size < this.#options.workers) {
      const job = this.#waiting.shift() as Job;
      const child = this.#idle.pop() ?? this.#spawn();
      this.#busy.set(child, job);
      child.send(job.request);
    }
  }

  #spawn(): ChildProcess {
    const child = fork(new URL('./engine-child.js', import.meta.url), [JSON.stringify(this.#options.setup)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.on('message', (answer) => this.#answered(child, answer as EngineAnswer));
    child.on('error', () => this.#lost(child, 'could not be started or reached'));
    child.on('exit', (code, signal) => this.#lost(child, `ended with ${signal ?? `status ${code}`}`));
    return child;
  }

  #answered(child: ChildProcess, answer: EngineAnswer): void {
    const job = this.#busy.get(child);
    if (!job) return;
    this.#busy.delete(child);
    this.#idle.push(child);
    if ('report' in answer) settle(job).resolve(answer.report);
    else settle(job).reject(new AgentError(answer.code, answer.detail));
    this.#next();
  }

  #expire(job: Job, deadlineMs: number): void {
    const late = new AgentError('DeadlineExceeded', `the check did not end within ${deadlineMs} ms`);
    const place = this.#waiting.indexOf(job);
    if (place >= 0) this.#waiting.splice(place, 1);
    for (const [child, running] of this.#busy) {
      if (running !== job) continue;
      this.#busy.delete(child);
      child.kill('SIGKILL');
      child.unref();
    }
    settle(job).reject(late);
    this.#next();
  }

  #lost(child: ChildProcess, why: string): void {
    const idle = this.#idle.indexOf(child);
    if (idle >= 0) this.#idle.splice(idle, 1);
    const job = this.#busy.get(child);
    if (!job) return;
    this.#busy.delete(child);
    settle(job).reject(new AgentError('Internal', `the probing process ${why}`));
    this.#next();
  }
}

function settle(job: Job): Job {
  clearTimeout(job.timer);
  return job;
}

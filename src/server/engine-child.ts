import { availableParallelism } from 'node:os';
import type { Report } from '../policy/report.ts';
import type { Stuck } from '../probe/avoid.ts';
import type { CheckRequest } from './check.ts';
import { AgentError, type ErrorCode } from './errors.ts';
import { wordsOf } from './hang/place.ts';
import type { HostSetup } from './host.ts';
import { createLocalAssess } from './local.ts';
import type { PolicySource } from './policies.ts';
import {
  createCpuMeter,
  createSweepChild,
  pressureOf,
  type SweepAnswer,
  type SweepRequest,
} from './sweep/child.ts';

/** What a probing process is started with. */
export interface EngineSetup {
  readonly procRoot: string;
  readonly policyFolders: readonly string[];
  /** What was read of them: they may have changed since. Absent: read now. */
  readonly policySources?: readonly PolicySource[];
  readonly defaultPolicy: string;
  readonly detectedVersions: Readonly<Record<string, string>>;
  /** Absent: the node's own folders. */
  readonly host?: HostSetup;
}

export type EngineRequest = CheckRequest | SweepRequest;

/** What is sent to a probing process. */
export interface EngineQuestion {
  readonly request: EngineRequest;
  /** What does not answer. */
  readonly avoid: readonly Stuck[];
}

export interface EngineFailure {
  readonly code: ErrorCode;
  readonly detail: string;
}

export type EngineAnswer = { readonly report: Report } | EngineFailure;
/** A slice that could not be judged has its cost too. */
export type SweepReply = SweepAnswer | (EngineFailure & Partial<SweepAnswer> & Pick<SweepAnswer, 'cpuMs'>);

/** The body of a probing process: a request comes in, its answer goes out, one after the other. */
export function runEngineChild(setup: EngineSetup): void {
  const local = createLocalAssess(setup);
  const sweep = createSweepChild(setup, local);
  const cpuMs = createCpuMeter();
  const startMs = cpuMs();
  const attempt = <T>(answer: () => T): T | EngineFailure => {
    try {
      return answer();
    } catch (error) {
      if (error instanceof AgentError) return { code: error.code, detail: error.message };
      const { stack = String(error) } = error as Error;
      return { code: 'Internal', detail: stack };
    }
  };
  /** What was left out is said. */
  const noted = <R extends Report | undefined>(report: R): R => {
    const left = local
      .avoided()
      .map((stuck) => `does not answer, and was not asked: ${wordsOf(stuck, true)}`);
    return report === undefined || left.length === 0
      ? report
      : { ...report, notes: [...report.notes, ...left] };
  };
  const answer = ({ request, avoid }: EngineQuestion): EngineAnswer | SweepReply => {
    local.avoid(avoid);
    if (!('sweep' in request)) {
      const answered = attempt(() => ({ report: noted(local.assess(request)) }));
      cpuMs();
      return answered;
    }
    const answered = attempt(() => sweep(request, noted));
    const pressure = pressureOf(local.proc, availableParallelism());
    return { ...answered, cpuMs: cpuMs() + (request.spawned ? startMs : 0), pressure };
  };
  process.on('message', (question) => process.send?.(answer(question as EngineQuestion)));
  process.on('disconnect', () => process.exit(0));
  // the terminal's ^C reaches the whole group: the daemon decides when its children end
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
}

export const childArgument = 'probe';

// not as an argument: policies may be larger than one may be
if (process.send && process.argv[2] === childArgument) {
  process.once('message', (setup) => runEngineChild(setup as EngineSetup));
}

import { writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Report } from '../policy/report.ts';
import type { Stuck } from '../probe/avoid.ts';
import { sightOf } from './access/sight.ts';
import { headOf } from './body.ts';
import { bounded } from './bounded.ts';
import type { CheckRequest, Rendering } from './check.ts';
import { defaultLimits, type Limits } from './deps.ts';
import { AgentError, type ErrorCode } from './errors.ts';
import { wordsOf } from './hang/place.ts';
import type { HostSetup } from './host.ts';
import { createLocalAssess } from './local.ts';
import type { PolicySource } from './policies.ts';
import { procChecks, type ReadinessCheck } from './readiness.ts';
import { render } from './render.ts';
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
  /** Of a process with many files, on a second thread. */
  readonly readAhead?: boolean;
  /** Open files are told by the kernel's iterator over them, where that can be had. */
  readonly fileIterator?: boolean;
}

/** Whether procfs can be read, and what of it. */
export interface ReadyRequest {
  readonly ready: true;
}

export type EngineRequest = CheckRequest | SweepRequest | ReadyRequest;

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

export type ReadyAnswer = { readonly checks: readonly ReadinessCheck[] } | EngineFailure;
/** `bytes`: so many follow beside the messages, and the report is the head of what they tell. */
export type EngineAnswer = { readonly report: Report; readonly bytes?: number } | EngineFailure;
/** A slice that could not be judged has its cost too. */
export type SweepReply = SweepAnswer | (EngineFailure & Partial<SweepAnswer> & Pick<SweepAnswer, 'cpuMs'>);

export type AnyAnswer = EngineAnswer | SweepReply | ReadyAnswer;

/** The body of a probing process: a request comes in, its answer goes out, one after the other. */
export function runEngineChild(setup: EngineSetup): void {
  const local = createLocalAssess(setup);
  const sweep = createSweepChild(setup, local);
  const cpuMs = createCpuMeter();
  const startMs = cpuMs();
  const attempt = async <T>(answer: () => T | Promise<T>): Promise<T | EngineFailure> => {
    try {
      return await answer();
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
  // not before the first answer, which would wait for it
  const prepare = once(() => setImmediate(local.iterateFiles));
  const answer = async ({ request, avoid }: EngineQuestion): Promise<AnyAnswer> => {
    local.avoid(avoid);
    if ('ready' in request) return attempt(() => ({ checks: procChecks(local) }));
    if (!('sweep' in request)) {
      const answered = await attempt(() => answerCheck(noted(local.assess(request)), request.render));
      cpuMs();
      return answered;
    }
    const answered = await attempt(() => sweep(request, noted));
    const pressure = pressureOf(local.proc, availableParallelism());
    return { ...answered, cpuMs: cpuMs() + (request.spawned ? startMs : 0), pressure };
  };
  process.on('message', async (question) => {
    process.send?.(await answer(question as EngineQuestion));
    prepare();
  });
  process.on('disconnect', () => process.exit(0));
  // the terminal's ^C reaches the whole group: the daemon decides when its children end
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

/** Where a probing process writes what nobody in the agent has to read. */
export const bodyFd = 4;

async function answerCheck(report: Report, wanted: Rendering | undefined): Promise<EngineAnswer> {
  if (wanted === undefined) return { report: bounded(report, defaultLimits.objectRows) };
  const body = await bytesOf(report, wanted);
  // it waits while the agent does not read
  for (let at = 0; at < body.length; ) at += writeSync(bodyFd, body, at);
  return { report: headOf(report), bytes: body.length };
}

/** For whoever nobody said who it is, as for a viewer. Throws PayloadTooLarge. */
export async function bytesOf(
  report: Report,
  { form, role = 'viewer' }: Rendering,
  { answerBytes, messageBytes }: Pick<Limits, 'answerBytes' | 'messageBytes'> = defaultLimits,
): Promise<Buffer> {
  const seen = sightOf(role).report(report);
  const grpc = form === 'message' || form === 'result';
  // protobuf takes its time to load, and not everybody asks over gRPC
  const body = grpc ? (await import('./grpc/encode.ts')).encode(seen, form) : Buffer.from(render(seen, form));
  const most = grpc ? messageBytes : answerBytes;
  if (body.length > most) {
    const detail = `the answer has ${body.length} bytes, expected at most ${most}: ask without show=all, or about less`;
    throw new AgentError('PayloadTooLarge', detail);
  }
  return body;
}

export const childArgument = 'probe';

// not as an argument: policies may be larger than one may be
if (process.send && process.argv[2] === childArgument) {
  process.once('message', (setup) => runEngineChild(setup as EngineSetup));
}

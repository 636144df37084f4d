import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { type Body, bodyReader } from './body.ts';
import {
  type AnyAnswer,
  bodyFd,
  childArgument,
  type EngineAnswer,
  type EngineSetup,
} from './engine-child.ts';

/** With the bytes that came beside it. */
export type WholeAnswer = (EngineAnswer & { readonly body?: Body }) | Exclude<AnyAnswer, EngineAnswer>;

export interface ProberSetup {
  readonly setup: EngineSetup;
  /** For work nobody may notice: it steps back for checks, and makes do with less memory. */
  readonly batch: boolean;
  readonly answered: (child: ChildProcess, answer: WholeAnswer) => void;
  readonly lost: (child: ChildProcess, why: string) => void;
}

/** A third of what a check gets where both want a CPU: with less a large tree misses its deadline on a busy node. */
const batchNiceness = 5;
/** Of V8: MB of the young generation, 15 less are resident; and how much may come to the old one until it is cleared, 35 less. */
export const batchFlags = ['--max-semi-space-size=2', '--heap-growing-percent=25'];
/** One heap of glibc for all threads, of which one does the work: some 5 MB less are resident. */
const leanMalloc = { MALLOC_ARENA_MAX: '1' };

/** Of two socket pairs, and of the pipe by which it is heard how exec(2) went. */
const descriptorsOfFork = 6;

/** Starts a probing process. Throws where it is known at once that none can be had; else it is lost. */
export function startProber({ setup, batch, answered, lost }: ProberSetup): ChildProcess {
  needDescriptors(descriptorsOfFork);
  const child = fork(new URL('./engine-child.js', import.meta.url), [childArgument], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
    env: { ...process.env, ...leanMalloc },
    execArgv: batch ? [...process.execArgv, ...batchFlags] : process.execArgv,
  });
  child.on('error', () => {
    lost(child, 'could not be started or reached');
    // of one that never was there is no pid, and 0 would be our own group
    if (child.pid !== undefined) child.kill('SIGKILL');
  });
  child.on('exit', (code, signal) => lost(child, `ended with ${signal ?? `status ${code}`}`));
  // without a descriptor left there is no channel, and `error` follows
  const pipe = child.stdio?.[bodyFd];
  if (!pipe || child.send === undefined) return child;
  const bodyOf = bodyReader(pipe as Readable);
  child.on('message', async (message) => {
    const answer = message as AnyAnswer;
    if (!('bytes' in answer)) return answered(child, answer);
    answered(child, { ...answer, body: await bodyOf(answer.bytes ?? 0) });
  });
  if (batch) beNice(child);
  child.send({ ...setup, readAhead: !batch });
  return child;
}

/** Throws EMFILE. A fork that finds it out halfway never closes what it has opened by then (node 20, 24). */
function needDescriptors(number: number): void {
  const held: number[] = [];
  try {
    while (held.length < number) held.push(openSync('/dev/null', 'r'));
  } finally {
    for (const fd of held) closeSync(fd);
  }
}

/** No answer of it is waited for any more. */
export function throwAway(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.unref();
  child.stdio?.[bodyFd]?.destroy();
}

function beNice({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, batchNiceness);
  } catch {
    // it has ended, or may not be: then it is as others are
  }
}

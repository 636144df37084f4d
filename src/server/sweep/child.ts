import { randomInt } from 'node:crypto';
import type { Report } from '../../policy/report.ts';
import { failed, type Proc } from '../../probe/proc.ts';
import type { CheckRequest } from '../check.ts';
import type { EngineSetup } from '../engine-child.ts';
import { defaultHost, hostDeps } from '../host.ts';
import { type Local, seeds } from '../local.ts';
import { type SliceReply, sliceJudge } from './judge.ts';
import { listNode, type NodeListing, type Slice } from './list.ts';

/** What a sweep asks of a probing process. */
export type SweepRequest = (
  | { readonly sweep: 'list' }
  | {
      readonly sweep: 'judge';
      readonly slices: readonly Slice[];
      /** By which each was told before: see `SliceAnswer.told`. '' where nothing was. */
      readonly known?: readonly string[];
      readonly request: CheckRequest;
      /** After so long no other slice is begun. */
      readonly budgetMs: number;
      /** Tells one sweep from another: what is read of the whole node is read once for each. */
      readonly of: string;
    }
) & {
  /** What is asked in one lane goes to one process, which knows what it judged there before. */
  readonly lane?: number;
  /** The probing process was started for it: its start counts as its cost. */
  readonly spawned?: boolean;
};

export interface SweepAnswer {
  readonly listing?: NodeListing;
  /** Of the slices from the first on, as many as there was time for; at least one. */
  readonly judged?: readonly SliceReply[];
  /** CPU time since the answer before it. */
  readonly cpuMs: number;
  /** 0 to 1: how busy the node is. */
  readonly pressure: number;
}

/** Says in a report what was left out of it. */
export type Noted = (report: Report) => Report;

/** The side of a sweep that runs in a probing process, of its parent unless the agent is named. Throws `AgentError`. */
export function createSweepChild(
  setup: EngineSetup,
  { proc, native, policies, avoids }: Pick<Local, 'proc' | 'native' | 'policies' | 'avoids'>,
  agent?: number,
): (request: SweepRequest, noted: Noted) => Pick<SweepAnswer, 'listing' | 'judged'> {
  const { find, runtimes } = hostDeps(setup.host ?? defaultHost, proc);
  const { defaultPolicy, detectedVersions } = setup;
  const seed = randomInt(seeds);
  const judge = sliceJudge({
    proc,
    native,
    runtimes,
    policies,
    defaultPolicy,
    detectedVersions,
    seed,
    avoids,
    // one that leaves this process out is of a command, which ends with it
    recurs: agent === undefined,
  });
  return (request, noted) =>
    request.sweep === 'list' ? { listing: listNode(find, agent) } : { judged: judge(request, noted) };
}

/** CPU time since it was asked before. */
export function createCpuMeter(usage: () => NodeJS.CpuUsage = process.cpuUsage): () => number {
  let before = 0;
  return () => {
    const { user, system } = usage();
    const spent = user + system - before;
    before += spent;
    return spent / 1000;
  };
}

/**
 * The share of the last ten seconds in which something waited for a CPU (PSI, `some avg10`). The load average says less:
 * it counts what waits for a disk too. It is asked where the kernel has no PSI: what is beyond the number of CPUs waits.
 */
export function pressureOf(proc: Pick<Proc, 'readText'>, cpus: number): number {
  const psi = proc.readText('pressure/cpu');
  const some = failed(psi) ? undefined : /^some avg10=(\d+\.\d+)/m.exec(psi)?.[1];
  if (some !== undefined) return Math.min(Number(some) / 100, 1);
  const text = proc.readText('loadavg');
  const load = failed(text) ? 0 : Number.parseFloat(text);
  return load > cpus ? (load - cpus) / load : 0;
}

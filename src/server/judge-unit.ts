import { isDeepStrictEqual } from 'node:util';
import type { ProcessFacts, TargetFacts, TargetRef } from '../facts.ts';
import { compilePolicy, type Evaluate } from '../policy/evaluate.ts';
import { judge } from '../policy/judge.ts';
import { covers, type GivenOptions, readOptions } from '../policy/options.ts';
import type { Policy } from '../policy/policy.ts';
import type { Judgement, RuntimeReport } from '../policy/report.ts';
import { createTally, type Tally } from '../policy/tally.ts';
import type { ProbeAnswer, ProbeRequest } from '../probe/probe.ts';
import { failed } from '../probe/proc.ts';
import type { RuntimeDeps } from '../probe/runtime/index.ts';
import type { Asked } from './asked.ts';
import { AgentError } from './errors.ts';
import type { JudgeQuestion } from './judged-before.ts';
import { findPreset, type Preset } from './presets.ts';
import type { Unit } from './units.ts';

export interface Judged {
  readonly judgement: Judgement;
  readonly notes: readonly string[];
  /** Of its files. */
  readonly tally: Tally;
  /** Who was looked at. */
  readonly pids: readonly number[];
}

export interface UnitDeps {
  /** Probes, and has what it found judged. */
  readonly judge: JudgeQuestion;
  /** What container runtimes have written down. */
  readonly runtimes: RuntimeDeps;
}

export type ProcessRef = Extract<TargetRef, { readonly type: 'process' | 'tree' }>;

export interface TreeUnit extends Unit {
  readonly ref?: ProcessRef;
}

/** `container`: that it is the init of, where that matters. */
export const processUnit = (ref: ProcessRef, container?: Unit): TreeUnit => ({
  members: [],
  ...container,
  name: String(ref.pid),
  target: { ...container?.target, type: ref.type },
  pid: ref.pid,
  ref,
});

export type JudgeUnit = (asked: Asked, unit: TreeUnit) => Judged;

/** One tree: probe → evaluate. Throws `AgentError`. */
export function unitJudge(deps: UnitDeps): JudgeUnit {
  const compiled = compiledPolicies();
  return (asked, unit) => {
    const request = probeRequest(asked, unit);
    const { pid } = request;
    const preset = () =>
      findPreset(
        { wanted: asked.request.runtime, policy: asked.policy, pid, container: unit.container },
        deps.runtimes,
      );
    return deps.judge({
      key: keyOf(asked, unit),
      request,
      judge: (facts) => judgeFacts(asked, unit, treeOf(facts, pid, unit), preset(), compiled),
      holds: ({ judgement: { runtime }, notes }) => isDeepStrictEqual(preset(), { runtime, notes }),
    });
  };
}

function probeRequest({ asks, asksOf }: Asked, { target, pid, members, ref }: TreeUnit): ProbeRequest {
  if (pid === undefined) throw new AgentError('NotPermitted', 'none of its processes may be read');
  // one file is read with its tree: who else holds or watches it belongs to its facts
  const type = ref?.type === 'process' && ref.fd === undefined ? 'process' : 'tree';
  const { cgroup } = target;
  return { pid, type, members, ...(cgroup === undefined ? {} : { cgroup }), asks, asksOf };
}

/** All of the question, and of the unit, that a judgement depends on. */
const keyOf = (
  { request: { options, runtime, show }, policy, version }: Asked,
  { target, pid, members, container, ref }: TreeUnit,
): string =>
  JSON.stringify([policy.name, version, options, runtime, show, pid, ref, target, members, container]);

function treeOf(facts: ProbeAnswer, pid: number, { ref }: TreeUnit): TargetFacts {
  if (facts === 'kernel-thread') {
    throw new AgentError('KernelThread', `${pid} is a kernel thread: it has no memory and no files to save`);
  }
  if (failed(facts)) throw probeError(pid, facts.errno);
  const { startTimeTicks } = facts;
  if (ref?.startTimeTicks !== undefined && ref.startTimeTicks !== startTimeTicks) {
    const detail = `process ${pid} began at ${startTimeTicks}, expected one that began at ${ref.startTimeTicks}`;
    throw new AgentError('TargetReplaced', detail);
  }
  return facts;
}

function judgeFacts(
  { request, policy, version, options }: Asked,
  { target, ref }: TreeUnit,
  facts: TargetFacts,
  { runtime, notes }: Preset,
  compiled: ReturnType<typeof compiledPolicies>,
): Judged {
  const given = readOptions([...request.options, ...runtime.options], policy.options);
  const only = ref?.fd === undefined ? facts : onlyFile(facts, ref.fd);
  const judged = ref?.fd === undefined ? policy : filesOnly(policy);
  const evaluate = compiled(judged, given, version.engineVersion);
  const tally = createTally();
  const judgement = judge(only, {
    policy: judged,
    options: given,
    ...version,
    tally,
    show: request.show,
    evaluate,
  });
  const named = { ...judgement, target: { ...judgement.target, ...target } };
  return {
    judgement: asTheirs(named, options, runtime),
    notes,
    tally: tally.rows(),
    pids: only.processes.map((one) => one.pid),
  };
}

/** What the runtime sees to by itself is nothing the caller has to know or to do. */
function asTheirs(judgement: Judgement, given: GivenOptions, runtime: RuntimeReport): Judgement {
  const { options, findings } = judgement;
  const names = new Set([...given.canonical, ...options.needed].map((option) => option.split('=')[0]));
  return {
    ...judgement,
    options: {
      ...options,
      given: given.canonical,
      unrecognised: given.unrecognised,
      effects: options.effects.filter(({ option }) => names.has(option)),
    },
    findings: findings.filter(
      ({ outcome, lift }) => outcome !== 'allowed' || lift.some((option) => covers(given, option)),
    ),
    runtime,
  };
}

/** The target as if it held this one fd; what it is to the others was read with them. */
function onlyFile(target: TargetFacts, fd: number): TargetFacts {
  const root = target.processes[0] as ProcessFacts;
  const file = root.files.find((one) => one.fd === fd);
  const denied = root.unread.find((one) => one.call === 'list fd');
  if (file === undefined && denied) {
    throw new AgentError(
      'NotPermitted',
      `the fds of process ${target.pid} may not be listed: ${denied.errno}`,
    );
  }
  if (file === undefined) throw new AgentError('FileNotFound', `process ${target.pid} has no fd ${fd}`);
  return { ...target, type: 'process', processes: [{ ...root, files: [file], unread: [] }] };
}

const filesOnly = (policy: Policy): Policy => ({
  ...policy,
  judges: policy.judges.filter((judged) => judged !== 'process'),
});

function probeError(pid: number, errno: string): AgentError {
  if (errno === 'ENOENT' || errno === 'ESRCH')
    return new AgentError('ProcessNotFound', `no process ${pid}, or none that the agent may see`);
  if (errno === 'EACCES' || errno === 'EPERM')
    return new AgentError('NotPermitted', `process ${pid}: ${errno}`);
  return new AgentError('Internal', `process ${pid} could not be read: ${errno}`);
}

/** Keeps the last policies that were compiled: the same few questions are asked again and again. */
function compiledPolicies() {
  const kept = new Map<string, Evaluate>();
  return (policy: Policy, options: GivenOptions, version: string): Evaluate => {
    const key = JSON.stringify([policy.name, policy.judges, options.canonical, version]);
    const found = kept.get(key) ?? compilePolicy(policy, options, version);
    kept.delete(key);
    kept.set(key, found);
    for (const oldest of kept.size > maxCompiled ? [...kept.keys()].slice(0, 1) : []) kept.delete(oldest);
    return found;
  };
}

const maxCompiled = 64;

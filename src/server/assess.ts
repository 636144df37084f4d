import { release } from 'node:os';
import type { ProcessFacts, TargetFacts } from '../facts.ts';
import { compilePolicy, type Evaluate } from '../policy/evaluate.ts';
import { judge } from '../policy/judge.ts';
import { type GivenOptions, readOptions } from '../policy/options.ts';
import type { Policy } from '../policy/policy.ts';
import type { Report } from '../policy/report.ts';
import { isVersion } from '../policy/version.ts';
import { vocabulary } from '../probe/kinds/index.ts';
import type { Probe } from '../probe/probe.ts';
import { failed } from '../probe/proc.ts';
import type { CheckRequest } from './check.ts';
import { AgentError } from './errors.ts';

export interface AssessDeps {
  readonly probe: Probe;
  readonly policies: readonly Policy[];
  readonly defaultPolicy: string;
  /** Version of the engine found on the node, by engine name. */
  readonly detectedVersions: Readonly<Record<string, string>>;
}

export type Assess = (request: CheckRequest) => Report;

/** Target → probe → evaluate → report: the only place that calls both halves. Throws `AgentError`. */
export function createAssess(deps: AssessDeps): Assess {
  const compiled = compiledPolicies();
  return (request) => {
    const started = performance.now();
    const observedAt = new Date().toISOString();
    const policy = policyOf(deps, request.policy ?? deps.defaultPolicy);
    const options = optionsOf(request.options, policy);
    const version = versionOf(deps, policy, request.engineVersion);
    const { target: ref } = request;
    if (ref.type !== 'process' && ref.type !== 'tree') throw new Error(`not yet: ${ref.type}`);
    // one file is read with its tree: who else holds or watches it belongs to its facts
    const type = ref.fd === undefined ? ref.type : 'tree';
    const asks = request.show === 'all' ? everything(policy) : policy.asks;
    const facts = deps.probe({ pid: ref.pid, type, asks });
    if (facts === 'kernel-thread') {
      throw new AgentError(
        'KernelThread',
        `${ref.pid} is a kernel thread: it has no memory and no files to save`,
      );
    }
    if (failed(facts)) throw probeError(ref.pid, facts.errno);
    const target = ref.fd === undefined ? facts : onlyFile(facts, ref.fd);
    const asked = ref.fd === undefined ? policy : filesOnly(policy);
    const evaluate = compiled(asked, options, version.engineVersion);
    const judgement = judge(target, { policy: asked, options, ...version, show: request.show, evaluate });
    return {
      ...judgement,
      parts: [],
      notes: [],
      observedAt,
      durationMs: round(performance.now() - started),
      kernel: release(),
    };
  };
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

/** With every file all its facts are shown; but a look at every process of the node is taken for a rule alone. */
function everything(policy: Policy): ReadonlySet<string> {
  const { common, kinds } = vocabulary;
  const all = [common, ...Object.values(kinds)].flatMap((facts) => Object.keys(facts));
  return new Set([...all.filter((fact) => fact !== 'epollWatched'), ...policy.asks]);
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

const round = (milliseconds: number): number => Math.round(milliseconds * 100) / 100;

function policyOf({ policies }: AssessDeps, name: string): Policy {
  const found = policies.find((policy) => policy.name === name);
  if (found) return found;
  const known = policies.map((policy) => policy.name).join(', ');
  throw new AgentError('PolicyNotFound', `no policy "${name}": expected one of ${known}`);
}

function optionsOf(words: readonly string[], policy: Policy): GivenOptions {
  const options = readOptions(words, policy.options);
  if (options.problems.length > 0) throw new AgentError('InvalidArgument', options.problems.join('; '));
  return options;
}

function versionOf({ detectedVersions }: AssessDeps, policy: Policy, given: string | undefined) {
  if (given !== undefined) {
    if (isVersion(given)) return { engineVersion: given, versionSource: 'given' as const };
    throw new AgentError('InvalidArgument', `engineVersion: expected a version such as 4.2, got "${given}"`);
  }
  const detected = detectedVersions[policy.engine];
  return detected === undefined
    ? { engineVersion: policy.engineVersion, versionSource: 'assumed' as const }
    : { engineVersion: detected, versionSource: 'detected' as const };
}

function probeError(pid: number, errno: string): AgentError {
  if (errno === 'ENOENT' || errno === 'ESRCH')
    return new AgentError('ProcessNotFound', `no process ${pid}, or none that the agent may see`);
  if (errno === 'EACCES' || errno === 'EPERM')
    return new AgentError('NotPermitted', `process ${pid}: ${errno}`);
  return new AgentError('Internal', `process ${pid} could not be read: ${errno}`);
}

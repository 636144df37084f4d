import type { Question } from '../policy/judge.ts';
import { type GivenOptions, readOptions } from '../policy/options.ts';
import type { Policy } from '../policy/policy.ts';
import { isVersion } from '../policy/version.ts';
import { vocabulary } from '../probe/kinds/index.ts';
import type { CheckRequest } from './check.ts';
import { AgentError } from './errors.ts';

export interface PolicyDeps {
  readonly policies: readonly Policy[];
  readonly defaultPolicy: string;
  /** Version of the engine found on the node, by engine name. */
  readonly detectedVersions: Readonly<Record<string, string>>;
}

/** A question with its words looked up. */
export interface Asked {
  readonly request: CheckRequest;
  readonly policy: Policy;
  readonly version: Version;
  readonly asks: ReadonlySet<string>;
  readonly asksOf: (kind: string, fact: string) => boolean;
  readonly options: GivenOptions;
}

export function lookUp(deps: PolicyDeps, request: CheckRequest): Asked {
  const policy = policyOf(deps, request.policy ?? deps.defaultPolicy);
  const options = optionsOf(request.options, policy);
  const version = versionOf(deps, policy, request.engineVersion);
  const all = request.show === 'all';
  const asks = all ? everything(policy) : policy.asks;
  const asksOf = all ? () => true : asksOfKind(policy);
  return { request, policy, options, version, asks, asksOf };
}

function asksOfKind({ asksOfKind: asked }: Policy): Asked['asksOf'] {
  const ofAll = asked.get('');
  return (kind, fact) => asked.get(kind)?.has(fact) === true || ofAll?.has(fact) === true;
}

/** With every file all its facts are shown; but a look at every process of the node is taken for a rule alone. */
function everything(policy: Policy): ReadonlySet<string> {
  const { common, kinds } = vocabulary;
  const all = [common, ...Object.values(kinds)].flatMap((facts) => Object.keys(facts));
  return new Set([...all.filter((fact) => fact !== 'epollWatched'), ...policy.asks]);
}

function policyOf({ policies }: PolicyDeps, name: string): Policy {
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

type Version = Pick<Question, 'engineVersion' | 'versionSource'>;

function versionOf({ detectedVersions }: PolicyDeps, policy: Policy, given: string | undefined): Version {
  if (given !== undefined) {
    if (isVersion(given)) return { engineVersion: given, versionSource: 'given' as const };
    throw new AgentError('InvalidArgument', `engineVersion: expected a version such as 4.2, got "${given}"`);
  }
  const detected = detectedVersions[policy.engine];
  return detected === undefined
    ? { engineVersion: policy.engineVersion, versionSource: 'assumed' as const }
    : { engineVersion: detected, versionSource: 'detected' as const };
}

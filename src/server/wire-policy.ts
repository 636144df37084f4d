import type { OptionSpec, Policy, RefuseRule, Rule } from '../policy/policy.ts';
import type { Policies } from './deps.ts';
import { AgentError } from './errors.ts';

export interface WirePolicy {
  readonly name: string;
  readonly description: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly options: readonly OptionSpec[];
  readonly isDefault: boolean;
}

export type WireRule = Pick<Rule, 'rule' | 'kinds' | 'since' | 'until'>;
export type WireRefuseRule = WireRule &
  Pick<RefuseRule, 'reason' | 'message' | 'phase' | 'as' | 'lift' | 'advice' | 'source'>;

/** With its rules, but for their conditions: those are in the policy's file. */
export interface WirePolicyDetail extends WirePolicy {
  readonly accept: readonly WireRule[];
  readonly refuse: readonly WireRefuseRule[];
}

export function listPolicies(policies: Policies): readonly WirePolicy[] {
  return policies.list().map((policy) => toWirePolicy(policy, policies.default));
}

export function describePolicy(policies: Policies, name: string): WirePolicyDetail {
  const policy = policies.list().find((one) => one.name === name);
  if (policy === undefined) {
    const known = policies.list().map((one) => one.name);
    throw new AgentError('PolicyNotFound', `policy "${name}" is not loaded; these are: ${known.join(', ')}`);
  }
  return {
    ...toWirePolicy(policy, policies.default),
    accept: policy.accept.map(toWireRule),
    refuse: policy.refuse.map((rule) => {
      const { reason, message, phase, as, lift, advice, source } = rule;
      return { ...toWireRule(rule), reason, message, phase, as, lift, advice, source };
    }),
  };
}

function toWirePolicy(policy: Policy, defaultName: string): WirePolicy {
  const { name, description, engine, engineVersion } = policy;
  const options = policy.options.map(({ name: option, effect, takes, alias, inert }) => ({
    name: option,
    effect,
    takes,
    alias,
    inert,
  }));
  return { name, description, engine, engineVersion, options, isDefault: name === defaultName };
}

const toWireRule = ({ rule, kinds, since, until }: Rule): WireRule => ({
  rule,
  kinds,
  ...(since === undefined ? {} : { since }),
  ...(until === undefined ? {} : { until }),
});

import type { Facts } from '../facts.ts';
import { compileCondition, factsOf, never, type Predicate } from './condition.ts';
import { compileFinding, compileOtherwise, compileUnread, type RuleFinding, type Say } from './finding.ts';
import type { GivenOptions } from './options.ts';
import type { Outcome, Policy, RefuseRule, Rule } from './policy.ts';
import { createSieve, type Sieve } from './sieve.ts';
import type { Subject } from './subject.ts';
import { inForce } from './version.ts';

export interface SubjectJudgement {
  readonly outcome: Outcome;
  readonly findings: readonly RuleFinding[];
}

export type Evaluate = (subject: Subject) => SubjectJudgement;

interface Compiled<R extends Rule> {
  readonly rule: R;
  readonly holds: Predicate;
  /** That it looks at. */
  readonly asks: readonly string[];
}

interface Refusing extends Compiled<RefuseRule> {
  readonly say: Say;
}

/**
 * Prepares a policy for one set of options and one engine version, and returns the pure function that judges a
 * subject. Refuse rules add findings; with none that refuses, an accept rule must match, else it is banned.
 * A rule that cannot be evaluated makes the subject `unknown`, never `allowed`.
 */
export function compilePolicy(policy: Policy, options: GivenOptions, version: string): Evaluate {
  const compiled = <R extends Rule>(rules: readonly R[]): readonly Compiled<R>[] =>
    rules
      .filter((rule) => inForce(rule, version))
      .map((rule) => ({ rule, holds: compileCondition(rule.when, options), asks: factsOf(rule.when) }))
      // the options alone do not rule it out
      .filter(({ holds }) => holds !== never);
  const rulesOf = byKind(
    compiled(policy.refuse).map((one) => ({ ...one, say: compileFinding(one.rule, policy, options) })),
    compiled(policy.accept),
    options,
  );
  const otherwise = compileOtherwise(policy);
  const unreadSaid = compileUnread(policy);

  return (subject) => {
    const { facts } = subject;
    const { refuse, accept } = rulesOf(subject.kind);
    const refusing = refuse(facts);
    if (refusing.length === 0 && holdsSurely(accept(facts), facts)) return accepted;
    const findings: RuleFinding[] = [];
    const unread: string[] = [];
    for (const one of refusing) {
      const truth = one.holds(facts);
      if (truth === false) continue;
      const finding = one.say(subject);
      if (truth === true) findings.push(finding);
      else if (one.rule.as !== 'warning' && finding.outcome !== 'allowed')
        unread.push(...notRead(one, facts));
    }
    if (!findings.some(isRefused) && !holdsSurely(accept(facts), facts)) {
      const undecided = accept(facts).filter(({ holds }) => holds(facts) === undefined);
      if (undecided.length === 0) findings.push(otherwise);
      else unread.push(...undecided.flatMap((one) => notRead(one, facts)));
    }
    if (unread.length > 0) findings.push(unreadSaid(new Set(unread)));
    return findings.length === 0 ? accepted : { outcome: outcomeOf(findings), findings };
  };
}

const accepted: SubjectJudgement = { outcome: 'allowed', findings: [] };

function holdsSurely(rules: readonly Compiled<Rule>[], facts: Facts): boolean {
  for (const { holds } of rules) if (holds(facts) === true) return true;
  return false;
}

const notRead = ({ asks }: Compiled<Rule>, facts: Facts): readonly string[] =>
  asks.filter((fact) => facts[fact] === null);

const isRefused = ({ outcome }: RuleFinding): boolean => outcome === 'refused';

/** Most have one. */
function outcomeOf(findings: readonly RuleFinding[]): Outcome {
  const outcome = findings[0]?.outcome;
  return findings.length === 1 && outcome !== undefined && outcome !== 'warning'
    ? outcome
    : joinOutcomes(findings.map((finding) => finding.outcome));
}

/** refused > unknown > needs-option > allowed; warnings do not count. */
export function joinOutcomes(outcomes: readonly (Outcome | 'warning')[]): Outcome {
  for (const outcome of ['refused', 'unknown', 'needs-option'] as const) {
    if (outcomes.includes(outcome)) return outcome;
  }
  return 'allowed';
}

/** Of a kind: those of its rules that may hold. */
interface Rules {
  readonly refuse: Sieve<Refusing>;
  readonly accept: Sieve<Compiled<Rule>>;
}

function byKind(
  refuse: readonly Refusing[],
  accept: readonly Compiled<Rule>[],
  options: GivenOptions,
): (kind: string) => Rules {
  const cache = new Map<string, Rules>();
  return (kind) => {
    const known = cache.get(kind);
    if (known !== undefined) return known;
    const applies = ({ rule: { kinds } }: Compiled<Rule>) =>
      kinds.length === 0 ? kind !== 'process' : kinds.includes(kind);
    const found = {
      refuse: createSieve(refuse.filter(applies), options),
      accept: createSieve(accept.filter(applies), options),
    };
    cache.set(kind, found);
    return found;
  };
}

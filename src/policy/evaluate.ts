import type { Facts } from '../facts.ts';
import { compileCondition, factsOf, never, type Predicate } from './condition.ts';
import { compileFinding, compileOtherwise, compileUnread, type RuleFinding, type Say } from './finding.ts';
import type { GivenOptions } from './options.ts';
import type { Outcome, Policy, RefuseRule, Rule } from './policy.ts';
import type { Values } from './template.ts';
import { inForce } from './version.ts';

/** What a message may show besides facts: pid, ref, path, fop, … */
export type Names = Readonly<Record<string, string | number>>;

/** One thing to judge: its kind, its facts, and the names of it, asked for where a rule applies. */
export interface Subject {
  readonly kind: string;
  readonly facts: Facts;
  readonly names: () => Names;
}

export interface SubjectJudgement {
  readonly outcome: Outcome;
  readonly findings: readonly RuleFinding[];
}

export type Evaluate = (subject: Subject) => SubjectJudgement;

interface Compiled<R extends Rule> {
  readonly rule: R;
  readonly holds: Predicate;
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
  const applying = <R extends Rule>(rules: readonly R[]) => rules.filter((rule) => inForce(rule, version));
  const accept = byKind<Compiled<Rule>>(
    applying(policy.accept)
      .map((rule) => ({ rule, holds: compileCondition(rule.when, options) }))
      .filter(may),
  );
  const refuse = byKind<Refusing>(
    applying(policy.refuse)
      .map((rule) => {
        const say = compileFinding(rule, policy, options);
        return { rule, holds: compileCondition(rule.when, options), say };
      })
      .filter(may),
  );
  const otherwise = compileOtherwise(policy);
  const unreadSaid = compileUnread(policy);

  return (subject) => {
    const { kind, facts } = subject;
    if (isSurelyAllowed(refuse(kind), accept(kind), facts)) return accepted;
    const values = valuesOf(subject);
    const findings: RuleFinding[] = [];
    const unread = new Set<string>();
    for (const { rule, holds, say } of refuse(kind)) {
      const truth = holds(facts);
      if (truth === false) continue;
      const finding = say(values);
      if (truth === true) findings.push(finding);
      else if (rule.as !== 'warning' && finding.outcome !== 'allowed') addNull(unread, rule, facts);
    }
    if (!findings.some((finding) => finding.outcome === 'refused')) {
      const known = anyHolds(accept(kind), facts, unread);
      if (known === false) findings.push(otherwise(values));
    }
    if (unread.size > 0) findings.push(unreadSaid([...unread], values));
    return findings.length === 0
      ? accepted
      : { outcome: joinOutcomes(findings.map((finding) => finding.outcome)), findings };
  };
}

/** The options alone do not rule it out. */
const may = ({ holds }: Pick<Compiled<Rule>, 'holds'>): boolean => holds !== never;

/** The way of most: nothing speaks against it, and something for it; what may be said otherwise is not prepared for. */
function isSurelyAllowed(
  refuse: readonly Compiled<RefuseRule>[],
  accept: readonly Compiled<Rule>[],
  facts: Facts,
): boolean {
  for (const { holds } of refuse) if (holds(facts) !== false) return false;
  for (const { holds } of accept) if (holds(facts) === true) return true;
  return false;
}

const accepted: SubjectJudgement = { outcome: 'allowed', findings: [] };

/** refused > unknown > needs-option > allowed; warnings do not count. */
export function joinOutcomes(outcomes: readonly (Outcome | 'warning')[]): Outcome {
  for (const outcome of ['refused', 'unknown', 'needs-option'] as const) {
    if (outcomes.includes(outcome)) return outcome;
  }
  return 'allowed';
}

function byKind<C extends Compiled<Rule>>(compiled: readonly C[]): (kind: string) => readonly C[] {
  const cache = new Map<string, readonly C[]>();
  return (kind) => {
    let found = cache.get(kind);
    if (found === undefined) {
      found = compiled.filter(({ rule: { kinds } }) =>
        kinds.length === 0 ? kind !== 'process' : kinds.includes(kind),
      );
      cache.set(kind, found);
    }
    return found;
  };
}

function anyHolds(rules: readonly Compiled<Rule>[], facts: Facts, unread: Set<string>): boolean | undefined {
  const undecided: Rule[] = [];
  for (const { rule, holds } of rules) {
    const truth = holds(facts);
    if (truth === true) return true;
    if (truth === undefined) undecided.push(rule);
  }
  for (const rule of undecided) addNull(unread, rule, facts);
  return undecided.length > 0 ? undefined : false;
}

function addNull(unread: Set<string>, rule: Rule, facts: Facts): void {
  for (const fact of factsOf(rule.when)) if (facts[fact] === null) unread.add(fact);
}

/** The names are asked for with the first template that has any. */
function valuesOf({ names, facts }: Subject): Values {
  let known: Names | undefined;
  return (name) => {
    known ??= names();
    return known[name] ?? facts[name];
  };
}

import type { Facts } from '../facts.ts';
import { compileCondition, factsOf, type Predicate } from './condition.ts';
import { covers, type GivenOptions } from './options.ts';
import type { Outcome, Policy, RefuseRule, Rule } from './policy.ts';
import type { Finding } from './report.ts';
import { fill } from './template.ts';
import { inForce } from './version.ts';

/** What a message may show besides facts: pid, ref, path, fop, … */
export type Names = Readonly<Record<string, string | number>>;

/** One thing to judge: its kind, its facts, and the names of it, asked for where a rule applies. */
export interface Subject {
  readonly kind: string;
  readonly facts: Facts;
  readonly names: () => Names;
}

/** What a rule says of a subject; who and where is added by the caller. */
export type RuleFinding = Omit<Finding, 'pid' | 'comm' | 'file'>;

export interface SubjectJudgement {
  readonly outcome: Outcome;
  readonly findings: readonly RuleFinding[];
}

export type Evaluate = (subject: Subject) => SubjectJudgement;

interface Compiled<R extends Rule> {
  readonly rule: R;
  readonly holds: Predicate;
}

/**
 * Prepares a policy for one set of options and one engine version, and returns the pure function that judges a
 * subject. Refuse rules add findings; with none that refuses, an accept rule must match, else it is banned.
 * A rule that cannot be evaluated makes the subject `unknown`, never `allowed`.
 */
export function compilePolicy(policy: Policy, options: GivenOptions, version: string): Evaluate {
  const accept = byKind(policy.accept, options, version);
  const refuse = byKind(policy.refuse, options, version);
  const effects = new Map(policy.options.map((option) => [option.name, option.effect]));

  return (subject) => {
    const { kind, facts } = subject;
    if (isSurelyAllowed(refuse(kind), accept(kind), facts)) return accepted;
    const show = showOf(subject);
    const findings: RuleFinding[] = [];
    const unread = new Set<string>();
    for (const { rule, holds } of refuse(kind)) {
      const truth = holds(facts);
      if (truth === false) continue;
      const finding = findingOf(rule, show, policy.line, options, effects);
      if (truth === true) findings.push(finding);
      else if (rule.as !== 'warning' && finding.outcome !== 'allowed') addNull(unread, rule, facts);
    }
    if (!findings.some((finding) => finding.outcome === 'refused')) {
      const known = anyHolds(accept(kind), facts, unread);
      if (known === false) findings.push(banned(policy, show));
    }
    if (unread.size > 0) findings.push(unreadFinding([...unread], policy, show));
    return findings.length === 0
      ? accepted
      : { outcome: joinOutcomes(findings.map((finding) => finding.outcome)), findings };
  };
}

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

function byKind<R extends Rule>(rules: readonly R[], options: GivenOptions, version: string) {
  const compiled = rules
    .filter((rule) => inForce(rule, version))
    .map((rule) => ({ rule, holds: compileCondition(rule.when, options) }));
  const cache = new Map<string, readonly Compiled<R>[]>();
  return (kind: string): readonly Compiled<R>[] => {
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

type Show = (template: string) => string;

function showOf({ names, facts }: Subject): Show {
  let known: Names | undefined;
  return (template) => {
    known ??= names();
    return fill(template, (name) => known?.[name] ?? facts[name]);
  };
}

function findingOf(
  rule: RefuseRule,
  show: Show,
  line: string,
  options: GivenOptions,
  effects: ReadonlyMap<string, string>,
): RuleFinding {
  const lift = rule.lift.map(show);
  const lifted = lift.filter((option) => covers(options, option));
  const effective = lifted.length > 0 ? lifted : lift;
  const said = effective.map((option) => effects.get(option.split('=')[0] ?? option) ?? '');
  return {
    outcome:
      lifted.length > 0 ? 'allowed' : rule.as === 'refused' && lift.length > 0 ? 'needs-option' : rule.as,
    phase: rule.phase,
    rule: rule.rule,
    reason: rule.reason,
    message: show(rule.message),
    lift,
    effect: [...new Set(said)].filter((text) => text !== '').join('; '),
    advice: rule.advice,
    source: rule.source,
    line: show(rule.line || line),
  };
}

const plain = { lift: [], effect: '', advice: '', source: '' } as const;

function banned(policy: Policy, show: Show): RuleFinding {
  const { reason, message, phase } = policy.otherwise;
  const line = show(policy.line);
  return { ...plain, outcome: 'refused', phase, rule: 'otherwise', reason, message: show(message), line };
}

function unreadFinding(facts: readonly string[], policy: Policy, show: Show): RuleFinding {
  const { phase } = policy.otherwise;
  const message = `cannot tell: not read: ${facts.join(', ')}`;
  const line = show(policy.line);
  return { ...plain, outcome: 'unknown', phase, rule: 'unread', reason: 'Unread', message, line };
}

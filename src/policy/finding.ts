import { covers, type GivenOptions } from './options.ts';
import type { Policy, RefuseRule } from './policy.ts';
import type { Finding } from './report.ts';
import { type Subject, valuesOf } from './subject.ts';
import { compileTemplate, placeholders, type Template } from './template.ts';

/**
 * What a rule says of a subject. Its words are filled in where somebody reads them, and who and where is added by the
 * caller: so most subjects a rule speaks of share one.
 */
export interface RuleFinding extends Omit<Finding, 'message' | 'line' | 'pid' | 'comm' | 'file'> {
  readonly message: Template;
  readonly line: Template;
}

/** Prepared once for a rule. */
export type Say = (subject: Subject) => RuleFinding;

/** What a refuse rule says where its condition holds. */
export function compileFinding(refusal: RefuseRule, policy: Policy, options: GivenOptions): Say {
  const { rule, reason, phase, as, advice, source } = refusal;
  const message = compileTemplate(refusal.message);
  const line = compileTemplate(refusal.line || policy.line);
  const unlifted = as === 'refused' && refusal.lift.length > 0 ? 'needs-option' : as;
  const remedied = ({ lifted, lift, effect }: Remedy): RuleFinding => {
    const outcome = lifted ? 'allowed' : unlifted;
    return { outcome, phase, rule, reason, message, lift, effect, advice, source, line };
  };
  const remedy = compileRemedy(policy, options);
  // most are lifted by the same, whatever the file
  if (!refusal.lift.some((template) => placeholders(template).length > 0)) {
    const same = remedied(remedy(refusal.lift));
    return () => same;
  }
  const lift = refusal.lift.map(compileTemplate);
  return (subject) => {
    const values = valuesOf(subject);
    return remedied(remedy(lift.map((one) => one(values))));
  };
}

interface Remedy extends Pick<RuleFinding, 'lift' | 'effect'> {
  /** By an option that was given. */
  readonly lifted: boolean;
}

function compileRemedy(policy: Policy, options: GivenOptions): (lift: readonly string[]) => Remedy {
  const effects = new Map(policy.options.map((option) => [option.name, option.effect]));
  return (lift) => {
    const given = lift.filter((option) => covers(options, option));
    const effective = given.length > 0 ? given : lift;
    const said = effective.map((option) => effects.get(option.split('=')[0] ?? option) ?? '');
    const effect = [...new Set(said)].filter((text) => text !== '').join('; ');
    return { lifted: given.length > 0, lift, effect };
  };
}

/** Of what no rule says nothing lifts it, and nothing more is known of it. */
const plain = { lift: [], effect: '', advice: '', source: '' } as const;

/** What is said where no accept rule matches. */
export function compileOtherwise(policy: Policy): RuleFinding {
  const { reason, phase } = policy.otherwise;
  const message = compileTemplate(policy.otherwise.message);
  const line = compileTemplate(policy.line);
  return { ...plain, outcome: 'refused', phase, rule: 'otherwise', reason, message, line };
}

/** What is said where a rule cannot be evaluated, for want of these facts. */
export function compileUnread(policy: Policy): (facts: Iterable<string>) => RuleFinding {
  const { phase } = policy.otherwise;
  const line = compileTemplate(policy.line);
  return (facts) => {
    const words = `cannot tell: not read: ${[...facts].join(', ')}`;
    return {
      ...plain,
      outcome: 'unknown',
      phase,
      rule: 'unread',
      reason: 'Unread',
      message: () => words,
      line,
    };
  };
}

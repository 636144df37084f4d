import { covers, type GivenOptions } from './options.ts';
import type { Policy, RefuseRule } from './policy.ts';
import type { Finding } from './report.ts';
import { compileTemplate, placeholders, type Values } from './template.ts';

/** What a rule says of a subject; who and where is added by the caller. */
export type RuleFinding = Omit<Finding, 'pid' | 'comm' | 'file'>;

/** Prepared once for a rule: what differs between subjects is filled in. */
export type Say = (values: Values) => RuleFinding;

/** What a refuse rule says where its condition holds. */
export function compileFinding(refusal: RefuseRule, policy: Policy, options: GivenOptions): Say {
  const { rule, reason, phase, as, advice, source } = refusal;
  const words = compileTemplate(refusal.message);
  const log = compileTemplate(refusal.line || policy.line);
  const remedy = compileRemedy(refusal.lift, policy, options);
  const unlifted = as === 'refused' && refusal.lift.length > 0 ? 'needs-option' : as;
  return (values) => {
    const { lifted, lift, effect } = remedy(values);
    const outcome = lifted ? 'allowed' : unlifted;
    const [message, line] = [words(values), log(values)];
    return { outcome, phase, rule, reason, message, lift, effect, advice, source, line };
  };
}

interface Remedy extends Pick<RuleFinding, 'lift' | 'effect'> {
  /** By an option that was given. */
  readonly lifted: boolean;
}

function compileRemedy(
  templates: readonly string[],
  policy: Policy,
  options: GivenOptions,
): (values: Values) => Remedy {
  const effects = new Map(policy.options.map((option) => [option.name, option.effect]));
  const remedyOf = (lift: readonly string[]): Remedy => {
    const given = lift.filter((option) => covers(options, option));
    const effective = given.length > 0 ? given : lift;
    const said = effective.map((option) => effects.get(option.split('=')[0] ?? option) ?? '');
    const effect = [...new Set(said)].filter((text) => text !== '').join('; ');
    return { lifted: given.length > 0, lift, effect };
  };
  // most are the same whatever the file
  if (!templates.some((template) => placeholders(template).length > 0)) {
    const same = remedyOf(templates);
    return () => same;
  }
  const lift = templates.map(compileTemplate);
  return (values) => remedyOf(lift.map((one) => one(values)));
}

type Plain = Pick<RuleFinding, 'outcome' | 'phase' | 'rule' | 'reason' | 'message' | 'line'>;

/** What no rule says: nothing lifts it, and nothing more is known of it. Each named: a spread takes five microseconds. */
const plainFinding = ({ outcome, phase, rule, reason, message, line }: Plain): RuleFinding => ({
  outcome,
  phase,
  rule,
  reason,
  message,
  lift: none,
  effect: '',
  advice: '',
  source: '',
  line,
});

const none: readonly string[] = [];

/** What is said where no accept rule matches. */
export function compileOtherwise(policy: Policy): Say {
  const { reason, phase } = policy.otherwise;
  const words = compileTemplate(policy.otherwise.message);
  const log = compileTemplate(policy.line);
  return (values) => {
    const [message, line] = [words(values), log(values)];
    return plainFinding({ outcome: 'refused', phase, rule: 'otherwise', reason, message, line });
  };
}

/** What is said where a rule cannot be evaluated, for want of these facts. */
export function compileUnread(policy: Policy): (facts: readonly string[], values: Values) => RuleFinding {
  const { phase } = policy.otherwise;
  const log = compileTemplate(policy.line);
  return (facts, values) => {
    const message = `cannot tell: not read: ${facts.join(', ')}`;
    return plainFinding({
      outcome: 'unknown',
      phase,
      rule: 'unread',
      reason: 'Unread',
      message,
      line: log(values),
    });
  };
}

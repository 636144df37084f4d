import { escapeControl } from './escape.ts';
import { alignRows } from './table.ts';
import type { WirePolicy, WirePolicyDetail } from './wire-policy.ts';

export function policiesText(policies: readonly WirePolicy[]): string {
  const rows = policies.map((policy) => [
    `${policy.name}${policy.isDefault ? ' (default)' : ''}`,
    policy.engine === policy.name ? policy.engineVersion : `${policy.engine} ${policy.engineVersion}`,
    escapeControl(policy.description),
  ]);
  return lines(alignRows([['POLICY', 'ENGINE', 'WHAT IT SAYS'], ...rows]));
}

export function policyText(policy: WirePolicyDetail): string {
  const options = policy.options.filter((option) => !option.inert);
  const inert = policy.options.length - options.length;
  return lines([
    `${policy.name}${policy.isDefault ? ' (default)' : ''}  engine ${policy.engine} ${policy.engineVersion}`.trimEnd(),
    escapeControl(policy.description),
    ...section(
      'Accepted',
      policy.accept.map(({ rule, kinds }) => [rule, kindsText(kinds)]),
    ),
    ...section(
      'Refused, unless an option lifts it; anything not accepted is too',
      policy.refuse.map((rule) => [
        rule.rule,
        rule.reason,
        kindsText(rule.kinds),
        rule.as === 'refused' ? '' : rule.as,
        rule.lift.map((option) => `--${option}`).join(' | '),
        escapeControl(rule.message),
      ]),
    ),
    ...section(
      'Options',
      options.map((option) => [
        `--${option.name}${valueText[option.takes] ?? ''}`,
        escapeControl(option.effect),
      ]),
    ),
    ...(inert > 0 ? [`  and ${inert} more that change no verdict`] : []),
  ]);
}

const valueText: Readonly<Record<string, string>> = {
  optional: '[=…]',
  value: '=…',
  size: '=10M',
  list: '=…,…',
};

const kindsText = (kinds: readonly string[]): string =>
  kinds.length === 0 ? 'every kind' : kinds.join(', ');

const section = (title: string, rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : ['', title, ...alignRows(rows).map((row) => `  ${row}`)];

const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;

import { factsOf } from './condition.ts';
import type { Policy } from './policy.ts';
import { placeholders } from './template.ts';

/** Facts by the kind they are asked of; `''`: of every kind of file. */
export type AskedFacts = ReadonlyMap<string, ReadonlySet<string>>;

/** What the rules of a policy look at, and what their words show. The probe may leave the rest unread. */
export function askedFacts({
  accept,
  refuse,
  line,
  otherwise,
}: Pick<Policy, 'accept' | 'refuse' | 'line' | 'otherwise'>): AskedFacts {
  const asked = new Map<string, Set<string>>();
  const add = (kinds: readonly string[], facts: readonly string[]) => {
    for (const kind of kinds.length === 0 ? [''] : kinds)
      asked.set(kind, new Set([...(asked.get(kind) ?? []), ...facts]));
  };
  add([], [line, otherwise.message].flatMap(placeholders));
  for (const { kinds, when } of accept) add(kinds, factsOf(when));
  for (const { kinds, when, message, lift, line: own } of refuse)
    add(kinds, [...factsOf(when), ...[message, own, ...lift].flatMap(placeholders)]);
  return asked;
}

import { factsOf } from './condition.ts';
import type { Policy } from './policy.ts';
import { placeholders } from './template.ts';

/** What a policy is written as; what it asks of the probe follows from that. */
export type PlainPolicy = Omit<Policy, 'asks' | 'asksOfKind'>;

export const withAsks = (policy: PlainPolicy): Policy => ({
  ...policy,
  asks: new Set([...policy.accept, ...policy.refuse].flatMap(({ when }) => factsOf(when))),
  asksOfKind: askedFacts(policy),
});

/** Facts by the kind they are asked of; `''`: of every kind of file. */
type AskedFacts = ReadonlyMap<string, ReadonlySet<string>>;

/** What the rules of a policy look at, and what their words show. The probe may leave the rest unread. */
function askedFacts({ accept, refuse, line, otherwise }: PlainPolicy): AskedFacts {
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

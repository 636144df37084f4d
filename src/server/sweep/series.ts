import type { Verdict } from '../../policy/report.ts';
import type { Tally, TallyRow } from '../../policy/tally.ts';

/** What stands in the way first. */
export const verdictOrder: readonly Verdict[] = ['not-ready', 'unknown', 'ready-with-options', 'ready'];

/** The files of the rows that have the same labels, together. */
export function sumRows<L extends object>(
  rows: Tally,
  labelsOf: (row: TallyRow) => L,
): readonly (readonly [L, number])[] {
  const sums = new Map<string, readonly [L, number]>();
  for (const row of rows) {
    const labels = labelsOf(row);
    const key = JSON.stringify(labels);
    sums.set(key, [labels, row.files + (sums.get(key)?.[1] ?? 0)]);
  }
  return [...sums.values()];
}

/** What is none of the values known at start is `other`. */
export function withNames(names: readonly string[]): (name: string) => string {
  const known = new Set(names);
  return (name) => (known.has(name) ? name : 'other');
}

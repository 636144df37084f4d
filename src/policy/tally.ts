import type { Outcome } from './policy.ts';

/** Files of one kind that came out alike, and the processes (kind `process`) that are themselves in the way. */
export interface TallyRow {
  readonly kind: string;
  readonly outcome: Outcome;
  /** Of the finding that is said first; '' of what is allowed. */
  readonly reason: string;
  readonly files: number;
}
export type Tally = readonly TallyRow[];

/** Files not allowed, by kind and reason. */
export type Rejected = Omit<TallyRow, 'outcome'>;

export const sumTally = (rows: Iterable<TallyRow>): Tally =>
  sum(rows, ({ kind, outcome, reason }) => `${kind} ${outcome} ${reason}`);

export const sumRejected = (rows: Iterable<Rejected>): readonly Rejected[] =>
  sum(rows, ({ kind, reason }) => `${kind} ${reason}`);

export const rejectedOf = (tally: Tally): readonly Rejected[] =>
  sumRejected(
    tally
      .filter(({ outcome }) => outcome !== 'allowed')
      .map(({ kind, reason, files }) => ({ kind, reason, files })),
  );

function sum<Row extends { readonly files: number }>(
  rows: Iterable<Row>,
  keyOf: (row: Row) => string,
): readonly Row[] {
  const sums = new Map<string, Row & { files: number }>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { ...row });
    else known.files += row.files;
  }
  return [...sums.values()];
}

/** Counts one by one, without an object for each. */
export interface TallyCounter {
  add(kind: string, outcome: Outcome, reason: string): void;
  rows(): Tally;
}

export function createTally(): TallyCounter {
  type Sum = { -readonly [Name in keyof TallyRow]: TallyRow[Name] };
  // a kind has few of them: looking through is quicker than a key made of three words
  const byKind = new Map<string, Sum[]>();
  return {
    add: (kind, outcome, reason) => {
      const known = byKind.get(kind);
      const row = known?.find((one) => one.outcome === outcome && one.reason === reason);
      if (row !== undefined) row.files += 1;
      else if (known === undefined) byKind.set(kind, [{ kind, outcome, reason, files: 1 }]);
      else known.push({ kind, outcome, reason, files: 1 });
    },
    rows: () => [...byKind.values()].flat(),
  };
}

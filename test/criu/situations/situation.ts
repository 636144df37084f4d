/** One thing a process can hold, how `criu dump` answers to it, and what makes the answer a yes. */
export interface Situation {
  /** The holder's name: `python3 hold/main.py NAME`. */
  readonly name: string;
  /** Rows of the specification, e.g. ['K2']. */
  readonly rows: readonly string[];
  /** A plain dump, as seen on a real machine. hazard: never attempted, it would hang the dumper or worse. */
  readonly dump: 'ok' | 'refused' | 'hazard';
  /** Must match CRIU's log when refused: proves that it is refused for this reason. */
  readonly log?: RegExp;
  /** Options that make the dump succeed: CRIU's names without dashes, {vars} filled in by the holder. */
  readonly lift?: readonly string[];
  /** No option helps. */
  readonly liftFails?: boolean;
  /** Tried where given: dump (with lift), kill the tree, restore. */
  readonly restore?: 'ok' | 'fails';
  /** Options always passed. */
  readonly options?: readonly string[];
  /** What the machine must have; the holder skips otherwise. */
  readonly needs?: string;
}

/** Dumps; its restore is not tried. Rows are written 'E2 K5'. */
export const dumps = (name: string, rows: string): Situation => ({ name, rows: rows.split(' '), dump: 'ok' });

/** Dumps and comes back. */
export const restores = (name: string, rows: string): Situation => ({ ...dumps(name, rows), restore: 'ok' });

/** Dumps, and cannot be restored. */
export const dumpsInVain = (name: string, rows: string): Situation => ({
  ...dumps(name, rows),
  restore: 'fails',
});

/** Refused whatever the options. */
export const refused = (name: string, rows: string, log: RegExp): Situation => ({
  name,
  rows: rows.split(' '),
  dump: 'refused',
  log,
  liftFails: true,
});

/** Refused, but dumped with these options. */
export const lifted = (name: string, rows: string, log: RegExp, ...lift: string[]): Situation => ({
  name,
  rows: rows.split(' '),
  dump: 'refused',
  log,
  lift,
});

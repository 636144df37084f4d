import type { Via } from '../facts.ts';

/** What a policy is, once it has been read and checked by `parsePolicy`. */

/** allowed · needs-option · refused · unknown: what a file or process comes out as. */
export type Outcome = 'allowed' | 'needs-option' | 'refused' | 'unknown';

/** Where a subject comes from: a way of referring to a file, or the process itself. */
export type Judged = Via | 'process';

/** When it would hurt: the dump fails, the restore fails, something is lost without a word, or CRIU does harm. */
export type Phase = 'dump' | 'restore' | 'loss' | 'hazard';

export type Scalar = string | number | boolean;

/** `{ option, else }`: the value the caller gave to an option (`ghost-limit=10M`), in the option's unit. */
export interface OptionOperand {
  readonly option: string;
  readonly else: number;
}

export type Test =
  | { readonly op: 'in'; readonly values: readonly Scalar[] }
  | { readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly value: number | OptionOperand }
  | { readonly op: 'prefix' | 'suffix'; readonly value: string }
  | { readonly op: 'present'; readonly value: boolean }
  /** The value is one of those given to the option. */
  | { readonly op: 'given'; readonly option: string }
  | { readonly op: 'not'; readonly test: Test };

/** A condition over facts; `fact` may be `option.NAME`, which is whether the caller gave that option. */
export type Condition =
  | { readonly fact: string; readonly test: Test }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly none: readonly Condition[] };

export interface Rule {
  readonly rule: string;
  /** The kinds it speaks of; empty: every kind of file (never `process`). */
  readonly kinds: readonly string[];
  readonly when: Condition;
  /** Engine versions, `4.0` ≤ version < `until`. */
  readonly since?: string;
  readonly until?: string;
}

export interface RefuseRule extends Rule {
  readonly reason: string;
  /** With `{fact}` placeholders. */
  readonly message: string;
  readonly phase: Phase;
  /** refused: it stands in the way. unknown: cannot be told from outside. warning: said, changes no verdict. */
  readonly as: 'refused' | 'unknown' | 'warning';
  /** Alternatives, each an option with `{fact}` placeholders in its value: `external=unix[{inode}]`. */
  readonly lift: readonly string[];
  /** What else would help, where no option does. */
  readonly advice: string;
  /** Where it comes from: the kernel's or CRIU's own check. */
  readonly source: string;
  /** Overrides the policy's `line` for this rule. */
  readonly line: string;
}

export interface OptionSpec {
  readonly name: string;
  /** Its side effect, for people. */
  readonly effect: string;
  /** flag: alone. optional: alone or `name=…`. value: `name=…`. size: `name=10M`. list: a value, and repeatable. words: `a,b`, repeatable, `all` for every one. */
  readonly takes: 'flag' | 'optional' | 'value' | 'size' | 'list' | 'words';
  /** Short and other spellings: `l`, `j`. */
  readonly alias: readonly string[];
  /** Changes nothing a rule looks at; accepted so that a whole `criu dump` command line is. */
  readonly inert: boolean;
}

/** Where a runtime takes the engine's options. */
export interface RuntimeSpec {
  readonly name: string;
  /** With `{flags}` (`--a --b=c`) and `{lines}` (`a; b c`, as in a configuration file). */
  readonly put: string;
}

export interface Policy {
  readonly name: string;
  readonly description: string;
  /** What is predicted: `criu`, or the policy's own name. */
  readonly engine: string;
  /** Newest version the rules speak of: assumed unless another is given or detected. */
  readonly engineVersion: string;
  /** What it has a say on; a mount or the process itself is no file to the seed. */
  readonly judges: readonly Judged[];
  readonly options: readonly OptionSpec[];
  readonly runtimes: readonly RuntimeSpec[];
  readonly accept: readonly Rule[];
  readonly refuse: readonly RefuseRule[];
  /** Said where no accept rule matches. */
  readonly otherwise: { readonly reason: string; readonly message: string; readonly phase: Phase };
  /** A log line for each finding, with placeholders; empty: none. */
  readonly line: string;
  /** Every fact that a rule asks for: the probe may leave the costly rest unread. */
  readonly asks: ReadonlySet<string>;
  /** The same by kind; `''`: of every kind of file. */
  readonly asksOfKind: ReadonlyMap<string, ReadonlySet<string>>;
}

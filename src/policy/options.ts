import type { OptionSpec } from './policy.ts';

/** Options as the caller gave them, understood. */
export interface GivenOptions {
  /** Canonical spelling, in the order given: `tcp-established`, `ghost-limit=10M`. */
  readonly canonical: readonly string[];
  /** Name → every value given (none for a flag). */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Name → bytes, for options that take a size. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Options that were given `all`, as `enable-fs=all`. */
  readonly everything: ReadonlySet<string>;
  readonly unrecognised: readonly string[];
  /** What is wrong with the rest, and what was expected. */
  readonly problems: readonly string[];
}

/**
 * Reads options in any spelling an engine's command line has: `tcp-established`, `--tcp-established`, `-j`, `-jl`,
 * `ghost-limit=10M`, `--ghost-limit 10M` (two items), `-v4`. Words that belong to no option are unrecognised.
 */
export function readOptions(words: readonly string[], specs: readonly OptionSpec[]): GivenOptions {
  const byName = new Map(
    specs.flatMap((spec) => [spec.name, ...spec.alias].map((name) => [name, spec] as const)),
  );
  const given: Collected = {
    canonical: [],
    values: new Map(),
    sizes: new Map(),
    everything: new Set(),
    unrecognised: [],
    problems: [],
  };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    for (const { spec, value } of split(word, byName)) {
      if (spec === undefined) given.unrecognised.push(word);
      else if (value !== undefined || spec.takes === 'flag' || spec.takes === 'optional')
        take(given, spec, value);
      else take(given, spec, rest.shift());
    }
  }
  return given;
}

interface Collected extends GivenOptions {
  readonly canonical: string[];
  readonly values: Map<string, string[]>;
  readonly sizes: Map<string, number>;
  readonly everything: Set<string>;
  readonly unrecognised: string[];
  readonly problems: string[];
}

interface Word {
  readonly spec?: OptionSpec | undefined;
  readonly value?: string | undefined;
}

function split(word: string, byName: ReadonlyMap<string, OptionSpec>): readonly Word[] {
  const bare = word.replace(/^--?/, '');
  const equals = bare.indexOf('=');
  const name = equals < 0 ? bare : bare.slice(0, equals);
  const spec = byName.get(name);
  if (spec) return [{ spec, value: equals < 0 ? undefined : bare.slice(equals + 1) }];
  return /^-[^-]./.test(word) ? splitShort(bare, byName) : [{}];
}

/** `-jl` is two flags, `-v4` an option with its value, as getopt(3) has it. */
function splitShort(letters: string, byName: ReadonlyMap<string, OptionSpec>): readonly Word[] {
  const spec = byName.get(letters.charAt(0));
  const rest = letters.slice(1);
  if (spec === undefined) return [{}];
  if (rest === '') return [{ spec }];
  return spec.takes === 'flag' ? [{ spec }, ...splitShort(rest, byName)] : [{ spec, value: rest }];
}

function take(given: Collected, spec: OptionSpec, value: string | undefined): void {
  if (spec.takes === 'flag') {
    if (value !== undefined)
      return void given.problems.push(`option ${spec.name} takes no value, got "${value}"`);
  } else if (spec.takes !== 'optional' && (value === undefined || value === '')) {
    return void given.problems.push(`option ${spec.name} needs a value: ${spec.name}=…`);
  }
  if (spec.takes === 'size') {
    const bytes = parseSize(value ?? '');
    if (bytes === undefined)
      return void given.problems.push(`option ${spec.name} takes a size such as 10M, got "${value}"`);
    given.sizes.set(spec.name, bytes);
  }
  const values = given.values.get(spec.name) ?? [];
  if (spec.takes === 'words' && value?.split(',').includes('all')) given.everything.add(spec.name);
  if (value !== undefined) values.push(...(spec.takes === 'words' ? value.split(',') : [value]));
  given.values.set(spec.name, values);
  const text = value === undefined ? spec.name : `${spec.name}=${value}`;
  if (spec.inert) return;
  // of a size the last one counts: the order is that of the last time each was given
  const before = given.canonical.indexOf(text);
  if (before >= 0) given.canonical.splice(before, 1);
  given.canonical.push(text);
}

/** Bytes of `10M`, `512K`, `1048576`; undefined where it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,12})([KMG]?)$/i.exec(text);
  if (!match) return undefined;
  const unit = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[2]?.toUpperCase() ?? ''] ?? 1;
  return Number(match[1]) * unit;
}

/** `mnt[/data]:a` does for `mnt[/data]:b`: the name is the caller's. After `mnt[]` come letters, which must be there. */
function sameKey(value: string, wanted: string): boolean {
  // a path may hold a bracket: the key ends where a name follows
  const named = wanted.indexOf(']:');
  const end = (named < 0 ? wanted.lastIndexOf(']') : named) + 1;
  const [key, name] = [wanted.slice(0, end), wanted.slice(end)];
  if (key === '' || !value.startsWith(key) || !/^(:|$|\w)/.test(value.slice(end))) return false;
  return key !== 'mnt[]' || [...name].every((letter) => value.slice(key.length).includes(letter));
}

/** Whether one of the given options does what `lift` asks for. */
export function covers(given: GivenOptions, lift: string): boolean {
  const equals = lift.indexOf('=');
  const name = equals < 0 ? lift : lift.slice(0, equals);
  const values = given.values.get(name);
  if (values === undefined) return false;
  if (equals < 0) return true;
  const wanted = lift.slice(equals + 1);
  const limit = given.sizes.get(name);
  if (limit !== undefined) return limit >= (parseSize(wanted) ?? Number.POSITIVE_INFINITY);
  return given.everything.has(name) || values.some((value) => value === wanted || sameKey(value, wanted));
}

import type { Vocabulary } from '../facts.ts';
import type { OptionSpec } from './policy.ts';

/** What the words of a rule are checked against. */
export interface Context {
  readonly vocabulary: Vocabulary;
  readonly options: readonly OptionSpec[];
}

/** Facts that subjects of these kinds may have (no kinds: any kind), with their types. */
export function factTypes(vocabulary: Vocabulary, kinds: readonly string[]): ReadonlyMap<string, string> {
  const wanted = kinds.length === 0 ? Object.keys(vocabulary.kinds) : kinds;
  const own = wanted.flatMap((kind) => Object.entries(vocabulary.kinds[kind] ?? {}));
  return new Map([...Object.entries(vocabulary.common), ...own]);
}

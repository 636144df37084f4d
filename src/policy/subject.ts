import type { Facts } from '../facts.ts';
import type { Values } from './template.ts';

/** What a message may show besides facts: pid, ref, path, fop, … */
export type Names = Readonly<Record<string, string | number>>;

/** One thing to judge: its kind, its facts, and the names of it, asked for with the first words that have any. */
export interface Subject {
  readonly kind: string;
  readonly facts: Facts;
  readonly names: () => Names;
}

/** What words about it are filled with. */
export function valuesOf({ names, facts }: Subject): Values {
  let known: Names | undefined;
  return (name) => {
    known ??= names();
    return known[name] ?? facts[name];
  };
}

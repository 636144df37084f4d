import type { CallName, DigestAnswer, KeyIndex } from './calls.ts';
import type { BytesDigester, Digester } from './digest.ts';
import type { Argument } from './trace.ts';

export interface Digests {
  readonly of: Digester;
  readonly bytes: BytesDigester;
  readonly answer: DigestAnswer;
  readonly index: KeyIndex;
}

/** Writes down what was asked and how it was answered, and gives the answer on. */
export type Note = <T>(name: CallName, answer: T, ...args: readonly Argument[]) => T;

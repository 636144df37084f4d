import fc from 'fast-check';
import type { Failure } from '../../src/probe/proc.ts';

/** What may become of an answer of procfs. */

/** None of these says that it is gone. */
export const refusal: fc.Arbitrary<Failure> = fc
  .constantFrom('EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENOMEM', 'EWOULDBLOCK', 'EINVAL', 'ENAMETOOLONG')
  .map((errno) => ({ errno }));
export const gone: fc.Arbitrary<Failure> = fc.constantFrom('ENOENT', 'ESRCH').map((errno) => ({ errno }));

/** Told as it is made: a text of a hundred thousand zeros is nothing to read when a run fails. */
export interface Noise {
  readonly text: string;
  readonly times: number;
}
export const noise: fc.Arbitrary<Noise> = fc.oneof(
  fc
    .uint8Array({ maxLength: 300 })
    .map((bytes) => ({ text: Buffer.from(bytes).toString('latin1'), times: 1 })),
  fc.record({ text: fc.constantFrom('\0', '9', 'a: b\n', ' \n'), times: fc.constant(50_000) }),
);
export const loud = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null && 'times' in answer
    ? String((answer as Noise).text).repeat((answer as Noise).times)
    : answer;

/** Cut within a line; after a whole one nothing tells that there were more. */
export const cutWithinLine = (text: string): fc.Arbitrary<string> =>
  fc
    .integer({ min: 1, max: text.length - 1 })
    .map((at) => text.slice(0, at))
    .filter((cut) => !cut.endsWith('\n'));

/** Damage that shows: an error, or a text that is cut within a line. */
export const showing = (isText: boolean, answer: unknown): fc.Arbitrary<unknown> =>
  isText && typeof answer === 'string' && answer.endsWith('\n') && answer.length > 2
    ? fc.oneof(refusal, cutWithinLine(answer))
    : refusal;

/** Anything at all. */
export const anything = (answer: unknown): fc.Arbitrary<unknown> =>
  typeof answer === 'string' ? fc.oneof(refusal, gone, noise) : fc.oneof(refusal, gone);

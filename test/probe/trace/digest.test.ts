import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../src/probe/native/task-file/record.ts';
import { createBytesDigester, createDigester } from '../../../src/probe/trace/digest.ts';

const digest = createDigester(42);
const of = (value: unknown) => {
  const { high, low } = digest(value);
  return `${high} ${low}`;
};

/** What reads answer: texts, numbers, rows of them. */
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
    fc.boolean(),
    fc.bigInt(),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie('any'), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie('any')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(fc.string(), { maxLength: 3 }).map((words) => new Set(words)),
  ),
})).any;

describe('a digest', () => {
  it('is the same of the same', () => {
    fc.assert(fc.property(value, (one) => of(one) === of(structuredClone(one))));
  });

  it('is another of anything else', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        // the order of keys counts here, and does not there
        fc.pre(!isDeepStrictEqual(one, other));
        return of(one) !== of(other);
      }),
      { numRuns: 2000 },
    );
  });

  it('is another of texts that differ in one place, or in where they are cut', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, by) => {
        const place = at % text.length;
        const changed = String.fromCharCode(text.charCodeAt(place) ^ by);
        return of(text) !== of(`${text.slice(0, place)}${changed}${text.slice(place + 1)}`);
      }),
    );
    expect(new Set([['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], 'abc', ['', 'abc']].map(of)).size).toBe(
      6,
    );
    expect(new Set([1, '1', 1n, true, [1], { 0: 1 }, 1.5, null, undefined, [], {}].map(of)).size).toBe(11);
  });

  it('has no two alike among a hundred thousand links', () => {
    const links = Array.from({ length: 100_000 }, (_, i) => `socket:[${4_000_000 + i}]`);
    expect(new Set(links.map(of)).size).toBe(links.length);
    expect(new Set(links.map((link) => digest(link).low)).size).toBeGreaterThan(links.length - 20);
  });

  it('is of its seed', () => {
    const other = createDigester(43);
    const { high, low } = other('a text');
    expect(`${high} ${low}`).not.toBe(of('a text'));
  });

  it('says of what it cannot be made', () => {
    expect(() => of({ act: () => 1 })).toThrow('a function has no digest');
  });
});

describe('a digest of bytes', () => {
  const digestBytes = createBytesDigester(42);
  const ofBytes = (bytes: Uint8Array | undefined, start = 0) => {
    const buffer = bytes && Buffer.concat([Buffer.alloc(start, 0xee), bytes, Buffer.alloc(3, 0xdd)]);
    const { high, low } = digestBytes(
      buffer && { buffer, view: viewOf(buffer), start, end: buffer.length - 3 },
    );
    return `${high} ${low}`;
  };
  const some = fc.uint8Array({ maxLength: 40 });

  it('is the same wherever they are, and another of others', () => {
    fc.assert(fc.property(some, fc.nat(9), (one, start) => ofBytes(one, start) === ofBytes(one)));
    fc.assert(
      fc.property(some, some, (one, other) => {
        fc.pre(!Buffer.from(one).equals(Buffer.from(other)));
        return ofBytes(one) !== ofBytes(other);
      }),
    );
  });

  it('is another for each bit, each length, and for none', () => {
    const base = Buffer.alloc(23, 0x5a);
    const flipped = [...base.keys()].flatMap((at) =>
      Array.from({ length: 8 }, (_, bit) => {
        const other = Buffer.from(base);
        other[at] = (other[at] as number) ^ (1 << bit);
        return other;
      }),
    );
    const lengths = Array.from({ length: 23 }, (_, length) => Buffer.alloc(length));
    const all = [undefined, base, ...flipped, ...lengths].map((bytes) => ofBytes(bytes));
    expect(new Set(all).size).toBe(all.length);
    expect(new Set([1, 2].map((seed) => createBytesDigester(seed)(undefined).high)).size).toBe(2);
  });
});

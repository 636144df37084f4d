import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBtf } from '../../../../src/probe/native/task-file/btf.ts';

/** Types as their name, kind, `vlen`, whether members are bit fields, size or type, and what follows, names as text. */
function btf(types: readonly (readonly (string | number | boolean)[])[]): Buffer {
  const strings = ['', ...new Set(types.flatMap((one) => one.filter((part) => typeof part === 'string')))];
  const nameAt = (name: string) => Buffer.from(`${strings.join('\0')}\0`).indexOf(`\0${name}\0`) + 1;
  const words = types.flatMap(([name, kind, vlen, hasBits, sizeOrType, ...more]) => [
    name === '' ? 0 : nameAt(String(name)),
    (((Number(kind) << 24) | Number(vlen)) >>> 0) + (hasBits === true ? 2 ** 31 : 0),
    Number(sizeOrType),
    ...more.map((part) => (typeof part === 'string' ? (part === '' ? 0 : nameAt(part)) : Number(part))),
  ]);
  const body = Buffer.alloc(4 * words.length);
  for (const [at, word] of words.entries()) body.writeUInt32LE(word >>> 0, 4 * at);
  const text = Buffer.from(`${strings.join('\0')}\0`);
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header.writeUInt8(1, 2);
  header.writeUInt32LE(24, 4);
  header.writeUInt32LE(body.length, 12);
  header.writeUInt32LE(body.length, 16);
  header.writeUInt32LE(text.length, 20);
  return Buffer.concat([header, body, text]);
}

const [INT, POINTER, ARRAY, STRUCT, UNION, ENUM, TYPEDEF, CONST, FUNC, PROTO, ENUM64] = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 13, 19,
];

/** 1 int, 2 inner, 3 union without a name, 4 inner_t, 5 const inner_t, 6 outer, … */
const types = [
  ['int', INT, 0, false, 4, 32],
  ['inner', STRUCT, 2, false, 8, 'x', 1, 0, 'y', 1, 32],
  ['', UNION, 2, false, 4, 'either', 1, 0, 'or', 1, 0],
  ['inner_t', TYPEDEF, 0, false, 2],
  ['', CONST, 0, false, 4],
  ['outer', STRUCT, 4, false, 32, 'first', 1, 0, '', 3, 64, 'held', 5, 128, 'pointer', 8, 192],
  ['', ARRAY, 0, false, 0, 1, 1, 3],
  ['', POINTER, 0, false, 2],
  ['bits', STRUCT, 3, true, 8, 'a', 1, 0, 'b', 1, (3 << 24) | 9, 'whole', 1, 32],
  ['colour', ENUM, 2, false, 4, 'RED', 0, 'BLUE', 7],
  ['', PROTO, 1, false, 0, 'argument', 1],
  ['act', FUNC, 0, false, 11],
  ['wide', ENUM64, 1, false, 8, 'WIDE', 5, 0],
  ['later', STRUCT, 1, false, 4, 'x', 1, 0],
];
const names = 'inner outer bits x y either or first held pointer a b whole RED BLUE WIDE act later'.split(
  ' ',
);

describe('parseBtf', () => {
  const parsed = parseBtf(btf(types), names);

  it.each([
    ['inner', 'x', { offset: 0, bit: 0, bits: 0 }],
    ['inner', 'y', { offset: 4, bit: 0, bits: 0 }],
    ['outer', 'first', { offset: 0, bit: 0, bits: 0 }],
    ['outer', 'or', { offset: 8, bit: 0, bits: 0 }],
    ['outer', 'held.y', { offset: 20, bit: 0, bits: 0 }],
    ['outer', 'pointer', { offset: 24, bit: 0, bits: 0 }],
    ['bits', 'b', { offset: 1, bit: 1, bits: 3 }],
    ['bits', 'whole', { offset: 4, bit: 0, bits: 0 }],
    ['later', 'x', { offset: 0, bit: 0, bits: 0 }],
    ['outer', 'pointer.x', undefined],
    ['outer', 'x', undefined],
    ['outer', 'first.x', undefined],
    ['none', 'x', undefined],
    // it has it, but nobody said that it would be asked for
    ['inner_t', 'x', undefined],
  ])('%s.%s is at %o', (struct, path, place) => {
    expect(parsed.member(struct, path)).toEqual(place);
  });

  it('knows functions by their number, and what the names of enums stand for', () => {
    expect(['act', 'inner'].map(parsed.functionId)).toEqual([12, undefined]);
    expect(['RED', 'BLUE', 'WIDE', 'x'].map(parsed.enumerator)).toEqual([0, 7, 5, undefined]);
  });

  it('says what it is not', () => {
    expect(() => parseBtf(Buffer.alloc(100), names)).toThrow('no BTF of this machine');
    expect(() => parseBtf(Buffer.alloc(3), names)).toThrow('no BTF of this machine');
    expect(() => parseBtf(btf([['', 20, 0, false, 0]]), names)).toThrow('BTF has a type of kind 20');
  });

  it('comes to an end, whatever the bytes', () => {
    const whole = btf(types);
    const anything = fc.tuple(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length));
    fc.assert(
      fc.property(anything, ([at, byte, length]) => {
        const changed = Buffer.from(whole.subarray(0, length));
        if (at < length) changed[at] = byte;
        try {
          parseBtf(changed, names).member('outer', 'held.y');
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});

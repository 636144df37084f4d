import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Argument,
  argumentsAt,
  createTraceWriter,
  next,
  readTrace,
} from '../../../src/probe/trace/trace.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const argument: fc.Arbitrary<Argument> = fc.oneof(int32, fc.string(), fc.constant(undefined));
const step = fc.record({
  call: fc.nat({ max: 60 }),
  args: fc.array(argument, { maxLength: 8 }),
  high: int32,
  low: int32,
});

describe('a trace', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const writer = createTraceWriter();
        for (const one of steps) writer.add(one.call, one.args, one);
        const trace = writer.finish();
        if (trace === undefined) throw new Error('there is no trace');
        const reader = readTrace(trace);
        const read = [];
        while (next(reader)) {
          const { call, high, low, firstWord } = reader;
          const args = argumentsAt(reader);
          read.push({ call, args, high, low });
          if (typeof args[0] === 'number') expect(firstWord).toBe(args[0]);
        }
        expect(read).toEqual(steps);
        expect(next(reader)).toBe(false);
      }),
    );
  });

  it('has a text, a reader once, and lists', () => {
    const writer = createTraceWriter();
    const read = () => 1;
    expect([writer.reader(read), writer.reader(() => 2), writer.reader(read)]).toEqual([0, 1, 0]);
    expect(writer.list(Int32Array.of(1, 2))).toBe(0);
    for (const high of [1, 2]) writer.add(3, ['a', 'b', 'a'], { high, low: 0 });
    const { texts, readers, lists } = writer.finish() ?? {};
    expect({ texts, readers: readers?.length, lists }).toEqual({
      texts: ['a', 'b'],
      readers: 2,
      lists: [Int32Array.of(1, 2)],
    });
  });

  it.each([
    ['a number that is none of 32 bits', [2 ** 31]],
    ['half a number', [0.5]],
    ['nine arguments', Array(9).fill(1)],
  ])('there is none where a call has %s', (_, args) => {
    const writer = createTraceWriter();
    writer.add(1, args, { high: 0, low: 0 });
    expect(writer.finish()).toBeUndefined();
  });

  it('there is none once it is spoiled', () => {
    const writer = createTraceWriter();
    writer.spoil();
    expect(writer.finish()).toBeUndefined();
  });
});

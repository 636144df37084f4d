import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neededOptions } from '../../src/policy/needed.ts';
import type { Finding } from '../../src/policy/report.ts';

const finding = (...lift: readonly string[]) => ({ outcome: 'needs-option', lift }) as unknown as Finding;
const needed = (lifts: readonly (readonly string[])[]) =>
  neededOptions(
    lifts.map((lift) => finding(...lift)),
    [],
  );
const lifts = (names: number, most: number) =>
  fc.array(
    fc.uniqueArray(
      fc.nat(names - 1).map((name) => `o${name}`),
      { minLength: 1, maxLength: 3 },
    ),
    {
      maxLength: most,
    },
  );
const liftsAll = (given: readonly string[], all: readonly (readonly string[])[]) =>
  all.every((lift) => lift.some((option) => given.includes(option)));

describe('the options that are needed', () => {
  it('lift all that can be lifted, none of them in vain, however many there are', () => {
    fc.assert(
      fc.property(fc.oneof(lifts(6, 12), lifts(60, 60)), (all) => {
        const given = needed(all);
        expect(liftsAll(given, all)).toBe(true);
        expect(new Set(given).size).toBe(given.length);
        for (const one of given) expect(all.some((lift) => lift.includes(one))).toBe(true);
      }),
    );
  });

  it('are the fewest, while few are to choose from', () => {
    fc.assert(
      fc.property(lifts(5, 8), (all) => {
        const names = [...new Set(all.flat())];
        const sets = Array.from({ length: 2 ** names.length }, (_, bits) =>
          names.filter((_name, at) => bits & (1 << at)),
        );
        const fewest = Math.min(...sets.filter((set) => liftsAll(set, all)).map((set) => set.length));
        expect(needed(all)).toHaveLength(fewest);
      }),
    );
  });

  it('issue: of a process with twenty thousand files from outside, each with its own, they are found at once', () => {
    const own = Array.from({ length: 20_000 }, (_, at) => [
      `external=file[1:${at}]`,
      'skip-all',
      `inherit-fd=${at}`,
    ]);
    expect(needed(own)).toEqual(['skip-all']);
    const apart = own.map(([first = '']) => [first]);
    const started = performance.now();
    expect(needed(apart)).toHaveLength(20_000);
    // by comparing each with each it took hours
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('nor does it matter how often the same is offered', () => {
    const names = Array.from({ length: 14 }, (_, at) => `o${at}`);
    const all = Array.from({ length: 30_000 }, (_, at) => [
      names[at % 14] ?? '',
      names[(at * 5 + 1) % 14] ?? '',
    ]);
    const started = performance.now();
    expect(liftsAll(needed(all), all)).toBe(true);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

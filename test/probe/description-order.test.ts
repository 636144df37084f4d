import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSorted, placeIn, sortByDescription, toNumbers } from '../../src/probe/description-order.ts';
import type { Native } from '../../src/probe/native/native.ts';

/** Of fds whose description is a number: kcmp(2) compares those. */
const kcmpOf =
  (descriptions: readonly number[], calls = { number: 0 }): Native['kcmp'] =>
  (_type, _a, _b, fdA = 0, fdB = 0) => {
    calls.number += 1;
    const [a, b] = [descriptions[fdA], descriptions[fdB]];
    if (a === undefined || b === undefined) return { errno: 'ENOENT' };
    return a === b ? 0 : a < b ? 1 : 2;
  };
const fdsOf = (descriptions: readonly number[]) => descriptions.map((_, fd) => ({ pid: 7, fd }));
const descriptionsOf = fc.array(fc.nat({ max: 8 }), { maxLength: 30 });

describe('fds by their description', () => {
  it('are together where they are of one, in order', () => {
    fc.assert(
      fc.property(descriptionsOf, (descriptions) => {
        const { sorted, whole } = sortByDescription(kcmpOf(descriptions), fdsOf(descriptions));
        const expected = [...new Set(descriptions)]
          .sort((a, b) => a - b)
          .map((wanted) => fdsOf(descriptions).filter(({ fd }) => descriptions[fd] === wanted));
        expect(sorted).toEqual(expected);
        expect(whole).toBe(true);
      }),
    );
  });

  it('are seen to be so, by one comparison for each but the first, exactly where they would be sorted alike', () => {
    fc.assert(
      fc.property(descriptionsOf, descriptionsOf, (before, after) => {
        const now = before.map((description, fd) => after[fd] ?? description);
        const sorted = sortByDescription(kcmpOf(before), fdsOf(before)).sorted;
        const again = sortByDescription(kcmpOf(now), fdsOf(now)).sorted;
        const asIt = (one: typeof sorted) =>
          JSON.stringify(one.map((same) => [...same].sort((a, b) => a.fd - b.fd)));
        const calls = { number: 0 };
        const same = isSorted(kcmpOf(now, calls), toNumbers(sorted));
        expect(same).toBe(asIt(sorted) === asIt(again));
        expect(calls.number).toBeLessThan(Math.max(before.length, 1));
        if (same) expect(calls.number).toBe(Math.max(before.length - 1, 0));
      }),
    );
  });

  it.each([
    ['closed meanwhile', { errno: 'ENOENT' }, undefined],
    ['not to be compared', { errno: 'EPERM' }, { errno: 'EPERM' }],
    ['of no order', 3 as const, undefined],
  ])('one that is %s stands alone, and is told', (_, answer, failure) => {
    const kcmp: Native['kcmp'] = (type, a, b, fdA, fdB) =>
      fdA === 1 || fdB === 1 ? answer : kcmpOf([5, 5, 5])(type, a, b, fdA, fdB);
    const { sorted, whole } = sortByDescription(kcmp, fdsOf([5, 5, 5]));
    expect(whole).toBe(false);
    expect(sorted.filter((same) => same.length === 1).map(([one]) => one?.fd)).toContain(1);
    expect(placeIn([[{ pid: 7, fd: 0 }]], { pid: 7, fd: 1 }, kcmp)).toEqual({
      at: 0,
      told: false,
      ...(failure && { failure }),
    });
    expect(isSorted(kcmp, toNumbers(sorted))).toBe(false);
  });
});

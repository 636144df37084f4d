import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Idle } from '../../src/server/idle.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Each by its name; `lanes`: those that were in one. */
function idle(kept: number, names: readonly string[], lanes: Readonly<Record<string, number>> = {}) {
  const thrown: string[] = [];
  const all = new Idle<{ readonly name: string }>({ kept, throwAway: ({ name }) => thrown.push(name) });
  for (const name of names) {
    const child = { name };
    const lane = lanes[name];
    if (lane !== undefined) all.enter(child, lane);
    all.add(child);
  }
  const left = () => all.takeAll().map(({ name }) => name);
  return { all, thrown, left };
}

describe('which one is taken', () => {
  it.each<[wanted: number | undefined, lanes: Record<string, number>, name: string]>([
    [undefined, {}, 'c'],
    [0, { a: 0, b: 1 }, 'a'],
    [1, { a: 0, b: 1 }, 'b'],
    [2, { a: 0, b: 1 }, 'c'],
    [undefined, { b: 1, c: 0 }, 'a'],
    // any is better than a new one
    [2, { a: 0, b: 1, c: 3 }, 'c'],
  ])('in lane %s, where %j were in one: %s', (lane, lanes, name) => {
    const { all, left } = idle(3, ['a', 'b', 'c'], lanes);
    expect(all.take(lane)).toEqual({ name });
    expect(left()).toEqual(['a', 'b', 'c'].filter((one) => one !== name));
  });

  it('is known to be there until it is taken', () => {
    const { all } = idle(3, ['a', 'b'], { b: 1 });
    expect([0, 1].map((lane) => all.has(lane))).toEqual([false, true]);
    all.take(1);
    expect(all.has(1)).toBe(false);
  });

  it('none where there is none', () => {
    expect(idle(3, []).all.take(0)).toBeUndefined();
  });
});

describe('a crowd', () => {
  it('is let go after three seconds without work, the first lane last', () => {
    const { thrown, left } = idle(1, ['b', 'a', 'c'], { a: 0, b: 1, c: 2 });
    vi.advanceTimersByTime(2999);
    expect(thrown).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(thrown).toEqual(['b', 'c']);
    expect(left()).toEqual(['a']);
  });

  it('stays while it has work', () => {
    const { all, thrown } = idle(1, ['a', 'b']);
    vi.advanceTimersByTime(2000);
    const child = all.take(undefined) as { readonly name: string };
    vi.advanceTimersByTime(900);
    all.add(child);
    vi.advanceTimersByTime(2999);
    expect(thrown).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(thrown).toEqual(['b']);
  });

  it('is none where no more than are kept are there', () => {
    const { thrown } = idle(2, ['a', 'b']);
    vi.advanceTimersByTime(10_000);
    expect(thrown).toEqual([]);
  });

  it('does not count who has ended, nor who was taken away', () => {
    const child = { name: 'x' };
    const { all, thrown, left } = idle(1, ['a']);
    all.add(child);
    all.forget(child);
    vi.advanceTimersByTime(10_000);
    expect([thrown, left()]).toEqual([[], ['a']]);
    all.add(child);
    all.add({ name: 'y' });
    all.takeAll();
    vi.advanceTimersByTime(10_000);
    expect(thrown).toEqual([]);
  });
});

import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurns, inTurns } from '../../src/server/turns.ts';

it('what is done in turns lets others have theirs', async () => {
  let turns = 0;
  let working = true;
  const others = (async () => {
    while (working) {
      await setImmediate();
      turns += 1;
    }
  })();
  const taken: number[] = [];
  await inTurns([1, 2, 3, 4], (piece) => {
    for (const end = performance.now() + 6; performance.now() < end; );
    taken.push(piece);
  });
  working = false;
  await others;
  expect(taken).toEqual([1, 2, 3, 4]);
  expect(turns).toBeGreaterThanOrEqual(4);
});

/** Work that takes a millisecond of a clock of its own. */
function counted() {
  let ms = 0;
  const takeTurns = createTurns(() => ms);
  const done: string[] = [];
  const work = (name: string) => () => {
    ms += 1;
    done.push(name);
  };
  return { takeTurns, done, work };
}

it('what comes at once is done in order, as much in each turn as there is time for', async () => {
  const { takeTurns, done, work } = counted();
  for (const name of ['a', 'b', 'c', 'd', 'e']) takeTurns(work(name));
  await setImmediate();
  expect(done).toEqual(['a', 'b']);
  takeTurns(work('f'));
  await setImmediate();
  expect(done).toEqual(['a', 'b', 'c', 'd']);
  await setImmediate();
  expect(done).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  takeTurns(work('g'));
  await setImmediate();
  expect(done.at(-1)).toBe('g');
});

it('those who wait for promises go on some in each turn', async () => {
  const { takeTurns, done, work } = counted();
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const waiting = names.map((name) => new Promise<void>(takeTurns).then(work(name)));
  await setImmediate();
  const first = done.length;
  expect(first).toBeGreaterThan(1);
  expect(first).toBeLessThan(names.length);
  await Promise.all(waiting);
  expect(done).toEqual(names);
});

import { expect, it } from 'vitest';
import type { SliceAnswer } from '../../../src/server/sweep/judge.ts';
import { createTold } from '../../../src/server/sweep/told.ts';
import { readyReport } from '../fixture.ts';
import { slice } from './support.ts';

const answer: SliceAnswer = { report: readyReport, tally: [], skipped: [], leftOut: 3, told: 'a 1' };
const still = { stillSo: true, observedAt: '2026-01-02T03:04:05.000Z', durationMs: 0.5 } as const;
const again = { ...answer, report: { ...readyReport, observedAt: still.observedAt, durationMs: 0.5 } };

it('what is so still is what was told in the sweep before, as of now', () => {
  const told = createTold();
  told.begin();
  expect(told.nameOf(slice(1))).toBe('');
  expect(told.answerOf(slice(1), answer)).toBe(answer);
  told.end();
  for (let sweeps = 0; sweeps < 3; sweeps++) {
    told.begin();
    expect(told.nameOf(slice(1))).toBe('a 1');
    expect(told.answerOf(slice(1), still)).toEqual(again);
    told.end();
  }
});

it('is not known of another process, of one that was not there in the sweep before, nor of one without a name', () => {
  const told = createTold();
  told.begin();
  told.answerOf(slice(1), answer);
  told.answerOf(slice(2), { tally: [], skipped: [] });
  told.end();
  told.begin();
  expect(told.nameOf(slice(1, { processes: [{ pid: 1, startTimeTicks: '2' }] }))).toBe('');
  expect(told.nameOf(slice(2))).toBe('');
  expect(told.answerOf(slice(3), still)).toBeUndefined();
  told.end();
  told.begin();
  expect(told.nameOf(slice(1))).toBe('');
});

it('nothing of it is kept from one sweep to the next but what was told in the last', () => {
  const told = createTold();
  told.begin();
  told.answerOf(slice(1), answer);
  told.end();
  expect(told.nameOf(slice(1))).toBe('');
});

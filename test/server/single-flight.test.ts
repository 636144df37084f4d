import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import type { Check, CheckRequest } from '../../src/server/check.ts';
import { AgentError } from '../../src/server/errors.ts';
import { canonical, createOnce, createSingleFlight } from '../../src/server/single-flight.ts';
import { readyReport } from './fixture.ts';

const about = (pid: number): CheckRequest => ({
  target: { type: 'tree', pid },
  options: ['a', 'b'],
  show: 'blocking',
});

/** Takes so long, or its deadline. */
function slow(ms: number) {
  const checks: number[] = [];
  const check: Check = (_, deadlineMs) => {
    checks.push(deadlineMs);
    return new Promise<Report>((resolve, reject) => {
      const late = new AgentError('DeadlineExceeded', `not within ${deadlineMs} ms`);
      setTimeout(() => (deadlineMs < ms ? reject(late) : resolve(readyReport)), Math.min(ms, deadlineMs));
    });
  };
  return { checks, check: createSingleFlight(check) };
}

describe('single flight', () => {
  it('identical questions at the same time are one check, others are not', async () => {
    const { check, checks } = slow(20);
    const reordered = { show: 'blocking', options: ['a', 'b'], target: { pid: 1, type: 'tree' } } as const;
    const answers = await Promise.all([
      check(about(1), 1000),
      check(reordered, 1000),
      check(about(2), 1000),
      check({ ...about(1), options: ['b', 'a'] }, 1000),
    ]);
    expect(answers).toEqual(Array(4).fill(readyReport));
    expect(checks).toHaveLength(3);
    await check(about(1), 1000);
    expect(checks).toHaveLength(4);
  });

  it('who has less time is late alone', async () => {
    const { check, checks } = slow(60);
    const patient = check(about(1), 1000);
    await expect(check(about(1), 20)).rejects.toThrow('the check did not end within 20 ms');
    expect(await patient).toBe(readyReport);
    expect(checks).toHaveLength(1);
  });

  it('who has more time than who began it asks again with what is left', async () => {
    const { check, checks } = slow(60);
    const hasty = check(about(1), 20);
    const patient = Promise.all([check(about(1), 1000), check(about(1), 2000)]);
    await expect(hasty).rejects.toMatchObject({ code: 'DeadlineExceeded' });
    expect(await patient).toEqual([readyReport, readyReport]);
    expect(checks).toHaveLength(2);
    expect(checks[1]).toBeLessThan(1000);
  });

  it('an error is the answer of all, and not kept', async () => {
    let times = 0;
    const check = createSingleFlight(async () => {
      times += 1;
      throw new AgentError('ProcessNotFound', 'gone');
    });
    const both = await Promise.allSettled([check(about(1), 100), check(about(1), 100)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(check(about(1), 100)).rejects.toThrow('gone');
    expect(times).toBe(2);
  });
});

it('those who wait for one check go on some at a time', async () => {
  const { check } = slow(20);
  const went: number[] = [];
  let turns = 0;
  let working = true;
  const others = (async () => {
    for (; working; turns++) await setImmediate();
  })();
  const wait = async () => {
    await check(about(1), 1000);
    went.push(turns);
    for (const end = performance.now() + 4; performance.now() < end; );
  };
  await Promise.all(Array.from({ length: 8 }, wait));
  working = false;
  await others;
  expect(went).toHaveLength(8);
  expect(new Set(went).size).toBeGreaterThan(3);
});

it('once: whenever it is asked', async () => {
  const { check, checks } = slow(1);
  const once = createOnce(check);
  await once(about(1), 100);
  expect(await once(about(1), 50)).toBe(readyReport);
  await once(about(2), 100);
  expect(checks).toHaveLength(2);
});

it('canonical: the order of keys says nothing, that of lists does', () => {
  expect(canonical({ b: { d: 1, c: [2, 1] }, a: null })).toBe('{"a":null,"b":{"c":[2,1],"d":1}}');
});

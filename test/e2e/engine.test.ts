import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Held, hold } from '../support/held.ts';
import { get, holding, until, withDaemon } from './support.ts';

let held: Held;
beforeAll(async () => {
  held = await hold('null');
});
afterAll(() => held?.stop());

const many = <T>(number: number, one: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: number }, (_, i) => one(i)));

/** Identical questions share one check: these are none. */
const other = (i: number) => `option=ghost-limit%3D${i + 1}M`;

describe('the probing processes', () => {
  it('one that is killed while it probes costs its check alone', () =>
    withDaemon({ flags: ['--workers', '1'] }, async ({ http, pid }) => {
      const url = `${http}/v1/processes/${held.pid}?scope=process`;
      expect((await get(url)).status).toBe(200);
      const [child = 0] = holding(pid).children;
      process.kill(child, 'SIGSTOP');
      const running = get(url);
      await sleep(200);
      process.kill(child, 'SIGKILL');
      expect((await running).json).toMatchObject({ status: 500, code: 'Internal' });
      expect((await get(url)).status).toBe(200);
      await until(() => holding(pid).children.length === 1, 'one child again');
    }));

  it('one that is killed while it is idle costs nothing', () =>
    withDaemon({ flags: ['--workers', '1'] }, async ({ http, pid }) => {
      const url = `${http}/v1/processes/${held.pid}?scope=process`;
      await get(url);
      const before = holding(pid);
      for (let i = 0; i < 5; i++) {
        process.kill(holding(pid).children[0] as number, 'SIGKILL');
        await until(() => holding(pid).children.length === 0, 'it is gone');
        expect((await get(url)).status).toBe(200);
      }
      await until(() => holding(pid).fds <= before.fds, 'no descriptor more than before');
      expect(holding(pid).children).toHaveLength(1);
    }));

  it('one that hangs: 504 at the deadline, and the next is answered', () =>
    withDaemon({ flags: ['--workers', '1'] }, async ({ http, pid }) => {
      const url = `${http}/v1/processes/${held.pid}?scope=process`;
      await get(url);
      process.kill(holding(pid).children[0] as number, 'SIGSTOP');
      const started = performance.now();
      const late = await get(`${url}&timeoutSeconds=0.5`);
      expect(late.json).toMatchObject({ status: 504, code: 'DeadlineExceeded' });
      expect(performance.now() - started).toBeLessThan(2500);
      expect((await get(url)).status).toBe(200);
      await until(() => holding(pid).children.length === 1, 'one child again');
    }));
});

describe('many at once', () => {
  it('too many wait: 429 with Retry-After, the rest is answered', () =>
    withDaemon({ flags: ['--workers', '1', '--max-waiting', '4'] }, async ({ http }) => {
      const answers = await many(40, (i) =>
        get(`${http}/v1/processes/${held.pid}?scope=process&${other(i)}`),
      );
      const busy = answers.filter(({ status }) => status === 429);
      expect(busy.length).toBeGreaterThan(0);
      expect(answers.filter(({ status }) => status === 200).length + busy.length).toBe(40);
      expect(busy[0]?.json).toMatchObject({ code: 'TooBusy' });
      expect(busy[0]?.headers.get('retry-after')).toBe('1');
      expect((await get(`${http}/livez`)).status).toBe(200);
    }));

  it('identical questions at once cost one check', () =>
    withDaemon({ flags: ['--workers', '1', '--max-waiting', '1'] }, async ({ http }) => {
      const answers = await many(40, () => get(`${http}/v1/processes/${held.pid}?scope=process`));
      expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
    }));

  it('250 requests at once: each is answered, and nothing is left of them', () =>
    withDaemon({}, async ({ http, pid, output }) => {
      const url = `${http}/v1/processes/${held.pid}?scope=process&timeoutSeconds=60`;
      await many(4, () => get(url));
      // libuv's threads are there once the log has been written
      await until(() => output.stdout.includes('"msg":"answered"'), 'a line of the log');
      const before = holding(pid);
      const answers = await many(250, (i) => get(`${url}&${other(i)}`));
      const seen = new Set(answers.map(({ status }) => status));
      expect([...seen].filter((status) => status !== 200 && status !== 429)).toEqual([]);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(200);
      const after = holding(pid);
      expect(after.children.length).toBeLessThanOrEqual(2);
      expect(after.threads).toBe(before.threads);
      expect((await get(`${http}/readyz`)).status).toBe(200);
    }));
});

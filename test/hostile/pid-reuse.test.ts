import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Daemon, get, holding, startDaemon, until } from '../e2e/support.ts';
import { remove, temporary } from '../support/held.ts';
import { check, helper, needsRoot, seen, tellSkipped } from './support/agent.ts';

/** So many that reading them takes a good part of a second. */
const files = 15_000;
const skip = tellSkipped('a pid that is used again', needsRoot);

describe.skipIf(skip)('a pid that is another process’s in the middle of a check', () => {
  let dir: string;
  let daemon: Daemon;
  let swapper: ChildProcess;

  beforeAll(async () => {
    dir = temporary();
    daemon = await startDaemon({ flags: ['--workers', '1'] });
  });
  afterAll(async () => {
    swapper?.kill('SIGKILL');
    daemon?.kill('SIGKILL');
    await daemon?.ended();
    if (dir) remove(dir);
  });

  /** Who has the pid, and how to give it to the other one. */
  async function start(): Promise<{ readonly pid: number; swap(): Promise<void>; stop(): Promise<void> }> {
    swapper = spawn('python3', [helper('swap.py'), dir, String(files)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: swapper.stdout as NonNullable<typeof swapper.stdout> });
    const ended = once(swapper, 'exit').then(() => ['it ended']);
    const next = async () => String((await Promise.race([once(lines, 'line'), ended]))[0]);
    const pid = Number((await next()).split(' ')[1]);
    return {
      pid,
      swap: async () => {
        swapper.stdin?.write('\n');
        expect(await next()).toBe(`second ${pid}`);
      },
      stop: async () => {
        swapper.kill('SIGKILL');
        await ended;
      },
    };
  }

  const url = (pid: number, more = '') =>
    `${daemon.http}/v1/processes/${pid}?show=all&timeoutSeconds=60${more}`;
  const sortsOf = ({ json }: Answer) => {
    const held = json.processes[0].files.map(({ path }: { path: string }) => path.replace(`${dir}/`, ''));
    return [...new Set(held)].filter((path) => path === 'a' || path === 'b');
  };

  it.each(['process', 'tree'])('a report of a %s is of neither, or of one of the two', async (scope) => {
    const { pid, swap, stop } = await start();
    const before = await get(url(pid, `&scope=${scope}`));
    expect([before.status, before.json.target.comm, sortsOf(before)]).toEqual([200, 'sort-a', ['a']]);
    const [prober = 0] = holding(daemon.pid).children;
    let answered = false;
    const asked = get(url(pid, `&scope=${scope}`)).finally(() => {
      answered = true;
    });
    await sleep(60);
    process.kill(prober, 'SIGSTOP');
    try {
      await sleep(50);
      expect(answered).toBe(false);
      await swap();
    } finally {
      process.kill(prober, 'SIGCONT');
    }
    expect(seen(await asked)).toBe('404 ProcessNotFound');

    const after = await get(url(pid, `&scope=${scope}`));
    expect([after.status, after.json.target.comm, sortsOf(after)]).toEqual([200, 'sort-b', ['b']]);
    const { startTimeTicks: first } = before.json.target;
    const { startTimeTicks: second } = after.json.target;
    const pinned = (ticks: string) => check(daemon.http, pid, `&startTimeTicks=${ticks}`).then(seen);
    expect(await pinned(first)).toBe('412 TargetReplaced');
    expect(await pinned(second)).toMatch(/^200 /);
    await stop();
    await until(async () => (await pinned(second)) === '404 ProcessNotFound', 'the second is gone as well');
  });
});

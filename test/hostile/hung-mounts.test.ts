import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Daemon, get, holding, startDaemon, until } from '../e2e/support.ts';
import { fuseMissing } from '../support/fuse-missing.ts';
import { koffiMissing } from '../support/live.ts';
import { type Mounts, mounts } from './fuse.ts';

const missing = fuseMissing();
if (missing) console.log(`skipped: mounts that hang: ${missing}`);
if (koffiMissing) console.log(`skipped: mounts that hang, with the native calls: ${koffiMissing}`);

/** What cannot be had without koffi is not had: the daemon as on a machine that koffi has no build for. */
const withoutKoffi = {
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(
    'import Module from "node:module"; const resolve = Module._resolveFilename; Module._resolveFilename = (name, ...more) => { if (name === "koffi") throw new Error("left out"); return resolve(name, ...more); };',
  )}`,
};
const deadlineMs = 2000;
/** Of an answer that waits for nothing, on a machine that has other things to do. */
const atOnceMs = 1500;

type Timed = Answer & { readonly ms: number };
async function ask(agent: Daemon, pid: number | undefined, more = ''): Promise<Timed> {
  const started = performance.now();
  const query = `scope=process&show=all&timeoutSeconds=${deadlineMs / 1000}${more}`;
  const answer = await get(`${agent.http}/v1/processes/${pid}?${query}`);
  return { ...answer, ms: performance.now() - started };
}
const readiness = async (agent: Daemon) => {
  const { text } = await get(`${agent.http}/readyz?verbose`);
  return text.split('\n').find((line) => line.includes('hung mounts')) ?? '';
};

const trusted = async (agent: Daemon) => (await readiness(agent)).startsWith('[+]');

/** Asks until it is learnt what hangs; how often a deadline was missed for it. */
async function learn(agent: Daemon, pid: number | undefined, more?: string): Promise<number> {
  for (let missed = 0; missed < 4; missed++) {
    const answer = await ask(agent, pid, more);
    if (answer.status === 200) return missed;
    expect(answer.json).toMatchObject({ status: 504, code: 'DeadlineExceeded' });
    expect(answer.ms).toBeLessThan(deadlineMs + 800);
  }
  throw new Error('it is not learnt what hangs');
}

describe.skipIf(missing !== undefined)(`mounts that hang${missing ? ` (${missing})` : ''}`, () => {
  let all: Mounts;
  let servers: Record<'inner' | 'outer' | 'loose' | 'proc', ChildProcess>;
  let files: string;
  let procRoot: string;
  let jobs: Record<'job' | 'loose' | 'quiet', ChildProcess>;

  beforeAll(async () => {
    all = mounts();
    const source = all.folder('source');
    copyFileSync('/bin/sleep', join(source, 'job'));
    for (const name of ['file', 'other']) writeFileSync(join(source, name), 'x');
    const [inner, outer, loose] = ['inner', 'outer', 'loose'].map(all.folder) as [string, string, string];
    files = all.folder('files');
    procRoot = all.folder('proc');
    servers = {
      inner: await all.fuse(source, inner),
      outer: await all.fuse(inner, outer),
      loose: await all.fuse(source, loose),
      proc: await all.fuse('/proc', procRoot),
    };
    all.overlay(outer, files);
    // its program, its mappings, its folder and an fd are there
    const shell = (command: string, cwd: string) =>
      spawn('/bin/sh', ['-c', `exec ${command}`], { cwd, stdio: 'ignore' });
    jobs = {
      job: shell('./job 600 3<file', files),
      loose: shell('sleep 600 3<file', loose),
      quiet: spawn('sleep', ['600'], { stdio: 'ignore' }),
    };
    const comm = (job: ChildProcess) => readFileSync(`/proc/${job.pid}/comm`, 'utf8').trim();
    await until(() => comm(jobs.job) === 'job' && comm(jobs.loose) === 'sleep', 'the jobs run');
    all.detach(loose);
    await sleep(1200); // the kernel believes attributes for a second
  }, 30_000);

  afterAll(async () => {
    for (const job of Object.values(jobs ?? {})) job.kill('SIGKILL');
    all?.end();
  });

  const stopped = async (names: readonly (keyof typeof servers)[], act: () => Promise<void>) => {
    for (const name of names) servers[name].kill('SIGSTOP');
    await sleep(1200); // what the kernel believed of their files is forgotten by then
    try {
      await act();
    } finally {
      for (const name of names) servers[name].kill('SIGCONT');
    }
  };
  /** Both probing processes are there before it is timed. */
  const warm = async (agent: Daemon) => {
    const slow = () => get(`${agent.http}/v1/processes/${jobs.quiet.pid}?scope=process&timeoutSeconds=30`);
    const answers = await Promise.all([
      slow(),
      get(`${agent.http}/v1/processes/${process.pid}?scope=process&timeoutSeconds=30`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  };
  const withAgent = async (
    plain: boolean,
    flags: readonly string[],
    act: (agent: Daemon) => Promise<void>,
  ) => {
    const agent = await startDaemon({ flags, environment: plain ? withoutKoffi : {} });
    try {
      await act(agent);
    } finally {
      agent.kill('SIGKILL');
      await agent.ended();
    }
  };

  const variants = [
    { how: 'without the native calls', plain: true },
    ...(koffiMissing ? [] : [{ how: 'with the native calls', plain: false }]),
  ];

  it.each(variants)(
    'a type that tells nothing, $how: one deadline, then ten answers at once, and again trusted when it answers',
    ({ plain }) =>
      withAgent(plain, ['--workers', '2'], async (agent) => {
        await warm(agent);
        expect(await trusted(agent)).toBe(true);
        const before = holding(agent.pid);
        await stopped(['outer'], async () => {
          expect(await learn(agent, jobs.job.pid)).toBe(1);
          await warm(agent);
          for (let i = 0; i < 10; i++) {
            const [answer, quiet] = await Promise.all([ask(agent, jobs.job.pid), ask(agent, jobs.quiet.pid)]);
            expect([answer.status, quiet.status]).toEqual([200, 200]);
            expect(Math.max(answer.ms, quiet.ms)).toBeLessThan(atOnceMs);
            expect(['ready', 'ready-with-options']).not.toContain(answer.json.verdict);
            expect(answer.json.notes.join()).toMatch(
              /does not answer, and was not asked: overlay at .*files \(device 0:/,
            );
            expect(quiet.json.notes).toEqual([]);
            const open = answer.json.processes[0].files.find(({ fd }: { fd?: number }) => fd === 3);
            expect(open).toMatchObject({ path: join(files, 'file'), outcome: 'unknown' });
          }
          expect(await readiness(agent)).toMatch(
            /^\[!\].*overlay \(device 0:\d+\) for \d+ s, tried again in \d+ s$/,
          );
          // two that work, one that hung and perhaps cannot be ended, one that tries
          expect(holding(agent.pid).children.length).toBeLessThanOrEqual(4);
        });
        await until(() => trusted(agent), 'it is trusted again');
        await warm(agent);
        await until(() => holding(agent.pid).children.length === 2, 'who hung or tried is gone');
        expect({ ...holding(agent.pid), children: 2 }).toEqual({
          ...before,
          children: before.children.length,
        });
        const after = await ask(agent, jobs.job.pid);
        expect(after.json.notes).toEqual([]);
        expect(
          after.json.processes[0].files.some(({ outcome }: { outcome: string }) => outcome === 'allowed'),
        ).toBe(true);
      }),
  );

  it('a server that took the request and never answers: who asked cannot be ended, and there are never more than two', () =>
    withAgent(true, ['--workers', '2'], async (agent) => {
      await warm(agent);
      await stopped(['inner'], async () => {
        await learn(agent, jobs.job.pid);
        for (let i = 0; i < 10; i++) {
          const answer = await ask(agent, jobs.job.pid);
          expect(answer.status).toBe(200);
          expect(answer.ms).toBeLessThan(atOnceMs);
          await sleep(100);
        }
        // two that work, one that hung, one that tries
        expect(holding(agent.pid).children.length).toBeLessThanOrEqual(4);
      });
      await until(() => trusted(agent), 'it is trusted again');
      await until(() => holding(agent.pid).children.length <= 2, 'who could not be ended has ended');
    }));

  it('a mount that was detached, which no table lists', () =>
    withAgent(true, [], async (agent) => {
      await warm(agent);
      await stopped(['loose'], async () => {
        // the fd tells its mount, the folder only a path that is another's
        expect(await learn(agent, jobs.loose.pid)).toBe(2);
        await warm(agent);
        const answer = await ask(agent, jobs.loose.pid);
        expect(answer.ms).toBeLessThan(atOnceMs);
        expect(answer.json.notes.join()).toMatch(/was not asked: detached \(mount \d+\)/);
      });
    }));

  it('procfs itself: after one deadline each request is told so at once, the daemon still answers', () =>
    withAgent(false, ['--proc-root', procRoot], async (agent) => {
      // what it looks at when it starts is over
      expect(await trusted(agent)).toBe(true);
      await stopped(['proc'], async () => {
        // nothing that may hang is read by the daemon itself
        const asked = performance.now();
        expect(await trusted(agent)).toBe(true);
        expect(performance.now() - asked).toBeLessThan(atOnceMs);
        const first = await ask(agent, jobs.quiet.pid);
        expect(first.json).toMatchObject({ status: 504, code: 'DeadlineExceeded' });
        for (let i = 0; i < 10; i++) {
          const answer = await ask(agent, jobs.quiet.pid);
          expect(answer.json).toMatchObject({ status: 504, code: 'DeadlineExceeded' });
          expect(answer.json.detail).toMatch(/^procfs at .* has not answered for \d+ s and is not asked/);
          expect(answer.ms).toBeLessThan(atOnceMs);
        }
        expect(await readiness(agent)).toMatch(/^\[-\] hung mounts: .*procfs for/);
        expect((await get(`${agent.http}/readyz`)).status).toBe(503);
        await until(() => holding(agent.pid).children.length === 0, 'nobody is left waiting');
      });
      await until(() => trusted(agent), 'it is asked again');
      expect((await ask(agent, jobs.quiet.pid)).json.code).not.toBe('DeadlineExceeded');
    }));
});

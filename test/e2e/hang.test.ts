import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuseMissing } from '../support/fuse-missing.ts';
import { remove, temporary } from '../support/held.ts';
import { type Daemon, get, holding, startDaemon, until } from './support.ts';

const missing = fuseMissing();
if (missing) console.log(`skipped: a FUSE mount whose server is stopped: ${missing}`);

/** A bindfs of a folder, in the foreground. */
async function mountFuse(source: string, mount: string): Promise<ChildProcess> {
  const server = spawn('bindfs', ['-f', source, mount], { stdio: 'ignore' });
  const mounted = () => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${mount} `);
  await until(mounted, 'bindfs mounts');
  return server;
}

const deadlineMs = 1000;
const timed = async <T>(asked: Promise<T>): Promise<T & { readonly ms: number }> => {
  const started = performance.now();
  const answer = await asked;
  return { ...answer, ms: performance.now() - started };
};

describe.skipIf(missing !== undefined)(
  `a FUSE mount whose server is stopped${missing ? ` (${missing})` : ''}`,
  () => {
    let dir: string;
    let files: string;
    let procRoot: string;
    let servers: ChildProcess[];
    let job: ChildProcess;
    let quiet: ChildProcess;
    let daemon: Daemon;
    let blocked: Daemon;

    beforeAll(async () => {
      dir = temporary();
      files = join(dir, 'mount');
      procRoot = join(dir, 'proc');
      const source = join(dir, 'source');
      for (const folder of [files, procRoot, source]) mkdirSync(folder);
      copyFileSync('/bin/sleep', join(source, 'job'));
      writeFileSync(join(source, 'file'), 'x');
      servers = [await mountFuse(source, files), await mountFuse('/proc', procRoot)];
      // its program, its folder and an fd are there
      job = spawn('/bin/sh', ['-c', 'exec ./job 600 3<>file'], { cwd: files, stdio: 'ignore' });
      quiet = spawn('sleep', ['600'], { stdio: 'ignore' });
      await Promise.all([once(job, 'spawn'), once(quiet, 'spawn')]);
      await until(() => readFileSync(`/proc/${job.pid}/comm`, 'utf8') === 'job\n', 'the job runs');
      daemon = await startDaemon();
      blocked = await startDaemon({ flags: ['--proc-root', procRoot] });
      await sleep(1200); // the kernel believes attributes for a second
      for (const server of servers) server.kill('SIGSTOP');
    });

    afterAll(async () => {
      for (const server of servers ?? []) server.kill('SIGCONT');
      job?.kill('SIGKILL');
      quiet?.kill('SIGKILL');
      for (const one of [daemon, blocked]) {
        one?.kill('SIGKILL');
        await one?.ended();
      }
      for (const mount of [files, procRoot]) {
        if (mount) execFileSync('umount', ['-l', mount], { stdio: 'ignore' });
      }
      for (const server of servers ?? []) server.kill('SIGKILL');
      if (dir) remove(dir);
    });

    const ask = (agent: Daemon, pid: number | undefined, policy: string) =>
      timed(
        get(
          `${agent.http}/v1/processes/${pid}?scope=process&policy=${policy}&timeoutSeconds=${deadlineMs / 1000}`,
        ),
      );

    it.each(['cr-check-file', 'criu'])(
      'a process with files on it, %s: ten answers within the deadline, others not delayed, nothing left',
      async (policy) => {
        // both probing processes are there before it is timed
        const slow = (pid: number | undefined) =>
          get(`${daemon.http}/v1/processes/${pid}?scope=process&policy=${policy}&timeoutSeconds=30`);
        const [first, second] = await Promise.all([slow(job.pid), slow(quiet.pid)]);
        expect([first.status, second.status]).toEqual([200, 200]);
        const about = first.json.findings.filter(({ file }: { file?: { path: string } }) =>
          file?.path.startsWith(files),
        );
        if (policy === 'cr-check-file') expect(about.length).toBeGreaterThanOrEqual(3);
        const round = async () => {
          const [answer, other, live] = await Promise.all([
            ask(daemon, job.pid, policy),
            ask(daemon, quiet.pid, policy),
            timed(get(`${daemon.http}/livez`)),
          ]);
          expect([answer.status, other.status]).toEqual([200, 200]);
          for (const { ms } of [answer, other, live]) expect(ms).toBeLessThan(deadlineMs + 500);
        };
        await round();
        const before = holding(daemon.pid);
        for (let i = 0; i < 10; i++) await round();
        expect(holding(daemon.pid)).toEqual(before);
      },
    );

    it('a read that hangs in earnest: ten times 504 at the deadline, others not delayed, nothing left', async () => {
      // procfs itself is behind the stopped server: no rule of ours keeps the read from hanging
      const round = async () => {
        const hangs = ask(blocked, quiet.pid, 'cr-check-file');
        const live = await timed(get(`${blocked.http}/livez`));
        expect(live.ms).toBeLessThan(500);
        const answer = await hangs;
        expect(answer.json).toMatchObject({ status: 504, code: 'DeadlineExceeded' });
        expect(answer.ms).toBeLessThan(deadlineMs + 1000);
        await until(() => holding(blocked.pid).children.length === 0, 'the child that hung is gone');
      };
      // from the second on it is told at once; a process that tries again comes and goes
      const alone = async () => {
        let held = holding(blocked.pid);
        await until(() => {
          held = holding(blocked.pid);
          return held.children.length === 0;
        }, 'nobody is left waiting');
        return held;
      };
      await round();
      const before = await alone();
      for (let i = 1; i < 10; i++) await round();
      expect(await alone()).toEqual(before);
    });
  },
);

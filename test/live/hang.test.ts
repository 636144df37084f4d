import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { type Built, build } from '../support/built.ts';
import { fuseMissing } from '../support/fuse-missing.ts';
import { remove, temporary } from '../support/held.ts';
import { koffiMissing } from '../support/live.ts';

const missing = fuseMissing();
if (missing) console.log(`skipped: a FUSE mount whose server is stopped: ${missing}`);

interface Held {
  readonly fds: number;
  readonly threads: number;
  readonly children: number;
}
interface Run {
  readonly answers: readonly { readonly report?: Report; readonly code?: string; readonly ms: number }[];
  readonly before: Held;
  readonly after: Held;
  readonly together: readonly number[];
}

const deadlineMs = 1500;

describe.skipIf(missing !== undefined)(
  `a FUSE mount whose server is stopped${missing ? ` (${missing})` : ''}`,
  () => {
    let dir: string;
    let mount: string;
    let server: ChildProcess;
    let job: ChildProcess;
    const built: { native?: Built; plain?: Built } = {};

    beforeAll(async () => {
      built.plain = build({ koffi: false });
      built.native = build({ koffi: true });
      dir = temporary();
      mount = join(dir, 'mount');
      const source = join(dir, 'source');
      mkdirSync(mount);
      mkdirSync(source);
      copyFileSync('/bin/sleep', join(source, 'job'));
      for (const name of ['file', 'named (deleted)']) writeFileSync(join(source, name), 'x');
      server = spawn('bindfs', ['-f', source, mount], { stdio: 'ignore' });
      for (let i = 0; !readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${mount} `); i++) {
        if (i > 200) throw new Error('bindfs did not mount');
        await sleep(20);
      }
      const fds = ['file', 'named (deleted)'].map((name) => openSync(join(mount, name), 'r+'));
      // its exe, cwd, mapping and two fds are on the mount
      job = spawn(join(mount, 'job'), ['600'], { cwd: mount, stdio: ['ignore', 'ignore', 'ignore', ...fds] });
      await once(job, 'spawn');
      await sleep(1200); // the kernel believes attributes for a second
      server.kill('SIGSTOP');
      for (const fd of fds) closeLater(fd);
    }, 30_000);

    const later: number[] = [];
    /** close(2) asks the server (FUSE_FLUSH): not before it runs again. */
    const closeLater = (fd: number) => later.push(fd);

    afterAll(async () => {
      server?.kill('SIGCONT');
      job?.kill('SIGKILL');
      for (const fd of later) closeSync(fd);
      if (mount) {
        try {
          execFileSync('umount', ['-l', mount], { stdio: 'ignore' });
        } catch {
          // was not mounted
        }
      }
      server?.kill('SIGKILL');
      if (dir) remove(dir);
      built.native?.remove();
      built.plain?.remove();
    });

    const run = (which: 'native' | 'plain', more: object = {}) =>
      (built[which] as Built).run<Run>('engine-run.js', {
        pid: job.pid,
        times: 10,
        deadlineMs,
        procRoot: '/proc',
        ...more,
      });

    it.skipIf(koffiMissing !== undefined)(
      'with the native calls the answer is whole, and at once',
      async () => {
        const { answers, before, after } = await run('native');
        expect(answers.map(({ code }) => code).filter(Boolean)).toEqual([]);
        expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(2000);
        expect(after).toEqual(before);
        const files = answers.at(-1)?.report?.processes[0]?.files ?? [];
        const on = files.filter(({ path }) => path.startsWith(mount));
        expect(on.map(({ via, fd }) => fd ?? via)).toEqual([3, 4, 'cwd', 'exe', 'map']);
        expect(on.map(({ kind }) => kind)).toEqual(['regular', 'regular', 'directory', 'regular', 'regular']);
        expect(on[0]).toMatchObject({ facts: { fsType: 'fuse', fsRequiresDevice: false, deleted: false } });
        // whether that is its name only the server could tell
        expect(on[1]?.facts.deleted).toBeNull();
        expect(on.every(({ outcome }) => outcome === 'refused')).toBe(true);
      },
    );

    it('without them its files are unknown, and the answer comes at once as well', async () => {
      const { answers, before, after } = await run('plain');
      expect(answers.map(({ code }) => code).filter(Boolean)).toEqual([]);
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(2000);
      expect(after).toEqual(before);
      const report = answers.at(-1)?.report;
      const on = report?.processes[0]?.files.filter(({ path }) => path.startsWith(mount)) ?? [];
      expect(on.map(({ outcome }) => outcome)).toEqual(Array(5).fill('unknown'));
      expect(report?.unread.filter(({ errno }) => errno === 'EWOULDBLOCK')).toHaveLength(5);
    });

    it('what hangs in earnest costs its deadline, and nothing is left of it', async () => {
      const { answers, before, after, together } = await run('plain', {
        procRoot: mount,
        times: 5,
        deadlineMs: 300,
      });
      expect(answers.map(({ code }) => code)).toEqual(Array(5).fill('DeadlineExceeded'));
      for (const ms of [...answers.map((answer) => answer.ms), ...together]) expect(ms).toBeLessThan(1500);
      expect(after).toEqual(before);
    });
  },
);

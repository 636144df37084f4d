import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { get, withDaemon } from './support.ts';

/** Enough for a second thread: pipes, sockets, files, anonymous inodes. */
const holder = `
import os, socket
kept = [[os.pipe(), socket.socketpair(), os.open('/dev/null', 0), os.open('/', 0), os.eventfd(n)] for n in range(40)]
print('ready', flush=True)
input()
`;

const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
  );
const threads = (pid: number): number => readdirSync(`/proc/${pid}/task`).length;

it('a process with many files is read by two threads, and the report is the same', async () => {
  const child = spawn('python3', ['-c', holder], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    await withDaemon({ flags: ['--workers', '1', '--file-iterator', 'off'] }, async ({ pid, http }) => {
      const ask = async (of = child.pid) => {
        const { json } = await get(`${http}/v1/processes/${of}?show=all&scope=process`);
        const { durationMs, observedAt, ...report } = json as Report;
        return report;
      };
      // few files: none is needed
      const small = spawn('sleep', ['60'], { stdio: 'ignore' });
      await ask(small.pid);
      small.kill();
      const [prober, ...others] = childrenOf(pid) as [number];
      expect(others).toEqual([]);
      const before = threads(prober);
      const alone = await ask();
      expect(alone.counts.files).toBeGreaterThan(280);
      let later = alone;
      // it is started by the first such request, and nobody waits for it
      for (let i = 0; i < 40; i++) later = await ask();
      expect(threads(prober)).toBe(before + 1);
      expect(later).toEqual(alone);
    });
  } finally {
    child.kill();
  }
});

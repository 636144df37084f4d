import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { get, until, withDaemon } from '../e2e/support.ts';
import { agentPid, check, childrenOf, needsRoot, seen, tellSkipped } from './support/agent.ts';

const skip = tellSkipped('an agent whose clock or whose procfs is of another namespace', needsRoot);
const ticksOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[19] as string;

/** Of the clock that runs on in suspend: as far back as there was a clock, and far ahead. */
const uptime = Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));
const shifts = [
  ['began a second ago', 1 - uptime],
  ['is ten years ahead', 315_360_000],
] as const;

const started: ChildProcess[] = [];
async function start(command: string, ...args: readonly string[]): Promise<{ readonly pid: number }> {
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  started.push(child);
  await once(child, 'spawn');
  return { pid: child.pid as number };
}
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe.skipIf(skip)('a time namespace', () => {
  it.each(shifts)('whose clock %s: a start time pins as ever', async (_, shift) => {
    const within = ['unshare', '-fT', '--kill-child', `--monotonic=${shift}`, `--boottime=${shift}`];
    const one = await start('sleep', '600');
    await withDaemon({ within, flags: ['--workers', '1'] }, async (daemon) => {
      const pinned = (pid: number, ticks: bigint) => check(daemon.http, pid, `&startTimeTicks=${ticks}`);
      for (const pid of [1, one.pid]) {
        const ticks = BigInt((await check(daemon.http, pid)).json.target.startTimeTicks);
        const inside = BigInt(ticksOf(pid)) + BigInt(shift) * 100n;
        // it has no sign: what began before the clock did began at the end of time, 2^64 ns
        const expected = inside < 0n ? 2n ** 64n / 10_000_000n + inside : inside;
        expect(Number(ticks - expected)).toBeCloseTo(0, -1);
        expect((await pinned(pid, ticks)).status).toBe(200);
        expect(seen(await pinned(pid, ticks + 1n))).toBe('412 TargetReplaced');
      }
      const { observedAt } = (await check(daemon.http, one.pid)).json;
      expect(Math.abs(Date.parse(observedAt) - Date.now())).toBeLessThan(60_000);
    });
  });
});

describe.skipIf(skip)('the procfs of another pid namespace', () => {
  it('is read, and nobody is asked by a number that is another process’s', async () => {
    // below its process 1 are two that have the numbers of this one and its parent
    const numbered = (pid: number, command: string) =>
      `echo ${pid - 1} >/proc/sys/kernel/ns_last_pid; ${command} & wait`;
    const [self, parent] = [process.pid, process.ppid];
    const script = numbered(parent, `sh -c '${numbered(self, 'sleep 600')}'`);
    const outer = await start('unshare', '-pf', '--kill-child', '--mount-proc', 'sh', '-c', script);
    let init = 0;
    await until(() => {
      init = childrenOf(outer.pid)[0] ?? 0;
      return childrenOf(init).flatMap(childrenOf).length === 1;
    }, 'they are there');
    const flags = ['--proc-root', `/proc/${init}/root/proc`];
    await withDaemon({ flags }, async (daemon) => {
      const { status, json } = await get(`${daemon.http}/v1/processes/${parent}?show=all`);
      expect([status, json.target.comm, json.verdict]).toEqual([200, 'sh', 'unknown']);
      expect(json.processes.map(({ pid }: { pid: number }) => pid)).toEqual([parent, self]);
      for (const { facts } of json.processes)
        expect(facts).toMatchObject({ sharesMemory: null, sharesFs: null });
      expect(seen(await check(daemon.http, agentPid(daemon)))).toBe('404 ProcessNotFound');
      const { text } = await get(`${daemon.http}/readyz?verbose`);
      expect(text).toMatch(/^\[!\] pids: procfs is of another pid namespace: /m);
    });
  });
});

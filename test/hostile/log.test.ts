import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Daemon, get, startDaemon, until, withDaemon } from '../e2e/support.ts';
import { remove, temporary } from '../support/held.ts';
import { agentPid, check, descendants, needsRoot, tellSkipped } from './support/agent.ts';

const skip = tellSkipped('a log on a full disk', needsRoot);

/** Each of them is a line of the log. */
async function talk({ http }: Daemon, times: number): Promise<readonly number[]> {
  const seen = new Set<number>();
  for (let i = 0; i < times; i++) seen.add((await get(`${http}/v1/nothing`)).status);
  return [...seen];
}

const answers = async ({ http }: Daemon): Promise<void> =>
  expect((await check(http, process.pid)).status).toBe(200);

describe('a log that cannot be written', () => {
  it.skipIf(skip)(
    'a full disk: it answers, says later how many lines were lost, and ends when told to',
    async () => {
      const dir = temporary();
      const disk = join(dir, 'disk');
      const [logFile, filler] = [join(disk, 'log'), join(disk, 'filler')];
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
      const fill = () => expect(() => writeFileSync(filler, Buffer.alloc(1 << 20))).toThrow(/ENOSPC/);
      try {
        const daemon = await startDaemon({ logFile });
        fill();
        expect(await talk(daemon, 100)).toEqual([404]);
        await answers(daemon);
        rmSync(filler);
        const log = () => readFileSync(logFile, 'utf8');
        await until(async () => {
          await talk(daemon, 1);
          return log().includes('lines of the log were lost');
        }, 'it says that lines were lost');
        const note =
          log()
            .split('\n')
            .find((line) => line.includes('were lost')) ?? '';
        expect(JSON.parse(note).lines).toBeGreaterThan(50);
        fill();
        expect(await talk(daemon, 40)).toEqual([404]);
        const began = performance.now();
        expect((await daemon.stop()).code).toBe(0);
        expect(performance.now() - began).toBeLessThan(5000);
      } finally {
        execFileSync('umount', ['-l', disk]);
        remove(dir);
      }
    },
  );

  it('a pipe that nobody reads any more: it answers, and ends when told to', () => {
    const reads2 = 'read a; echo "$a"; read b; echo "$b"; exec sleep 600';
    return withDaemon({ within: ['sh', '-c', `"$@" | { ${reads2}; }`, '-'] }, async (daemon) => {
      const agent = agentPid(daemon);
      expect(await talk(daemon, 600)).toEqual([404]);
      await answers(daemon);
      process.kill(agent, 'SIGTERM');
      await until(() => !isThere(agent), 'it has ended').finally(() => {
        for (const pid of descendants(daemon.pid)) process.kill(pid, 'SIGKILL');
      });
    });
  });
});

function isThere(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { iteratorMissing } from '../support/iterating.ts';
import { get, withDaemon } from './support.ts';

const lineOf = async (http: string): Promise<string | undefined> => {
  const { text } = await get(`${http}/readyz?verbose`);
  return text.split('\n').find((line) => line.includes('file iterator'));
};

/** Files of many kinds, of which each is told or asked. */
const holder = `
import fcntl, os, select, socket, sys, tempfile
kept = [open('/dev/null'), tempfile.TemporaryFile(), socket.create_server(('127.0.0.1', 0)), os.eventfd(1), *os.pipe()]
a, b = socket.socketpair(); b.send(b'x'); kept += [a, b, socket.create_connection(kept[2].getsockname())]
kept[1].write(b'x' * 2_000_000); kept[1].flush(); fcntl.flock(kept[1], fcntl.LOCK_EX)
epoll = select.epoll(); epoll.register(kept[3], 1); print(1, flush=True); sys.stdin.read()
`;

it('says whether files are told by the iterator, and the same of them either way', async () => {
  const child = spawn('python3', ['-c', holder], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const ask = async (http: string, policy: string) => {
    const { json } = await get(`${http}/v1/processes/${child.pid}?show=all&policy=${policy}`);
    const { durationMs: _, observedAt: __, ...report } = json as Report;
    return report;
  };
  const policies = ['criu', 'cr-check-file'];
  const flags = ['--workers', '1', '--sweep-interval-seconds', '0'];
  try {
    const off = await withDaemon({ flags: [...flags, '--file-iterator', 'off'] }, async ({ http }) => {
      const reports = [];
      for (const policy of policies) reports.push(await ask(http, policy));
      expect(await lineOf(http)).toBe(
        '[+] file iterator: open files are read one by one, which takes longer (switched off)',
      );
      return reports;
    });
    const on = await withDaemon({ flags }, async ({ http }) => {
      await ask(http, 'criu');
      // the process that answers asks for it once it has answered
      for (let tries = 0; (await lineOf(http))?.includes('not asked for yet'); tries++) {
        expect(tries).toBeLessThan(100);
        await sleep(50);
      }
      const reports = [];
      for (const policy of policies) reports.push(await ask(http, policy));
      const expected =
        iteratorMissing === undefined
          ? "[+] file iterator: open files are told by the kernel's iterator over them"
          : `[+] file iterator: open files are read one by one, which takes longer (${iteratorMissing})`;
      expect(await lineOf(http)).toBe(expected);
      return reports;
    });
    expect(on).toEqual(off);
    expect(on.map(({ verdict }) => verdict)).toEqual(['ready-with-options', 'not-ready']);
  } finally {
    child.kill();
  }
});

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Daemon,
  get,
  holding,
  main,
  nobody,
  run,
  startDaemon,
  until,
  withDaemon,
} from '../e2e/support.ts';
import { remove, temporary } from '../support/held.ts';
import { check, helper, needsRoot, seen, tellSkipped } from './support/agent.ts';

/** Of a process that runs. */
const limit = (pid: number, limits: string, user?: number) =>
  execFileSync('prlimit', ['--pid', String(pid), limits], user === undefined ? {} : { uid: user, gid: user });

const prober = ({ pid }: Daemon): number => holding(pid).children[0] as number;

/** The limit that leaves it so many descriptors more. */
function limitWith(free: number, pid: number): number {
  const used = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let limit = 0;
  for (let left = free; left > 0; limit++) if (!used.has(limit)) left -= 1;
  return limit;
}

async function endProber(daemon: Daemon): Promise<void> {
  process.kill(prober(daemon), 'SIGKILL');
  await until(() => holding(daemon.pid).children.length === 0, 'no probing process is left');
}

describe('64 descriptors', () => {
  it('are too few to start with: said in one line', async () => {
    const { code, stderr } = await run('prlimit', ['--nofile=64', process.execPath, main, 'serve']);
    expect(stderr).toBe(
      'checkpointable: 64 files may be open at once, expected 256 at least: ulimit -Hn, LimitNOFILE=\n',
    );
    expect(code).toBe(71);
  });

  it('all in use by connections: whoever is in is answered, and everyone once they are free again', () =>
    withDaemon({ flags: ['--workers', '1'] }, async (daemon) => {
      const { http, pid } = daemon;
      expect((await check(http, process.pid)).status).toBe(200);
      const before = holding(pid);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const inside = (path: string) => ask(agent, `${http}${path}`);
      expect(await inside('/livez')).toBe('200 ');
      limit(pid, '--nofile=64:');
      const others = await crowd(new URL(http), 120);
      const asked = `/v1/processes/${process.pid}?scope=process`;
      expect(await inside(asked)).toMatch(/^200 /);
      await endProber(daemon);
      // a new one takes descriptors, and there are none
      expect(await inside(asked)).toBe('500 Internal');
      expect(await inside('/livez')).toBe('200 ');
      for (const socket of others) socket.destroy();
      await until(async () => (await inside(asked)).startsWith('200 '), 'it is answered again');
      expect((await check(http, process.pid)).status).toBe(200);
      agent.destroy();
      await until(() => holding(pid).fds <= before.fds, 'no descriptor more than before');
      expect(holding(pid).children).toHaveLength(1);
    }));

  it.each([1, 3, 4, 5])('%i are too few for a probing process, and none is lost', (free) =>
    withDaemon({ flags: ['--workers', '1'] }, async (daemon) => {
      const { http, pid } = daemon;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const inside = () => ask(agent, `${http}/v1/processes/${process.pid}?scope=process`);
      expect(await inside()).toMatch(/^200 /);
      const before = holding(pid).fds;
      await endProber(daemon);
      await until(() => holding(pid).fds === before - 2, 'its channel and its pipe are closed');
      limit(pid, `--nofile=${limitWith(free, pid)}:`);
      for (let tries = 0; tries < 3; tries++) expect(await inside()).toBe('500 Internal');
      limit(pid, '--nofile=1024:');
      expect(await inside()).toMatch(/^200 /);
      expect(holding(pid).fds).toBe(before);
      agent.destroy();
    }),
  );
});

const skipProcesses = tellSkipped('a limit of processes', needsRoot);
describe.skipIf(skipProcesses)('no process more', () => {
  it('where the next cannot be started its check is an error, and the daemon goes on', () =>
    withDaemon({ user: nobody, flags: ['--workers', '1'] }, async (daemon) => {
      const { http, pid } = daemon;
      const url = `${http}/v1/processes/${pid}?scope=process`;
      expect((await get(url)).status).toBe(200);
      await endProber(daemon);
      limit(pid, '--nproc=1:', nobody);
      expect(seen(await get(url))).toBe('500 Internal');
      limit(pid, '--nproc=4096:', nobody);
      expect((await get(url)).status).toBe(200);
    }));
});

describe('no memory', () => {
  const files = 8000;
  let dir: string;
  let daemon: Daemon;
  let holder: ChildProcess;
  let target: number;
  beforeAll(async () => {
    dir = temporary();
    holder = spawn('python3', [helper('swap.py'), dir, String(files)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: holder.stdout as NonNullable<typeof holder.stdout> });
    target = Number(String((await once(lines, 'line'))[0]).split(' ')[1]);
    daemon = await startDaemon({ flags: ['--workers', '1'] });
  });
  afterAll(async () => {
    holder?.kill('SIGKILL');
    daemon?.kill('SIGKILL');
    await daemon?.ended();
    if (dir) remove(dir);
  });

  it('a probing process dies of it: an error and no verdict, and the next is right', async () => {
    const url = `${daemon.http}/v1/processes/${target}?show=all`;
    expect((await check(daemon.http, process.pid)).status).toBe(200);
    const first = prober(daemon);
    const used = Number(/^VmSize:\s+(\d+) kB/m.exec(readFileSync(`/proc/${first}/status`, 'utf8'))?.[1]);
    limit(first, `--as=${(used + 4096) * 1024}:`);
    expect(seen(await get(url))).toBe('500 Internal');
    const next = await get(url);
    expect(next.status).toBe(200);
    expect(next.json.counts.files).toBeGreaterThan(files);
    expect(prober(daemon)).not.toBe(first);
  });
});

function ask(agent: Agent, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      reply.on('end', () => {
        const { code, verdict } = text.startsWith('{') ? JSON.parse(text) : {};
        resolve(`${reply.statusCode} ${code ?? verdict ?? ''}`);
      });
    });
    sent.on('error', reject).end();
  });
}

/** Connections that say nothing; those there is no descriptor for are closed by the other side. */
async function crowd({ hostname, port }: URL, number: number): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: number }, () => connect(Number(port), hostname).on('error', () => {}));
  await sleep(500);
  return sockets;
}

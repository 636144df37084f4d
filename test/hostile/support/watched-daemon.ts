import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Daemon, type DaemonOptions, get, startDaemon, until } from '../../e2e/support.ts';
import { remove, temporary } from '../../support/held.ts';

/** What a process holds once garbage is collected. */
export interface Level {
  readonly rssMiB: number;
  readonly heapMiB: number;
  /** Sockets, timers, pipes, as node counts them. */
  readonly handles: number;
  readonly fds: number;
  readonly threads: number;
  readonly children: number;
  /** The longest time its main loop was busy at a stretch, since the level before. */
  readonly busyMs: number;
}

export interface WatchedDaemon extends Daemon {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** A process that does nothing, to be asked about. */
  readonly target: number;
  level(): Promise<Level>;
}

/** A daemon whose insides can be looked at, by a script loaded before it: see gauge.js. */
export async function startWatched({
  environment = {},
  ...options
}: DaemonOptions = {}): Promise<WatchedDaemon> {
  const dir = temporary();
  const gauge = join(dir, 'gauge.json');
  const daemon = await startDaemon({
    ...options,
    environment: {
      ...environment,
      HOSTILE_GAUGE: gauge,
      NODE_OPTIONS: `--import ${join(import.meta.dirname, 'gauge.js')}`,
    },
  });
  const quiet = spawn('sleep', ['3600'], { stdio: 'ignore' });
  const { pid } = daemon;
  const level = async (): Promise<Level> => {
    rmSync(gauge, { force: true });
    daemon.kill('SIGUSR2');
    await until(() => existsSync(gauge), 'the gauge is written');
    const { rss, heapUsed, arrayBuffers, handles, busyMs } = JSON.parse(readFileSync(gauge, 'utf8'));
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean),
    );
    return {
      rssMiB: mebibytes(rss),
      heapMiB: mebibytes(heapUsed + arrayBuffers),
      handles,
      fds: readdirSync(`/proc/${pid}/fd`).length,
      threads: tasks.length,
      children: children.length,
      busyMs: Math.round(busyMs * 10) / 10,
    };
  };
  return {
    ...daemon,
    httpPort: Number(new URL(daemon.http).port),
    grpcPort: Number(daemon.grpc.split(':').pop()),
    target: quiet.pid as number,
    level,
    ended: daemon.ended,
    stop: () =>
      daemon.stop().finally(() => {
        quiet.kill();
        remove(dir);
      }),
  };
}

const mebibytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;

/** As it was before, within what a heap that has once grown keeps, and a connection or two of ours. */
const slack = { heapMiB: 12, handles: 4, fds: 4, threads: 2, children: 1 } as const;

/** Waits until the daemon holds no more than before; what it still holds where it does not, by name. */
export async function settled(daemon: WatchedDaemon, before: Level, withinMs = 40_000): Promise<string> {
  const until = performance.now() + withinMs;
  for (;;) {
    const now = await daemon.level();
    const more = Object.entries(slack).flatMap(([what, most]) => {
      const [was, is] = [before[what as keyof Level], now[what as keyof Level]];
      return is > was + most ? [`${what}: ${was} before, ${is} now`] : [];
    });
    if (more.length === 0) return 'as before';
    if (performance.now() > until) return more.join('; ');
    await sleep(500);
  }
}

/** What it holds when all its probing processes are there, and nobody asks. */
export async function levelAtRest(daemon: WatchedDaemon): Promise<Level> {
  const url = `${daemon.http}/v1/processes/${daemon.target}?scope=process&timeoutSeconds=30&option=`;
  await Promise.all(['file-locks', 'shell-job', 'leave-running'].map((option) => get(url + option)));
  return daemon.level();
}

/** Others are answered: a probe, a check over REST on connections of their own. */
export async function answersOthers({ http, target }: WatchedDaemon): Promise<readonly number[]> {
  const close = { headers: { connection: 'close' } };
  const live = get(`${http}/livez`, close);
  const check = get(`${http}/v1/processes/${target}?scope=process&format=json&timeoutSeconds=30`, close);
  return [(await live).status, (await check).status];
}

/** As `until`, for what takes its time where much else runs. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (holds()) return;
    await sleep(100);
  }
  throw new Error(`not within forty seconds: ${what}`);
}

/** The sum of the series of a metric whose name and labels begin so. */
export async function metric({ http }: Daemon, beginning: string): Promise<number> {
  const { text } = await get(`${http}/metrics`);
  const lines = text.split('\n').filter((line) => line.startsWith(beginning));
  if (lines.length === 0) throw new Error(`no series ${beginning}`);
  return lines.reduce((sum, line) => sum + Number(line.split(' ').pop()), 0);
}

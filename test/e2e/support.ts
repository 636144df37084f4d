import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/policy/report.ts';
import { remove, temporary } from '../support/held.ts';

export { isRoot } from '../support/root.ts';

export const project = fileURLToPath(new URL('../..', import.meta.url));
export const main = join(project, 'dist/main.js');
/** Of node, with which `npm start` starts it. */
const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
export const nodeFlags: readonly string[] = (scripts.start as string)
  .split(' ')
  .filter((word) => word.startsWith('--'));
export const ownPolicies = join(project, 'test/e2e/policies');
/** Of Debian: an ordinary user without any right. */
export const nobody = 65_534;

if (!existsSync(main)) throw new Error('dist/main.js is not there: expected `npm run build` before test:e2e');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Ended> {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output = collect(child);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, ...output };
}

export const cli = (args: readonly string[], options: SpawnOptions = {}): Promise<Ended> =>
  run(process.execPath, [main, ...args], options);

function collect(child: ChildProcess): { stdout: string; stderr: string } {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return output;
}

export interface Daemon {
  readonly pid: number;
  /** `http://127.0.0.1:40001`. */
  readonly http: string;
  /** `127.0.0.1:40002`. */
  readonly grpc: string;
  /** Of its unix socket. */
  readonly socket: string;
  readonly output: { readonly stdout: string; readonly stderr: string };
  kill(signal: NodeJS.Signals): void;
  /** How it ended. */
  ended(): Promise<Ended>;
  /** SIGTERM, and the end of it. */
  stop(): Promise<Ended>;
}

export interface DaemonOptions {
  readonly flags?: readonly string[];
  readonly user?: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** A command that runs it, as `prlimit --nofile=64`. */
  readonly within?: readonly string[];
  /** Where its stdout and stderr go, instead of into `output`. */
  readonly logFile?: string;
}

/** Starts the built daemon on free ports and a unix socket of its own, and waits until it says that it listens. */
export async function startDaemon({
  flags = [],
  user,
  environment = {},
  within = [],
  logFile,
}: DaemonOptions = {}): Promise<Daemon> {
  const dir = temporary();
  const socket = join(dir, 'run', 'agent.sock');
  const addresses = ['--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0', '--grpc-socket', socket];
  // no sweep of its own accord disturbs what a test counts, and a test is one caller; of a flag given twice the last counts
  const quiet = ['--sweep-interval-seconds', '0', '--client-rate', '0', '--client-checks', '0'];
  const [command = '', ...args] = [
    ...within,
    process.execPath,
    ...nodeFlags,
    main,
    'serve',
    ...addresses,
    ...quiet,
    ...flags,
  ];
  const log = logFile === undefined ? 'pipe' : openSync(logFile, 'a');
  const child = spawn(command, args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...environment },
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  if (typeof log === 'number') closeSync(log);
  const output = collect(child);
  const said = () => (logFile === undefined ? output.stdout : readFileSync(logFile, 'utf8'));
  const closed = once(child, 'close').then(([code, signal]): Ended => {
    remove(dir);
    return { code, signal, ...output };
  });
  const line = /REST (https?:\/\/\S+) {2}gRPC (\S+)/;
  const listens = async (): Promise<readonly string[]> => {
    for (let tries = 0; tries < 1500; tries++) {
      const match = line.exec(said());
      if (match?.[2] !== undefined && said().includes('Try: ')) return match;
      if (child.exitCode !== null) break;
      await sleep(20);
    }
    child.kill('SIGKILL');
    throw new Error(`the daemon does not listen: ${said()}${output.stderr}`);
  };
  const [, http = '', grpc = ''] = await listens();
  return {
    pid: child.pid as number,
    http,
    grpc,
    socket,
    output,
    kill: (signal) => void child.kill(signal),
    ended: () => closed,
    stop: () => {
      child.kill('SIGTERM');
      return closed;
    },
  };
}

/** Starts one, hands it over, and stops it whatever happens. */
export async function withDaemon<T>(options: DaemonOptions, use: (daemon: Daemon) => Promise<T>): Promise<T> {
  const daemon = await startDaemon(options);
  try {
    return await use(daemon);
  } finally {
    daemon.kill('SIGKILL');
    await daemon.ended();
  }
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire, as it came
  readonly json: any;
}

export async function get(url: string, init: RequestInit = {}): Promise<Answer> {
  const reply = await fetch(url, init);
  const text = await reply.text();
  const type = reply.headers.get('content-type') ?? '';
  const json = /json/.test(type) ? JSON.parse(text) : undefined;
  return { status: reply.status, type, headers: reply.headers, text, json };
}

export const post = (url: string, body: unknown): Promise<Answer> =>
  get(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** A report without what differs each time it is asked for. */
export function timeless({
  observedAt,
  durationMs,
  ...report
}: Report): Omit<Report, 'observedAt' | 'durationMs'> {
  return report;
}

export interface Holding {
  readonly fds: number;
  readonly threads: number;
  readonly children: readonly number[];
}

/** What a process holds; connections of clients, which come and go as they like, are left out. */
export function holding(pid: number): Holding {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const connections = readFileSync(`/proc/${pid}/net/tcp`, 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state !== '0A')
    .map((fields) => `socket:[${fields[9]}]`);
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  return {
    fds: links.filter((link) => !connections.includes(link)).length,
    threads: tasks.length,
    children: tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    ),
  };
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return 'gone';
  }
}

export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await holds()) return;
    await sleep(20);
  }
  throw new Error(`not within ten seconds: ${what}`);
}

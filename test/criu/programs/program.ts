import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { killTree, treeOf } from '../holder.ts';

const reaper = fileURLToPath(new URL('./reaper.py', import.meta.url));

export interface Running {
  /** Root of the tree to dump. */
  readonly pid: number;
  stop(): Promise<void>;
  /** Where the program is dumped by something else than `criu dump`: a container by its runtime. */
  dump?(options: readonly string[], images: string): Promise<{ readonly ok: boolean; readonly log: string }>;
}

export interface Program {
  readonly name: string;
  /** Debian packages it comes from. */
  readonly packages: readonly string[];
  /** What must exist, else it is skipped. */
  readonly binary: string;
  /** A plain dump, as seen on a real machine. */
  readonly dump: 'ok' | 'refused';
  /** Where the answer depends on the machine: CRIU with CAP_SYS_RESOURCE dumps other users' processes too. */
  readonly needs?: string;
  readonly log?: RegExp;
  readonly lift?: readonly string[];
  readonly liftFails?: boolean;
  /** Tried where given: dump (with lift), kill the tree, restore. */
  readonly restore?: 'ok' | 'fails';
  /** Starts it in an empty folder; it is ready to serve when the promise resolves. */
  start(dir: string): Promise<Running>;
}

/** Starts a program as a session leader without terminal; what it leaves behind is adopted, and killed at the end. */
export async function launch(
  dir: string,
  command: readonly string[],
  ready: () => boolean | Promise<boolean> = () => true,
): Promise<Running> {
  const env = { ...process.env, TERM: 'xterm' };
  const child = spawn('/usr/bin/python3', [reaper, ...command], {
    cwd: dir,
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const pid = Number(line);
  const stop = async (): Promise<void> => {
    await killTree(pid);
    child.stdin.end();
    await ended;
  };
  try {
    await until(ready, command[0] ?? '');
    await settle(pid);
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid, stop };
}

/** Waits until the tree is the same for a while: what has just started forks. */
async function settle(pid: number): Promise<void> {
  let before = '';
  await until(async () => {
    await sleep(40);
    const now = treeOf(pid).join(' ');
    const same = now === before;
    before = now;
    return same;
  }, 'the tree');
}

export async function until(ready: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await ready()) return;
    await sleep(10);
  }
  throw new Error(`${what} does not get ready`);
}

/** Whether somebody listens on a port of the loopback. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function runs(binary: string): Promise<boolean> {
  return access(binary, constants.X_OK).then(
    () => true,
    () => false,
  );
}

import { execFileSync, type StdioOptions, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { remove, temporary } from './held.ts';
import { bundle, type Recipe } from './runc-bundle.ts';
import { type ConsoleHolder, holdConsole } from './runc-console.ts';

export type { Recipe } from './runc-bundle.ts';

export interface Container {
  /** 64 hexadecimal digits, as containerd gives. */
  readonly id: string;
  readonly podUid: string;
  readonly pid: number;
  readonly cgroup: string;
  /** Bundle: `rootfs`, `config.json`. */
  readonly dir: string;
  readonly rootfs: string;
  /** `runc exec -d`; the pid of what runs. */
  exec(args: readonly string[], stdio?: StdioOptions): Promise<number>;
  /** Any other of runc's commands. */
  runc(...args: readonly string[]): Promise<Said>;
  stop(): Promise<void>;
}

export interface Said {
  readonly ok: boolean;
  /** It took too long, and was killed. */
  readonly late: boolean;
  readonly text: string;
}

/** Why no container can be run here; undefined: one can. */
export function noRunc(): string | undefined {
  if (process.getuid?.() !== 0) return 'containers need root';
  if (!existsSync('/bin/busybox')) return 'no /bin/busybox: expected the package busybox-static';
  try {
    execFileSync('runc', ['--version'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `runc does not run: ${(error as Error).message}`;
  }
}

/**
 * Starts a container in the cgroup of a kubelet's pod, below a folder of the test's own, and waits until its program
 * has made /ready. What a test that fails leaves behind is removed by `stop`.
 */
export async function startContainer(recipe: Recipe = {}): Promise<Container> {
  const id = recipe.id ?? randomBytes(32).toString('hex');
  const podUid = recipe.podUid ?? randomUUID();
  const top = recipe.top ?? `/checkpointable-${id.slice(0, 12)}`;
  const cgroup = `${top}/kubepods/burstable/pod${podUid}/${id}`;
  const dir = temporary();
  const rootfs = join(dir, 'rootfs');
  const pidFile = join(dir, 'pid');
  let master: ConsoleHolder | undefined;
  let pid = 0;
  const stop = async () => {
    // what a test has moved beside it is its own too, where the folder is
    await endAll(recipe.top === undefined ? top : cgroup);
    await say(['delete', '--force', id]);
    master?.stop();
    await removeCgroups(recipe.top === undefined ? top : cgroup);
    for (const folder of foldersOf(top)) removeFolders(folder);
    if (recipe.overlay === true) execFileSync('umount', [rootfs]);
    remove(dir);
  };
  try {
    bundle(dir, cgroup, recipe);
    if (recipe.terminal === true) master = await holdConsole(join(dir, 'console'));
    const terminal = master === undefined ? [] : ['--console-socket', join(dir, 'console')];
    const [command, detach] = recipe.created === true ? ['create', []] : ['run', ['--detach']];
    const kept = Array.isArray(recipe.stdio) ? Math.max(recipe.stdio.length - 3, 0) : 0;
    const flags = ['--preserve-fds', String(kept), ...(recipe.flags ?? [])];
    const args = [command, ...detach, '--bundle', dir, '--pid-file', pidFile, ...flags, ...terminal, id];
    await detached(args, recipe.stdio ?? 'ignore', join(dir, 'runc.log'));
    pid = Number(readFileSync(pidFile, 'utf8'));
    if (recipe.created !== true) await ready(rootfs, pid);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    id,
    podUid,
    pid,
    cgroup,
    dir,
    rootfs,
    runc: (...args) => say(args),
    exec: async (args, stdio = 'ignore') => {
      const file = join(dir, `pid-${randomBytes(4).toString('hex')}`);
      await detached(['exec', '--detach', '--pid-file', file, id, ...args], stdio, join(dir, 'runc.log'));
      return Number(readFileSync(file, 'utf8'));
    },
    stop,
  };
}

/** What is started inherits the stdio, so that it ends with the command's exit and not with that of its output. */
async function detached(args: readonly string[], stdio: StdioOptions, log: string): Promise<void> {
  const child = spawn('runc', ['--log', log, ...args], { stdio });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`runc ${args[0]} ended with ${code}: ${textOf(log)}`);
}

/** Ends it with all that it has begun where it takes too long. */
async function say(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  limitMs = 30_000,
): Promise<Said> {
  const env = { ...process.env, ...environment };
  const child = spawn('runc', args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      text += String(piece);
    });
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    process.kill(-(child.pid as number), 'SIGKILL');
  }, limitMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { ok: code === 0, late, text };
}

export interface Checkpoint extends Said {
  /** Lines of CRIU's log that begin with Error. */
  readonly errors: readonly string[];
}

/** `runc checkpoint`, which finds criu in PATH; images and log go to the folder. The container runs on. */
export async function checkpoint(
  { id }: Pick<Container, 'id'>,
  criu: string,
  images: string,
  limitMs?: number,
): Promise<Checkpoint> {
  const bin = join(images, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'criu'), `#!/bin/sh\nexec ${criu} "$@"\n`, { mode: 0o755 });
  const args = ['checkpoint', '--leave-running', '--image-path', images, '--work-path', images, id];
  const said = await say(args, { PATH: `${bin}:${process.env.PATH}` }, limitMs);
  const log = textOf(join(images, 'dump.log'));
  const errors = [...log.matchAll(/^\(\d+\.\d+\) (?:.*: )?Error (.*)$/gm)].map(([, line]) => line ?? '');
  // it may not raise its own limit here, and needs not
  return { ...said, errors: errors.filter((line) => !line.includes('RLIMIT_NOFILE')) };
}

async function ready(rootfs: string, pid: number): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (existsSync(join(rootfs, 'ready'))) return;
    if (!existsSync(`/proc/${pid}`) || isZombie(pid)) break;
    await sleep(10);
  }
  const complaint = textOf(join(rootfs, 'complaint'));
  throw new Error(`the container's program does not get ready: ${complaint.slice(-1000)}`);
}

function isZombie(pid: number): boolean {
  return / Z /.test(textOf(`/proc/${pid}/stat`)) && readdirSync(`/proc/${pid}/task`).length === 1;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** In each hierarchy. */
function foldersOf(top: string): readonly string[] {
  const mount = '/sys/fs/cgroup';
  const roots = [mount, ...readdirSync(mount).map((name) => join(mount, name))];
  return roots.map((root) => `${root}${top}`).filter((folder) => existsSync(folder));
}

/** Also what runc does not end: the threads of a leader that has ended, and what is frozen. */
async function endAll(top: string): Promise<void> {
  const pids = new Set(foldersOf(top).flatMap((folder) => membersBelow(folder)));
  for (const folder of foldersOf(top)) thaw(folder);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone already
    }
  }
  for (
    let tries = 0;
    tries < 200 && [...pids].some((pid) => existsSync(`/proc/${pid}`) && !isZombie(pid));
    tries++
  )
    await sleep(10);
}

const membersBelow = (folder: string): readonly number[] =>
  below(folder).flatMap((each) => textOf(join(each, 'cgroup.procs')).split('\n').filter(Boolean).map(Number));

const below = (folder: string): readonly string[] => [
  folder,
  ...readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => below(join(folder, name))),
];

function thaw(folder: string): void {
  for (const each of below(folder)) {
    for (const [file, text] of [
      ['freezer.state', 'THAWED'],
      ['cgroup.freeze', '0'],
    ] as const) {
      if (existsSync(join(each, file))) writeFileSync(join(each, file), text);
    }
  }
}

/** runc removes the last folder only. */
async function removeCgroups(top: string): Promise<void> {
  for (const folder of foldersOf(top)) {
    // the last process may be on its way out
    for (let tries = 0; tries < 100 && existsSync(folder) && !removeFolders(folder); tries++) await sleep(10);
  }
}

function removeFolders(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) removeFolders(join(folder, entry.name));
    }
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

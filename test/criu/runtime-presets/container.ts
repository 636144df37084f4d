import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdConsole } from '../../support/runc-console.ts';
import { findCriu } from '../criu.ts';
import { killTree } from '../holder.ts';
import { optionsIn } from './request.ts';

export interface Shape {
  readonly name: string;
  readonly terminal?: boolean;
  /** Namespaces of its own, besides mount. */
  readonly own: readonly string[];
  /** Namespaces of another container, joined by their path. */
  readonly joined?: readonly string[];
  readonly cgroupMount?: boolean;
  readonly hooks?: boolean;
  /** Without its version crun's answer cannot be told: less is in the preset, and a note says so. */
  readonly crunUnsure?: boolean;
  /** The rootfs is named by its whole path, as container managers do. */
  readonly wholePath?: boolean;
  readonly masked?: readonly string[];
  /** Made by the test below the bundle and bound to that place of the container. */
  readonly binds?: Readonly<Record<string, 'file' | 'folder'>>;
}

export interface Container {
  readonly id: string;
  readonly pid: number;
  /** `runtime checkpoint`: what it asked CRIU for, and whether that succeeded. */
  checkpoint(): Promise<{ readonly asked: readonly string[]; readonly ok: boolean; readonly said: string }>;
  stop(): Promise<void>;
}

/** Reads the request before CRIU does, and leaves it there. */
const eavesdropper = (criu: string, folder: string) => `#!/usr/bin/python3
import os, socket, sys
if sys.argv[1:2] == ['swrk']:
    with socket.socket(fileno=os.dup(int(sys.argv[2]))) as there, open(f'${folder}/{os.getpid()}', 'wb') as out:
        out.write(there.recv(1 << 20, socket.MSG_PEEK))
os.execv('${criu}', ['criu', *sys.argv[1:]])
`;

/** `other`: whose namespaces are joined. State lies below `dir`/state. */
export async function startContainer(
  runtime: string,
  shape: Shape,
  dir: string,
  other?: Container,
): Promise<Container> {
  const bundle = join(dir, shape.name);
  const [bin, requests] = [join(bundle, 'path'), join(bundle, 'requests')];
  for (const folder of ['bin', 'proc', 'dev', 'sys', 'tmp', 'etc', 'real'])
    mkdirSync(join(bundle, 'rootfs', folder), { recursive: true });
  for (const folder of [bin, requests]) mkdirSync(folder);
  copyFileSync('/bin/busybox', join(bundle, 'rootfs/bin/busybox'));
  symlinkSync('/real', join(bundle, 'rootfs/link'));
  symlinkSync('real', join(bundle, 'rootfs/relative'));
  writeFileSync(join(bin, 'criu'), eavesdropper(findCriu(), requests), { mode: 0o755 });
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config(shape, bundle, other)));
  const id = `checkpointable-${process.pid}-${shape.name}`;
  const state = ['--root', join(dir, 'state')];
  const pidFile = join(bundle, 'pid');
  const master = shape.terminal ? await holdConsole(join(bundle, 'console')) : undefined;
  const terminal = master === undefined ? [] : ['--console-socket', join(bundle, 'console')];
  const args = [...state, 'run', '--detach', '--bundle', bundle, '--pid-file', pidFile, ...terminal, id];
  const child = spawn(runtime, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${runtime} run ended with ${code}`);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  return {
    id,
    pid,
    checkpoint: async () => {
      const images = join(bundle, 'images');
      const where = ['--leave-running', '--image-path', images, '--work-path', images];
      const run = await say(runtime, [...state, 'checkpoint', ...where, id], bin);
      const asked = readdirSync(requests).map((name) => optionsIn(readFileSync(join(requests, name))));
      return { ...run, asked: asked.find((options) => options !== undefined) ?? [] };
    },
    stop: async () => {
      await killTree(pid);
      await say(runtime, [...state, 'delete', '--force', id], bin);
      master?.stop();
    },
  };
}

function say(command: string, args: string[], bin: string): Promise<{ ok: boolean; said: string }> {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  return new Promise((resolve) => {
    execFile(command, args, { env, timeout: 40_000, killSignal: 'SIGKILL' }, (error, out, complaint) => {
      resolve({ ok: error === null, said: out + complaint });
    });
  });
}

const files: Readonly<Record<string, string>> = { network: 'net', mount: 'mnt' };

function config(shape: Shape, bundle: string, other: Container | undefined) {
  const all = ['CAP_KILL', 'CAP_NET_BIND_SERVICE'];
  const joined = (shape.joined ?? []).map((type) => ({
    type,
    path: `/proc/${other?.pid}/ns/${files[type] ?? type}`,
  }));
  const binds = Object.entries(shape.binds ?? {}).map(([destination, kind], i) => {
    const source = join(bundle, `bound-${i}`);
    if (kind === 'file') writeFileSync(source, '');
    else mkdirSync(source);
    return { destination, type: 'bind', source, options: ['rbind', 'ro'] };
  });
  const cgroup = {
    destination: '/sys/fs/cgroup',
    type: 'cgroup',
    source: 'cgroup',
    options: ['nosuid', 'ro'],
  };
  const hook = { path: '/bin/true', args: ['true'] };
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: shape.terminal ?? false,
      user: { uid: 0, gid: 0 },
      args: ['/bin/busybox', 'sleep', '100000'],
      env: ['PATH=/bin'],
      cwd: '/',
      capabilities: { bounding: all, effective: all, permitted: all },
      noNewPrivileges: true,
    },
    root: { path: shape.wholePath ? join(bundle, 'rootfs') : 'rootfs', readonly: false },
    hostname: 'container',
    ...(shape.hooks ? { hooks: { createRuntime: [hook], poststart: [hook] } } : {}),
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['newinstance', 'ptmxmode=0666'],
      },
      { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: ['nosuid', 'mode=1777'] },
      { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid'] },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'ro'] },
      ...(shape.cgroupMount ? [cgroup] : []),
      ...binds,
    ],
    linux: {
      namespaces: [...['mount', ...shape.own].map((type) => ({ type })), ...joined],
      resources: { devices: [{ allow: false, access: 'rwm' }] },
      maskedPaths: shape.masked ?? [],
      readonlyPaths: ['/proc/sys', '/proc/bus'],
    },
  };
}

/** A runtime that can checkpoint; undefined, and says why, where there is none. */
export function findRuntime(name: 'runc' | 'crun'): string | undefined {
  const command = process.env[name.toUpperCase()] ?? name;
  try {
    const version = execFileSync(command, ['--version'], { encoding: 'utf8' });
    if (name === 'runc' || version.includes('+CRIU')) return command;
    console.log(`skipped ${name}: built without CRIU (${version.split('\n')[0]})`);
  } catch (error) {
    console.log(`skipped ${name}: ${(error as Error).message}`);
  }
  return undefined;
}

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdConsole } from '../../support/runc-console.ts';
import { findCriu } from '../criu.ts';
import { killTree } from '../holder.ts';
import type { Program, Running } from './program.ts';

const runc = '/usr/sbin/runc';
const configName = 'criu.conf';
const namespaces = ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type }));
const fixed = { packages: ['runc', 'busybox-static', 'iptables'], binary: runc };

/** runc containers of a static busybox; dumped by `runc checkpoint`, which passes its own options to CRIU. */
export const containers: readonly Program[] = [
  { name: 'runc-sleep', ...fixed, dump: 'ok', start: (dir) => container(dir, 'null') },
  {
    name: 'runc-log-file',
    ...fixed,
    dump: 'refused',
    log: /Can't lookup mount=/,
    liftFails: true,
    start: (dir) => container(dir, 'log'),
  },
  { name: 'runc-terminal', ...fixed, dump: 'ok', start: (dir) => container(dir, 'terminal') },
];

async function container(dir: string, output: 'null' | 'log' | 'terminal'): Promise<Running> {
  const rootfs = join(dir, 'rootfs');
  for (const folder of ['bin', 'proc', 'dev', 'sys', 'tmp'])
    mkdirSync(join(rootfs, folder), { recursive: true });
  copyFileSync('/bin/busybox', join(rootfs, 'bin/busybox'));
  symlinkSync('busybox', join(rootfs, 'bin/sh'));
  writeFileSync(join(dir, configName), '');
  const annotations = { 'org.criu.config': join(dir, configName) };
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ ...config(output === 'terminal'), annotations }));
  const id = `checkpointable-${process.pid}-${output}`;
  const state = ['--root', join(dir, 'state')];
  const pidFile = join(dir, 'pid');
  const consoleSocket = join(dir, 'console');
  const master = output === 'terminal' ? await holdConsole(consoleSocket) : undefined;
  const out = output === 'log' ? openSync(join(dir, 'log'), 'a') : 'ignore';
  const terminal = output === 'terminal' ? ['--console-socket', consoleSocket] : [];
  const args = [...state, 'run', '--detach', '--bundle', dir, '--pid-file', pidFile, ...terminal, id];
  const child = spawn(runc, args, { stdio: ['ignore', out, out] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (typeof out === 'number') closeSync(out);
  if (code !== 0) throw new Error(`runc run ended with ${code}`);
  const pid = Number(readFileSync(pidFile, 'utf8'));
  await itself(pid);
  return {
    pid,
    stop: async () => {
      await killTree(pid);
      await run([...state, 'delete', '--force', id]);
      master?.stop();
    },
    dump: (options, images) => checkpoint(dir, [...state, 'checkpoint'], id, options, images),
  };
}

/** `runc run` may be back before its init has become what it was to run, which happens in a vfork of a few milliseconds. */
async function itself(pid: number): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (readlinkSync(`/proc/${pid}/exe`).includes('busybox')) return;
    await sleep(10);
  }
  throw new Error('the container does not become what it is to run');
}

/** runc finds criu in PATH. */
async function checkpoint(
  dir: string,
  start: string[],
  id: string,
  options: readonly string[],
  images: string,
) {
  const bin = join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'criu'), `#!/bin/sh\nexec ${findCriu()} "$@"\n`, { mode: 0o755 });
  const work = ['--leave-running', '--image-path', images, '--work-path', images];
  // runc has flags for some of CRIU's options; its configuration file takes them all
  writeFileSync(join(dir, configName), `${options.map((option) => option.replace('=', ' ')).join('\n')}\n`);
  const { code, text } = await run([...start, ...work, id], bin);
  const log = await readLog(join(images, 'dump.log'));
  return { ok: code === 0, log: log + text };
}

async function readLog(path: string): Promise<string> {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function run(args: string[], bin?: string): Promise<{ code: number; text: string }> {
  const env = bin === undefined ? process.env : { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  return new Promise((resolve) => {
    execFile(runc, args, { env, timeout: 40_000, killSignal: 'SIGKILL' }, (error, out, complaint) => {
      resolve({ code: error === null ? 0 : 1, text: out + complaint });
    });
  });
}

function config(terminal: boolean) {
  const all = ['CAP_KILL', 'CAP_NET_BIND_SERVICE'];
  return {
    ociVersion: '1.0.2',
    process: {
      terminal,
      user: { uid: 0, gid: 0 },
      args: ['/bin/busybox', 'sleep', '100000'],
      env: ['PATH=/bin'],
      cwd: '/',
      capabilities: { bounding: all, effective: all, permitted: all },
      noNewPrivileges: true,
    },
    root: { path: 'rootfs', readonly: false },
    hostname: 'container',
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
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'ro'] },
    ],
    linux: { namespaces, resources: { devices: [{ allow: false, access: 'rwm' }] } },
  };
}

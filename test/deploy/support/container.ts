import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { remove, temporary } from '../../support/held.ts';
import { find, run } from './tools.ts';

export interface ContainerSetup {
  readonly root: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: number;
  readonly group: number;
  /** Without CAP_. */
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  /** Host's path → path in the container, read-only. */
  readonly mounts: Readonly<Record<string, string>>;
}

interface Output {
  text: string;
  ended: boolean;
}

export interface Container {
  readonly output: Output;
  exec(...args: readonly string[]): string;
  /** SIGTERM; its exit status. */
  stop(): Promise<number | null>;
}

/** Of Debian's golang-github-containers-common: the default profile of Podman, Buildah and CRI-O. */
export const seccompFile = '/usr/share/containers/seccomp.json';

/**
 * Runs it with runc as a kubelet has a pod with hostPID run: user, capabilities, seccomp profile, read-only root, a
 * cgroup namespace of its own. The network is this machine's.
 */
export function startContainer(setup: ContainerSetup): Container {
  const dir = temporary();
  const id = `checkpointable-deploy-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  writeFileSync(`${dir}/config.json`, JSON.stringify(configOf(setup, id)));
  const runc = [`--root=${dir}/state`];
  mkdirSync(`${dir}/state`);
  const child = spawn(find('runc') ?? 'runc', [...runc, 'run', `--bundle=${dir}`, id], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = collect(child);
  const ended = once(child, 'close').then(([code]) => {
    remove(dir);
    return code as number | null;
  });
  return {
    output,
    exec: (...args) => run('runc', [...runc, 'exec', id, ...args]),
    stop: () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      return ended;
    },
  };
}

/** The address in its first line. */
export async function listening({ output }: Container): Promise<string> {
  for (let tries = 0; tries < 750; tries++) {
    const [, url] = /REST (https?:\/\/\S+)/.exec(output.text) ?? [];
    if (url !== undefined && output.text.includes('Try: ')) return url;
    if (output.ended) break;
    await sleep(20);
  }
  throw new Error(`it does not listen: ${output.text}`);
}

function collect(child: ChildProcess): Output {
  const output = { text: '', ended: false };
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output.text += text;
    });
  child.once('close', () => {
    output.ended = true;
  });
  return output;
}

function configOf(setup: ContainerSetup, id: string) {
  const capabilities = setup.capabilities.map((name) => `CAP_${name}`);
  const bind = Object.entries(setup.mounts).map(([source, destination]) => ({
    source,
    destination,
    type: 'bind',
    options: ['rbind', 'ro', 'rslave'],
  }));
  return {
    ociVersion: '1.0.2',
    process: {
      user: { uid: setup.user, gid: setup.group },
      args: setup.args,
      env: Object.entries({ PATH: '/usr/bin', ...setup.env }).map(([name, value]) => `${name}=${value}`),
      cwd: '/',
      // containerd's: of these a user that is not root keeps the bounding set alone
      capabilities: { bounding: capabilities, permitted: capabilities, effective: capabilities },
      noNewPrivileges: setup.noNewPrivileges,
    },
    root: { path: setup.root, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
      ...bind,
    ],
    linux: {
      cgroupsPath: `/${id}`,
      // no pid: hostPID
      namespaces: ['mount', 'ipc', 'uts', 'cgroup'].map((type) => ({ type })),
      seccomp: seccompOf(capabilities),
      maskedPaths: [
        '/proc/acpi',
        '/proc/kcore',
        '/proc/keys',
        '/proc/timer_list',
        '/proc/scsi',
        '/sys/firmware',
      ],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  };
}

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly args?: readonly unknown[] | null;
  readonly errnoRet?: number;
  readonly includes?: Condition;
  readonly excludes?: Condition;
}
interface Condition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
}

/** The profile for these capabilities on this machine: what an engine makes of its conditions. */
function seccompOf(capabilities: readonly string[]) {
  const profile = JSON.parse(readFileSync(seccompFile, 'utf8'));
  const arch = ({ x64: 'amd64', arm64: 'arm64' } as Record<string, string>)[process.arch] ?? process.arch;
  const any = (wanted: readonly string[] | undefined, have: readonly string[]) =>
    wanted?.some((one) => have.includes(one)) ?? false;
  const all = (wanted: readonly string[] | undefined, have: readonly string[]) =>
    wanted?.every((one) => have.includes(one)) ?? true;
  const applies = ({ includes, excludes }: Rule) =>
    all(includes?.caps, capabilities) &&
    (includes?.arches === undefined || includes.arches.includes(arch)) &&
    !any(excludes?.caps, capabilities) &&
    !any(excludes?.arches, [arch]);
  return {
    defaultAction: profile.defaultAction,
    defaultErrnoRet: profile.defaultErrnoRet,
    architectures: [process.arch === 'arm64' ? 'SCMP_ARCH_AARCH64' : 'SCMP_ARCH_X86_64'],
    syscalls: (profile.syscalls as readonly Rule[])
      .filter(applies)
      .map(({ names, action, args, errnoRet }) => ({
        names,
        action,
        ...(args?.length ? { args } : {}),
        ...(errnoRet === undefined ? {} : { errnoRet }),
      })),
  };
}

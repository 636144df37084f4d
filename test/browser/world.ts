import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupMaker } from '../support/cgroupfs.ts';
import { remove, temporary } from '../support/held.ts';

/** Names that a process may choose: markup, and characters that cannot be seen or turn the text around. */
export const markup = '<img src=x onerror=alert(1)>';
export const hidden = 'a\u202egnp.exe\n\u001b[31m\u200b\\';
export const hiddenShown = 'a\\u202egnp.exe\\n\\x1b[31m\\u200b\\\\';
/** Not longer than a comm may be. */
export const command = '<b>bold<s>';

/** A device that no policy takes. */
const device = ['/dev/fuse', '/dev/loop-control', '/dev/net/tun', '/dev/hwrng'].find((path) =>
  existsSync(path),
);

export interface World {
  readonly flags: readonly string[];
  readonly pod: { readonly uid: string; readonly namespace: string; readonly name: string };
  /** By container name: pid of its only process, and its id. */
  readonly pids: Readonly<Record<string, number>>;
  readonly ids: Readonly<Record<string, string>>;
  /** A process of no container. */
  readonly outside: number;
  /** `later` takes a lock. */
  change(): void;
  stop(): Promise<void>;
}

const cgroups = cgroupMaker();
const isRoot = process.getuid?.() === 0;
export const missing = isRoot ? cgroups.missing : 'needs root to make cgroups';

/** A pod of four containers in cgroups as a kubelet makes them. */
export async function startWorld(): Promise<World> {
  const dir = temporary();
  const hex = process.pid.toString(16).padStart(12, '0');
  const uid = `5b9a3d7e-7777-4222-8333-${hex}`;
  const pod = { uid, namespace: 'shop', name: `cart-${process.pid}` };
  const logs = join(dir, 'pods');
  const links = join(dir, 'containers');
  mkdirSync(links);
  const children: ChildProcess[] = [];
  const pids: Record<string, number> = {};
  const ids: Record<string, string> = {};

  const start = async (script: string, last: string): Promise<number> => {
    const child = spawn('setsid', ['sh', '-c', script], { stdio: 'ignore', cwd: '/' });
    children.push(child);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    for (let tries = 0; !ready(pid, last); tries++) {
      if (tries > 500) throw new Error(`${script}: does not get ready`);
      await sleep(10);
    }
    return pid;
  };
  const contain = async (name: string, script: string, last = '/sleep'): Promise<void> => {
    const id = `${'abcdef'[children.length] ?? 'a'}`.repeat(8).concat(hex).padEnd(64, '0');
    mkdirSync(join(logs, `${pod.namespace}_${pod.name}_${uid}`, name), { recursive: true });
    symlinkSync('/dev/null', join(links, `${pod.name}_${pod.namespace}_${name}-${id}.log`));
    const pid = await start(script, last);
    const cgroup = `${cgroups.root}/kubepods/burstable/pod${uid}/${id}`;
    cgroups.make(cgroup);
    cgroups.enter(cgroup, pid);
    pids[name] = pid;
    ids[name] = id;
  };

  const fifo = join(dir, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const own = join(dir, command);
  copyFileSync(readable('sleep'), own);
  execFileSync('chmod', ['755', own]);
  // too large for CRIU to copy without an option
  const deleted = (fd: number, name: string) => {
    const path = join(dir, name);
    writeFileSync(path, '');
    return `exec ${fd}<>${quoted(path)}; head -c 2000000 /dev/zero >&${fd}; rm ${quoted(path)}`;
  };
  const lock = (name: string) => `exec 9>${dir}/LOCK-${name}; flock 9`;
  await contain(
    'web',
    `${deleted(7, markup)}; ${deleted(8, hidden)}; ${lock('web')}; exec ${quoted(own)} 600`,
    own,
  );
  await contain('device', `exec 6<${device}; exec sleep 600`);
  await contain('later', `read x <${fifo}; ${lock('later')}; exec sleep 600`, '/dash');
  await contain('quiet', 'exec sleep 600');
  const outside = await start(`${deleted(7, markup)}; exec sleep 600`, '/sleep');

  return {
    flags: ['--pod-logs', logs, '--container-logs', links, '--kubelet', join(dir, 'kubelet')],
    pod,
    pids,
    ids,
    outside,
    change: () => writeFileSync(fifo, 'go\n'),
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      await sleep(300);
      cgroups.remove();
      remove(dir);
    },
  };
}

/** Its program is the last of its script. */
function ready(pid: number, last: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`).endsWith(last);
  } catch {
    return false;
  }
}

const quoted = (text: string): string => `'${text}'`;

function readable(tool: string): string {
  const path = [`/bin/${tool}`, `/usr/bin/${tool}`].find((one) => existsSync(one));
  if (path === undefined) throw new Error(`no ${tool}`);
  return path;
}

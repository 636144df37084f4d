import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realProc } from '../../src/probe/proc.ts';
import { findTarget } from '../../src/probe/targets/find.ts';
import { defaultHostFolders, type HostFolders, realFolders } from '../../src/probe/targets/folders.ts';
import type { Found } from '../../src/probe/targets/found.ts';
import { cgroupMaker, onPath } from '../support/cgroupfs.ts';
import { isRoot } from '../support/live.ts';

const cgroups = cgroupMaker();
const missing = isRoot ? cgroups.missing : 'needs root to make cgroups';
if (missing) console.log(`skipped: targets in real cgroups: ${missing}`);
const runc = onPath('runc');
const busybox = onPath('busybox');
const noRunc = missing ?? (runc && busybox ? undefined : 'needs runc and busybox');
if (noRunc) console.log(`skipped: targets of a real runc: ${noRunc}`);
const python = onPath('python3');
if (!python) console.log('skipped: a container whose init is a zombie: needs python3');

/** Unlike those of any other run of this test on the machine. */
const hex = process.pid.toString(16).padStart(12, '0');
const uid = `5b9a3d7e-1111-4222-8333-${hex}`;
const idOf = (head: string) => `${head}${hex}`.padEnd(64, '0');
const [web, log] = [idOf('ffff0000'), idOf('ffff1111')];
const pod = `${cgroups.root}/kubepods/burstable/pod${uid}`;

let dir: string;
let folders: HostFolders;
const children: ChildProcess[] = [];

async function start(cgroup: string, command: string, ...args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  cgroups.make(cgroup);
  cgroups.enter(cgroup, pid);
  return pid;
}

function find(ref: Parameters<typeof findTarget>[0]): Found {
  const answer = findTarget(ref, { proc: realProc(), folders, reader: realFolders() });
  if ('code' in answer) throw new Error(`${answer.code}: ${answer.detail}`);
  return answer;
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'targets-'));
  folders = {
    logPods: join(dir, 'pods'),
    logContainers: join(dir, 'containers'),
    kubeletPods: join(dir, 'kubelet'),
    runtimeState: [join(dir, 'runc')],
  };
  mkdirSync(join(folders.logPods, `shop_cart_${uid}`, 'web'), { recursive: true });
  mkdirSync(folders.logContainers);
  symlinkSync('/dev/null', join(folders.logContainers, `cart_shop_web-${web}.log`));
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await sleep(300);
  cgroups.remove();
  rmSync(dir, { recursive: true, force: true });
});

describe.skipIf(missing !== undefined)(
  `cgroups as a kubelet makes them${missing ? ` (${missing})` : ''}`,
  () => {
    const pids: number[] = [];
    beforeAll(async () => {
      pids.push(await start(`${pod}/${web}`, 'sleep', '600'));
      pids.push(await start(`${pod}/${web}/init.scope`, 'sleep', '600'));
      pids.push(await start(`${pod}/${log}`, 'sleep', '600'));
    });

    it('a container, whole id and beginning', () => {
      for (const id of [web, web.slice(0, 24), `containerd://${web}`]) {
        expect(find({ type: 'container', id }).containers).toMatchObject([
          {
            identity: { id: web, name: 'web', pod: { uid, namespace: 'shop', name: 'cart' } },
            pids: pids.slice(0, 2),
            initPid: pids[0],
          },
        ]);
      }
    });
    it('a pod by uid and by name', () => {
      for (const ref of [
        { type: 'pod', uid },
        { type: 'pod', namespace: 'shop', name: 'cart' },
      ] as const)
        expect(
          find(ref)
            .containers.map(({ identity }) => identity.id)
            .sort(),
        ).toEqual([web, log]);
    });
    it('a cgroup', () => {
      expect(find({ type: 'cgroup', path: pod }).containers).toHaveLength(2);
    });
    it('the node', () => {
      const ids = find({ type: 'node' }).containers.map(({ identity }) => identity.id);
      expect(ids).toEqual(expect.arrayContaining([web, log]));
    });
    it.skipIf(!python)('a container whose init is a zombie with a live thread', async () => {
      const code =
        'import ctypes, threading, time; time.sleep(0.5); threading.Thread(target=time.sleep, args=(600,)).start(); ctypes.CDLL(None).syscall(60, 0)';
      const id = idOf('ffff2222');
      const pid = await start(`${pod}/${id}`, python ?? '', '-c', code);
      for (let i = 0; !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '); i++) {
        if (i > 200) throw new Error('its leader does not end');
        await sleep(20);
      }
      expect(find({ type: 'container', id }).containers).toMatchObject([{ pids: [pid], initPid: pid }]);
    });
  },
);

describe.skipIf(noRunc !== undefined)(`containers of a real runc${noRunc ? ` (${noRunc})` : ''}`, () => {
  const name = `box-${process.pid}`;
  const own = (args: readonly string[]) =>
    execFileSync(runc ?? '', ['--root', join(dir, 'runc'), ...args], {
      cwd: join(dir, 'bundle'),
      stdio: 'ignore',
    });
  const running: string[] = [];

  function run(id: string, cgroupsPath: string | undefined, pidNamespace = true) {
    const config = JSON.parse(readFileSync(join(dir, 'bundle', 'template.json'), 'utf8'));
    Object.assign(config.process, { terminal: false, args: ['/bin/sleep', '600'] });
    if (cgroupsPath !== undefined) config.linux.cgroupsPath = cgroupsPath;
    if (!pidNamespace)
      config.linux.namespaces = config.linux.namespaces.filter(
        ({ type }: { type: string }) => type !== 'pid',
      );
    writeFileSync(join(dir, 'bundle', 'config.json'), JSON.stringify(config));
    own(['run', '-d', id]);
    running.push(id);
    return JSON.parse(readFileSync(join(dir, 'runc', id, 'state.json'), 'utf8')).init_process_pid as number;
  }

  beforeAll(() => {
    const bin = join(dir, 'bundle', 'rootfs', 'bin');
    mkdirSync(bin, { recursive: true });
    copyFileSync(busybox ?? '', join(bin, 'busybox'));
    for (const tool of ['sleep', 'sh']) symlinkSync('busybox', join(bin, tool));
    execFileSync(runc ?? '', ['spec'], { cwd: join(dir, 'bundle') });
    copyFileSync(join(dir, 'bundle', 'config.json'), join(dir, 'bundle', 'template.json'));
  });
  afterAll(() => {
    for (const id of running) own(['delete', '--force', id]);
  });

  it('init, and what exec put in', () => {
    const id = idOf('ffff3333');
    const init = run(id, `${pod}/${id}`);
    own(['exec', '-d', id, '/bin/sleep', '500']);
    const [container] = find({ type: 'container', id }).containers;
    expect(container).toMatchObject({
      identity: { runtime: 'runc', pod: { uid } },
      initPid: init,
      ociRuntime: 'runc',
    });
    expect(container?.pids).toHaveLength(2);
    // without its state: the init is process 1 of its pid namespace
    const bare = findTarget(
      { type: 'container', id },
      { proc: realProc(), folders: { ...defaultHostFolders, runtimeState: [] }, reader: realFolders() },
    );
    expect(bare).toMatchObject({ containers: [{ initPid: init, identity: { runtime: 'unknown' } }] });
  });
  it('a name, in a cgroup of its own name and in one of another', () => {
    const init = run(name, `${cgroups.root}/${name}`);
    expect(find({ type: 'container', id: name }).containers).toMatchObject([{ initPid: init, pids: [init] }]);
    const other = run(`${name}-other`, `${cgroups.root}/elsewhere`);
    expect(find({ type: 'container', id: `${name}-other` }).containers).toMatchObject([
      { initPid: other, pids: [other], cgroup: `${cgroups.root}/elsewhere` },
    ]);
    const all = find({ type: 'node' }).containers.filter(({ identity }) => identity.id.startsWith(name));
    expect(all.map(({ initPid }) => initPid).sort()).toEqual([init, other].sort());
  });
  it("in the node's pid namespace", () => {
    const id = idOf('ffff4444');
    const init = run(id, `${pod}/${id}`, false);
    const bare = findTarget(
      { type: 'container', id },
      { proc: realProc(), folders: { ...defaultHostFolders, runtimeState: [] }, reader: realFolders() },
    );
    expect(bare).toMatchObject({ containers: [{ initPid: init, pids: [init] }] });
  });
});

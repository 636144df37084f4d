import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { connectTo, plain } from '../server/grpc/client.ts';
import { cgroupMaker } from '../support/cgroupfs.ts';
import { remove, temporary } from '../support/held.ts';
import {
  cli,
  type Daemon,
  type Ended,
  get,
  isRoot,
  post,
  project,
  run,
  startDaemon,
  timeless,
} from './support.ts';

const cgroups = cgroupMaker();
const missing = isRoot ? cgroups.missing : 'needs root to make cgroups';
if (missing) console.log(`skipped: a pod and those who migrate it: ${missing}`);

const hex = process.pid.toString(16).padStart(12, '0');
const uid = `5b9a3d7e-3333-4222-8333-${hex}`;
const other = `5b9a3d7e-4444-4222-8333-${hex}`;
const idOf = (digit: string) => `${digit.repeat(8)}${hex}`.padEnd(64, '0');
const [web, log] = [idOf('d'), idOf('e')];
const pod = { namespace: 'shop', name: `cart-${process.pid}` };

let dir: string;
let daemon: Daemon;
let flags: readonly string[];
const children: ChildProcess[] = [];

/** A container as a kubelet's cgroups have it; CRIU takes it once it holds no lock. */
async function start(id: string, script: string): Promise<number> {
  const child = spawn('setsid', ['sh', '-c', script], { stdio: 'ignore', cwd: '/' });
  children.push(child);
  await once(child, 'spawn');
  const cgroup = `${cgroups.root}/kubepods/burstable/pod${uid}/${id}`;
  cgroups.make(cgroup);
  cgroups.enter(cgroup, child.pid ?? 0);
  return child.pid ?? 0;
}

const quiet = 'exec sleep 600';
const locked = (seconds: number) =>
  `exec 9>${dir}/LOCK; flock 9; sleep ${seconds}; exec 9>&-; exec sleep 600`;

beforeAll(async () => {
  dir = temporary();
  if (missing !== undefined) return;
  const logs = join(dir, 'pods');
  for (const name of ['web', 'log']) {
    mkdirSync(join(logs, `${pod.namespace}_${pod.name}_${uid}`, name), { recursive: true });
  }
  const links = join(dir, 'containers');
  mkdirSync(links);
  symlinkSync('/dev/null', join(links, `${pod.name}_${pod.namespace}_web-${web}.log`));
  symlinkSync('/dev/null', join(links, `${pod.name}_${pod.namespace}_log-${log}.log`));
  await start(web, quiet);
  await start(log, quiet);
  flags = ['--pod-logs', logs, '--container-logs', links, '--kubelet', join(dir, 'kubelet')];
  daemon = await startDaemon({ flags });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await daemon?.stop();
  await new Promise((resolve) => setTimeout(resolve, 300));
  cgroups.remove();
  remove(dir);
});

const named = `/v1/pods/${pod.namespace}/${pod.name}`;

describe.skipIf(missing !== undefined)(`a pod${missing ? ` (${missing})` : ''}`, () => {
  it('by name, by uid, pinned, by its container and its cgroup', async () => {
    for (const path of [named, `/v1/pods/${uid}`, `${named}?uid=${uid}`]) {
      const { json } = await get(`${daemon.http}${path}`);
      const report = json as Report;
      expect(report).toMatchObject({ target: { type: 'pod', pod: { ...pod, uid } }, verdict: 'ready' });
      expect(report.parts.map(({ target }) => target.container?.name).sort()).toEqual(['log', 'web']);
      expect(report.counts.processes).toBe(2);
    }
    const container = (await get(`${daemon.http}/v1/containers/${web.slice(0, 20)}`)).json;
    expect(container.target).toMatchObject({ type: 'container', container: { id: web, name: 'web' } });
    const cgroup = await get(`${daemon.http}/v1/cgroups${cgroups.root}/kubepods/burstable/pod${uid}`);
    expect(cgroup.json).toMatchObject({ target: { type: 'cgroup' }, verdict: 'ready' });
    const node = (await get(`${daemon.http}/v1/node`)).json as Report;
    const ids = node.parts.map(({ target }) => target.container?.id);
    expect(ids).toEqual(expect.arrayContaining([web, log]));
  });

  it('errors name what is not there, and no answer is about another pod', async () => {
    const code = async (path: string) => (await get(`${daemon.http}${path}`)).json.code;
    expect(await code(`${named}?uid=${other}`)).toBe('TargetReplaced');
    expect(await code(`${named}/ready?uid=${other}`)).toBe('TargetReplaced');
    expect(await code('/v1/pods/shop/none')).toBe('PodNotFound');
    expect(await code(`/v1/containers/${'c'.repeat(64)}`)).toBe('ContainerNotFound');
    expect(await code('/v1/cgroups/no/such')).toBe('CgroupNotFound');
  });

  it('REST, gRPC and a batch of all kinds give the same answer', async () => {
    const client = connectTo(daemon.grpc);
    const targets = [{ pod }, { pod: { uid } }, { containerId: web }, { pod: { ...pod, uid: other } }];
    const { message } = await client.call('CheckBatch', { requests: targets.map((target) => ({ target })) });
    const { json } = await post(`${daemon.http}/v1/check`, {
      requests: targets.map((target) => ({ target })),
    });
    client.close();
    type Result = { readonly report?: Report; readonly error?: { readonly code: string } };
    const stripped = (results: readonly Result[]) =>
      results.map(({ report, error }) => {
        return report ? { ...timeless(report), parts: report.parts.map(timeless) } : error;
      });
    expect(stripped(plain(message).results)).toEqual(stripped(json.results));
    expect(json.results[3].error).toMatchObject({ code: 'TargetReplaced', status: 412 });
  });

  it('the command line', async () => {
    const { stdout, code } = await cli(['check', `pod/${pod.namespace}/${pod.name}`, ...flags]);
    expect(stdout).toContain(`READY  pod ${pod.namespace}/${pod.name} (2 processes, `);
    expect(stdout).toMatch(/^CONTAINER +ID +VERDICT/m);
    expect(code).toBe(0);
    const pinned = ['--uid', other, '--runtime', 'none'];
    const gone = await cli(['check', `pod/${pod.namespace}/${pod.name}`, ...pinned, ...flags]);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('Another one has this name now')]);
  });

  it('the shell line of the docs: it gates', async () => {
    const gate = (path: string) => run('sh', ['-c', `curl -fsS '${daemon.http}${path}' || exit 1; echo go`]);
    expect(await gate(`${named}/ready?uid=${uid}`)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ready {2}pod .*\ngo\n$/),
    });
    expect(await gate(`${named}/ready?uid=${other}`)).toMatchObject({ code: 1, stdout: '' });
  });
});

describe.skipIf(missing !== undefined)('examples/gate-migration, from a fresh folder', () => {
  let example: string;
  beforeAll(async () => {
    example = join(dir, 'example');
    cpSync(join(project, 'examples/gate-migration'), example, { recursive: true });
    cpSync(join(project, 'proto'), join(example, 'dist/proto'), { recursive: true });
    symlinkSync(join(project, 'node_modules'), join(example, 'node_modules'));
    const built = await run(join(project, 'node_modules/.bin/tsc'), ['-p', example]);
    expect(built).toMatchObject({ code: 0, stdout: '' });
  });
  const gate = (pin: string, wait = '0'): Promise<Ended> =>
    run(
      process.execPath,
      [
        join(example, 'dist/gate.js'),
        daemon.grpc,
        `${pod.namespace}/${pod.name}`,
        pin,
        '--',
        'echo',
        'moved',
      ],
      { env: { ...process.env, WAIT_SECONDS: wait } },
    );

  it('runs the migration of a pod that is ready, and not that of another', async () => {
    expect(await gate(uid)).toMatchObject({ code: 0, stdout: 'moved\n', stderr: '' });
    expect(await gate(other)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('TargetReplaced'),
    });
  });

  it('holds it back while a lock is held, and waits for its end', async () => {
    await start(idOf('f'), locked(4));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await gate(uid)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('file-locks'),
    });
    const waited = await gate(uid, '30');
    expect(waited).toMatchObject({ code: 0, stdout: 'moved\n' });
    expect(waited.stderr).toMatch(/^gate: ready-with-options: .*\n(gate: .*\n)*gate: ready: /);
  });
});

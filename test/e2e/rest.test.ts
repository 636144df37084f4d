import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding, Report } from '../../src/policy/report.ts';
import { type Held, hold } from '../support/held.ts';
import { type Daemon, get, isRoot, ownPolicies, post, startDaemon } from './support.ts';

let daemon: Daemon;
let held: Held;
let url: string;
beforeAll(async () => {
  [daemon, held] = await Promise.all([
    startDaemon({ flags: ['--policy-dir', ownPolicies] }),
    hold('own', 'null', 'tcp', 'names'),
  ]);
  url = `${daemon.http}/v1/processes/${held.pid}`;
});
afterAll(() => Promise.all([daemon?.stop(), held?.stop()]));

describe('a process', () => {
  it('is judged file by file, each finding with its file and its reason', async (context) => {
    const { fd } = held.of(context, 'null');
    const { status, type, headers, json } = await get(`${url}?policy=cr-check-file`);
    expect(status).toBe(200);
    expect(type).toMatch(/^application\/json/);
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
    const report = json as Report;
    expect(report).toMatchObject({
      target: { type: 'tree', pid: held.pid, comm: held.comm },
      policy: { name: 'cr-check-file' },
      verdict: 'not-ready',
    });
    const found = report.findings.find(({ file, reason }) => file?.fd === fd && reason === 'CharDevice');
    expect(found).toMatchObject({
      outcome: 'refused',
      file: { via: 'fd', kind: 'chardev', path: '/dev/null' },
    });
    const { allowed, needsOption, refused, unknown, files } = report.counts;
    expect(allowed + needsOption + refused + unknown).toBe(files);
    expect(report.processes.every((process) => process.files.length === 0)).toBe(true);
  });

  it('every file with show=all, names as odd as they are', async (context) => {
    const { json } = await get(`${url}?scope=process&show=all`);
    const { files } = (json as Report).processes[0] as Report['processes'][0];
    expect(files).toHaveLength((json as Report).counts.files);
    const name = (fd: number | undefined) => files.find((file) => file.fd === fd);
    const fds = held.of(context, 'names');
    expect(name(fds.newline)?.path).toBe(`${held.dir}/a\nb`);
    expect(name(fds.deleted)).toMatchObject({ path: `${held.dir}/x (deleted)`, facts: { deleted: false } });
    expect(name(fds.socket)).toMatchObject({ kind: 'regular', path: `${held.dir}/socket:[1]` });
    const bytes = Buffer.from(name(fds.bytes)?.pathBase64 ?? '', 'base64');
    expect(bytes.toString('latin1')).toBe(`${held.dir}/a\xff\xfe\nb`);
  });

  it('numbers alone with show=counts', async () => {
    const [whole, counts] = await Promise.all(
      ['blocking', 'counts'].map(async (show) => (await get(`${url}?show=${show}`)).json as Report),
    );
    const same = ({ verdict, reason, message, options, counts, rejected }: Report) => ({
      ...{ verdict, reason, message, options, counts, rejected },
    });
    expect(same(counts as Report)).toEqual(same(whole as Report));
    expect(counts).toMatchObject({ findings: [], processes: [] });
    expect([whole?.findings.length === 0, whole?.processes.length]).toEqual([false, whole?.counts.processes]);
    const { text } = await get(`${url}?show=counts&format=text`);
    for (const { kind, reason, files } of whole?.rejected ?? [])
      expect(text).toMatch(RegExp(`${kind} +${reason} +${files}\n`));
  });

  it('options are CRIU’s own: what they lift is allowed, with their effect', async () => {
    const bare = (await get(`${url}?policy=criu&scope=process`)).json as Report;
    const reasons = (findings: readonly Finding[], outcome: string) =>
      findings.filter((one) => one.outcome === outcome).map(({ reason }) => reason);
    expect(reasons(bare.findings, 'needs-option')).toContain('TcpEstablished');
    expect(bare.options.needed).toContain('tcp-established');
    const lifted = (await get(`${url}?policy=criu&scope=process&option=--tcp-established&option=no-such`))
      .json as Report;
    expect(reasons(lifted.findings, 'needs-option')).not.toContain('TcpEstablished');
    expect(reasons(lifted.findings, 'allowed')).toContain('TcpEstablished');
    expect(lifted.options).toMatchObject({ given: ['tcp-established'], unrecognised: ['no-such'] });
  });

  it('a version may be given', async () => {
    const { json } = await get(`${url}?policy=criu&engineVersion=4.0`);
    expect(json.policy).toMatchObject({ engineVersion: '4.0', versionSource: 'given' });
  });

  it('one file', async (context) => {
    const { fd } = held.of(context, 'null');
    const { status, json } = await get(`${url}/files/${fd}?policy=cr-check-file`);
    expect(status).toBe(200);
    expect(json).toMatchObject({ verdict: 'not-ready', reason: 'CharDevice', counts: { files: 1 } });
  });
});

describe('the gate', () => {
  it('409 with one line of text where it is not ready', async () => {
    const { status, type, text } = await get(`${url}/ready?policy=cr-check-file`);
    expect(status).toBe(409);
    expect(type).toMatch(/^text\/plain/);
    expect(text).toMatch(/^not-ready {2}tree \d+ \S+ {2}policy cr-check-file .*\n$/);
    expect(text).toContain(` ${held.pid} ${held.comm} `);
    expect(text.split('\n')).toHaveLength(2);
  });

  it('200 where it is', async () => {
    const child = spawn('setsid', ['sleep', '60'], { stdio: 'ignore', cwd: '/' });
    await once(child, 'spawn');
    // where CRIU may not change limits it takes root's processes only
    const query = isRoot ? 'policy=criu&option=shell-job' : 'policy=anything';
    const { status, json } = await get(`${daemon.http}/v1/processes/${child.pid}/ready?${query}&format=json`);
    child.kill();
    expect(json.findings.filter(({ outcome }: Finding) => outcome === 'refused')).toEqual([]);
    expect({ status, verdict: json.verdict }).toEqual({ status: 200, verdict: 'ready' });
  });
});

describe('errors are problem details with a stable code', () => {
  it.each([
    ['/v1/processes/4194304', 404, 'ProcessNotFound'],
    ['/v1/processes/0', 400, 'InvalidArgument'],
    ['/v1/processes/x', 400, 'InvalidArgument'],
    ['/v1/processes/1?policy=none', 404, 'PolicyNotFound'],
    ['/v1/processes/1?optoin=a', 400, 'InvalidArgument'],
    ['/v1/processes/1?policy=criu&option=ghost-limit%3Dmuch', 400, 'InvalidArgument'],
    ['/v1/processes/1?engineVersion=new', 400, 'InvalidArgument'],
    [`/v1/processes/${process.pid}/files/99999`, 404, 'FileNotFound'],
    ['/v1/containers/abcdef012345', 404, 'ContainerNotFound'],
    ['/v1/containers/-', 400, 'InvalidArgument'],
    ['/v1/pods/none/none/ready', 404, 'PodNotFound'],
    ['/v1/pods/none/none/watch', 404, 'PodNotFound'],
    ['/v1/pods/none', 400, 'InvalidArgument'],
    ['/v1/cgroups/no/such', 404, 'CgroupNotFound'],
    ['/v1/processes/1?runtime=docker', 400, 'InvalidArgument'],
    ['/v1/processes/1/watch?intervalSeconds=0.5', 400, 'InvalidArgument'],
    [`/v1/processes/${process.pid}?startTimeTicks=1`, 412, 'TargetReplaced'],
    ['/v1/nothing', 404, 'RouteNotFound'],
    ['/v1/policies/none', 404, 'PolicyNotFound'],
  ])('%s: %i %s', async (path, status, code) => {
    const answer = await get(`${daemon.http}${path}`);
    expect(answer.type).toMatch(/^application\/problem\+json/);
    expect(answer.json).toMatchObject({ status, code });
    expect(answer.json.detail).not.toBe('');
    expect(answer.status).toBe(status);
  });

  it('a kernel thread', async (context) => {
    const answer = await get(`${daemon.http}/v1/processes/2`);
    if (answer.json.code !== 'KernelThread') context.skip('pid 2 is no kernel thread here');
    expect(answer.status).toBe(422);
  });
});

describe('a watch', () => {
  it('tells the report, and ends when the process does', async () => {
    const child = spawn('setsid', ['sleep', '60'], { stdio: 'ignore', cwd: '/' });
    await once(child, 'spawn');
    const reply = await fetch(`${daemon.http}/v1/processes/${child.pid}/watch?intervalSeconds=1`);
    expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    let text = '';
    for await (const part of reply.body ?? []) {
      text += Buffer.from(part).toString();
      if (text.includes('event: report')) child.kill('SIGKILL');
    }
    const [, first, last] = text.split('\n\n');
    const data = (event = '') => JSON.parse(event.split('\ndata: ')[1] ?? '');
    expect(data(first).target.pid).toBe(child.pid);
    expect(last).toMatch(/^id: 2\nevent: end\n/);
    expect(data(last)).toMatchObject({ code: 'TargetGone', status: 410 });
  });

  it('a hundred who watch one process cost one look each time', async () => {
    const looks = async () => {
      const { text } = await get(`${daemon.http}/metrics`);
      const counts = text.matchAll(/^checkpointable_checks_total\{target="tree",verdict="[\w-]+"\} (\d+)$/gm);
      return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await looks();
    const leave = new AbortController();
    const watch = async () => {
      const reply = await fetch(`${url}/watch?intervalSeconds=2`, { signal: leave.signal });
      const { value } = (await reply.body?.getReader().read()) ?? {};
      return Buffer.from(value ?? []).toString();
    };
    const texts = await Promise.all(Array.from({ length: 100 }, watch));
    expect(texts.every((text) => text.startsWith('retry: 5000'))).toBe(true);
    const { text } = await get(`${daemon.http}/metrics`);
    expect(text).toContain('checkpointable_watchers 100\n');
    expect((await looks()) - before).toBeLessThan(5);
    leave.abort();
  });

  it('does not hold up a daemon that stops', async () => {
    const own = await startDaemon();
    const reply = await fetch(`${own.http}/v1/processes/${process.pid}/watch`);
    const text = reply.text();
    const began = performance.now();
    expect((await own.stop()).code).toBe(0);
    expect(performance.now() - began).toBeLessThan(3000);
    expect(await text).toContain('"code":"ShuttingDown"');
  });
});

describe('the rest', () => {
  it('a batch: each on its own, in order', async () => {
    const { status, json } = await post(`${daemon.http}/v1/check`, {
      requests: [{ target: { pid: held.pid } }, { target: { pid: 4_194_304 } }, { target: { pid: 0 } }],
    });
    expect(status).toBe(200);
    expect(json.results[0].report.target.pid).toBe(held.pid);
    expect(json.results[1].error).toMatchObject({ code: 'ProcessNotFound', status: 404 });
    expect(json.results[2].error).toMatchObject({ code: 'InvalidArgument', status: 400 });
  });

  it('policies', async () => {
    const { json } = await get(`${daemon.http}/v1/policies`);
    expect(json.policies.map(({ name }: { name: string }) => name)).toEqual([
      'cr-check-file',
      'criu',
      'anything',
    ]);
    expect(json.policies.filter(({ isDefault }: { isDefault: boolean }) => isDefault)).toHaveLength(1);
    const one = (await get(`${daemon.http}/v1/policies/criu`)).json;
    expect(one.refuse.find(({ rule }: { rule: string }) => rule === 'tcp-established').lift).toEqual([
      'tcp-established',
      'tcp-close',
    ]);
  });

  it('livez, readyz and its lines', async () => {
    expect(await get(`${daemon.http}/livez`)).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await get(`${daemon.http}/readyz`)).toMatchObject({ status: 200, text: 'ok\n' });
    const { text } = await get(`${daemon.http}/readyz?verbose`);
    for (const name of [
      'procfs',
      'hidepid',
      'capability CAP_SYS_PTRACE',
      'policies',
      'engine',
      'workers',
      'native',
    ]) {
      expect(text).toMatch(new RegExp(`^\\[[-+!]\\] ${name}: .+$`, 'm'));
    }
  });

  it('metrics count what was asked, and no label holds a pid or a path', async () => {
    const { type, text } = await get(`${daemon.http}/metrics`);
    expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toMatch(/^checkpointable_checks_total\{target="tree",verdict="not-ready"\} [1-9]/m);
    expect(text).toMatch(
      /^checkpointable_rejected_files_total\{policy="cr-check-file",kind="chardev",reason="CharDevice"\} [1-9]/m,
    );
    const own = text.split('\n').filter((line) => line.startsWith('checkpointable_'));
    expect(own.filter((line) => line.includes(held.dir) || line.includes(`"${held.pid}"`))).toEqual([]);
  });

  it('openapi.json names every path there is', async () => {
    const { json } = await get(`${daemon.http}/openapi.json`);
    expect(json.openapi).toBe('3.1.0');
    const { text } = await get(`${daemon.http}/`);
    for (const path of Object.keys(json.paths)) expect(text).toContain(path);
    const paths = [
      '/v1/processes/{pid}/files/{fd}',
      '/v1/pods/{namespace}/{name}/watch',
      '/v1/cgroups/{path}',
    ];
    expect(Object.keys(json.paths)).toEqual(expect.arrayContaining(paths));
  });
});

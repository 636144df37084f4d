import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { connectTo, plain } from '../server/grpc/client.ts';
import { remove, temporary } from '../support/held.ts';
import { type Container, noRunc, startContainer } from '../support/runc.ts';
import { cli, type Daemon, get, post, startDaemon, timeless, until } from './support.ts';

const missing = noRunc();
if (missing) console.log(`skipped: a pod of real containers: ${missing}`);

const [uid, later, third] = [randomUUID(), randomUUID(), randomUUID()];
const pod = { namespace: 'shop', name: `basket-${process.pid}` };
const top = `/checkpointable-e2e-${process.pid}`;
const named = `/v1/pods/${pod.namespace}/${pod.name}`;

let dir: string;
let flags: readonly string[];
let daemon: Daemon;
let web: Container;
let log: Container;
const started: Container[] = [];

/** With the kubelet's folders for it. */
async function startIn(podUid: string, name: string): Promise<Container> {
  const id = randomBytes(32).toString('hex');
  mkdirSync(join(dir, 'pods', `${pod.namespace}_${pod.name}_${podUid}`, name), { recursive: true });
  symlinkSync('/dev/null', join(dir, 'containers', `${pod.name}_${pod.namespace}_${name}-${id}.log`));
  const container = await startContainer({
    id,
    podUid,
    top,
    // it opens a device of no checkpoint once somebody writes to /go
    shell: '/bin/busybox mkfifo /go; (read go </go; exec 5<>/dev/fuse; exec sleep 1000) &',
    linux: {
      devices: [{ path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666 }],
      resources: { devices: [{ allow: true, access: 'rwm' }] },
    },
  });
  started.push(container);
  return container;
}

const block = ({ rootfs }: Container): void => writeFileSync(join(rootfs, 'go'), 'go\n');

beforeAll(async () => {
  dir = temporary();
  if (missing !== undefined) return;
  for (const name of ['pods', 'containers', 'kubelet']) mkdirSync(join(dir, name));
  web = await startIn(uid, 'web');
  log = await startIn(uid, 'log');
  flags = [
    ...['--pod-logs', join(dir, 'pods')],
    ...['--container-logs', join(dir, 'containers')],
    ...['--kubelet', join(dir, 'kubelet')],
  ];
  daemon = await startDaemon({ flags });
});
afterAll(async () => {
  await daemon?.stop();
  for (const container of started) await container.stop();
  remove(dir);
});

it('in CI there is a runc for root', () => {
  expect(process.env.CI === undefined || process.getuid?.() !== 0 ? undefined : missing).toBeUndefined();
});

describe.skipIf(missing !== undefined)('a pod of two real containers', () => {
  const report = async (path: string): Promise<Report> => (await get(`${daemon.http}${path}`)).json as Report;
  const ready = async (path: string) => {
    const { status, text } = await get(`${daemon.http}${path}/ready`);
    return { status, text };
  };
  const paths = () => [
    named,
    `${named}?uid=${uid}`,
    `/v1/pods/${uid}`,
    `/v1/pods/${uid.replaceAll('-', '')}`,
    `/v1/cgroups${top}/kubepods/burstable/pod${uid}`,
  ];

  it('is found by name, uid and cgroup, with one part for each container', async () => {
    for (const path of paths()) {
      const found = await report(path);
      expect(found, path).toMatchObject({ verdict: 'ready', reason: 'Ready' });
      expect(found.parts.map(({ target }) => target.container?.name).sort(), path).toEqual(['log', 'web']);
      expect(found.parts.map(({ runtime }) => [runtime.name, runtime.source])).toEqual([
        ['runc', 'detected'],
        ['runc', 'detected'],
      ]);
    }
    expect(await ready(named)).toMatchObject({ status: 200, text: expect.stringMatching(/^ready {2}pod /) });
  });

  it('a container is found by its id, the beginning of it, and its cgroup', async () => {
    for (const path of [
      `/v1/containers/${web.id}`,
      `/v1/containers/${web.id.slice(0, 12)}`,
      `/v1/cgroups${web.cgroup}`,
    ]) {
      const found = await report(path);
      expect(found, path).toMatchObject({
        verdict: 'ready',
        target: {
          pid: web.pid,
          container: { id: web.id, name: 'web', runtime: 'runc' },
          pod: { ...pod, uid },
        },
      });
    }
    expect(await ready(`/v1/containers/${web.id}`)).toMatchObject({ status: 200 });
  });

  it('the node lists them', async () => {
    const { parts } = await report('/v1/node?fresh=true');
    const ids = parts.map(({ target }) => target.container?.id);
    expect(ids).toEqual(expect.arrayContaining([web.id, log.id]));
  });

  it('without what runc gives it is another answer', async () => {
    const bare = await report(`/v1/containers/${web.id}?runtime=none`);
    expect(bare).toMatchObject({ runtime: { name: 'none', source: 'given', options: [] } });
  });

  it('a watch tells at once, when a container opens what stands in the way, and when it is gone', async () => {
    const path = `/v1/containers/${log.id}/watch?intervalSeconds=1`;
    const events = watchEvents(`${daemon.http}${path}`);
    const client = connectTo(daemon.grpc);
    const request = { check: { target: { containerId: log.id } }, intervalSeconds: 1 };
    const stream = client.stream('Watch', request);
    const verdicts: string[] = [];
    let end: { code?: number; metadata?: { get(name: string): unknown[] } } | undefined;
    stream.on('data', (event) => {
      const { report: told } = plain(event) as { report?: Report };
      if (told) verdicts.push(told.verdict);
    });
    stream.on('error', (error) => {
      end = error as typeof end;
    });
    const first = await events.next('report');
    expect(first).toMatchObject({ verdict: 'ready', target: { container: { id: log.id } } });
    await until(() => verdicts.length === 1, 'the first report over gRPC');
    block(log);
    expect(await events.next('report')).toMatchObject({ verdict: 'not-ready', reason: 'CharDevice' });
    await until(() => verdicts.at(-1) === 'not-ready', 'the change over gRPC');

    // meanwhile: the pod is as its worst container
    const whole = await report(named);
    expect(whole).toMatchObject({ verdict: 'not-ready', reason: 'CharDevice' });
    expect(whole.message).toMatch(/^1 of 2: shop\/.*\/log: /);
    expect(whole.findings[0]).toMatchObject({ file: { kind: 'chardev', fd: 5, path: '/dev/fuse' } });
    const parts = whole.parts.map(({ target, verdict }) => [target.container?.name, verdict]);
    expect(parts.sort()).toEqual([
      ['log', 'not-ready'],
      ['web', 'ready'],
    ]);
    expect(await ready(named)).toMatchObject({ status: 409, text: expect.stringMatching(/^not-ready /) });
    expect(await ready(`/v1/containers/${web.id}`)).toMatchObject({ status: 200 });
    expect(await ready(`/v1/containers/${log.id}`)).toMatchObject({ status: 409 });

    await log.stop();
    expect(await events.next('end')).toMatchObject({ code: 'TargetGone', status: 410 });
    await until(() => end !== undefined, 'the end over gRPC');
    expect(end).toMatchObject({ code: 5 });
    expect(end?.metadata?.get('checkpointable-code')).toEqual(['TargetGone']);
    client.close();
    expect(await report(named)).toMatchObject({ verdict: 'ready', counts: { processes: 2 } });
  });

  it('a batch of all kinds over REST and gRPC, each on its own', async () => {
    const targets = [
      { pod },
      { pod: { uid } },
      { pod: { ...pod, uid: third } },
      { containerId: web.id.slice(0, 16) },
      { containerId: log.id },
      { cgroupPath: web.cgroup },
      { pid: web.pid },
    ];
    const requests = targets.map((target) => ({ target }));
    const { json } = await post(`${daemon.http}/v1/check`, { requests });
    type Result = { readonly report?: Report; readonly error?: { readonly code: string } };
    const short = ({ report: told, error }: Result) => told?.verdict ?? error?.code;
    expect(json.results.slice(0, 6).map(short)).toEqual([
      'ready',
      'ready',
      'TargetReplaced',
      'ready',
      'ContainerNotFound',
      'ready',
    ]);
    const client = connectTo(daemon.grpc);
    const { message } = await client.call('CheckBatch', { requests });
    client.close();
    const stripped = (results: readonly Result[]) =>
      results.map(({ report: told, error }) =>
        told ? { ...timeless(told), parts: told.parts.map(timeless) } : error,
      );
    expect(stripped(plain(message).results)).toEqual(stripped(json.results));
  });

  it('the command line, without and with what stands in the way', async () => {
    const free = await cli(['check', `container/${web.id.slice(0, 12)}`, ...flags]);
    expect(free).toMatchObject({ code: 0, stdout: expect.stringMatching(/^READY {2}container /) });
    block(web);
    await until(async () => (await report(named)).verdict === 'not-ready', 'the device is open');
    const blocked = await cli(['check', `pod/${pod.namespace}/${pod.name}`, ...flags]);
    expect(blocked).toMatchObject({ code: 1, stdout: expect.stringContaining('/dev/fuse') });
  });

  it('a pod made anew under its name is another one', async () => {
    await web.stop();
    expect((await get(`${daemon.http}${named}`)).json).toMatchObject({ code: 'PodNotFound' });
    await startIn(later, 'web');
    const pinned = await get(`${daemon.http}${named}?uid=${uid}`);
    expect([pinned.status, pinned.json.code]).toEqual([412, 'TargetReplaced']);
    expect((await get(`${daemon.http}${named}/ready?uid=${uid}`)).status).toBe(412);
    const anew = await report(named);
    expect(anew).toMatchObject({ verdict: 'ready', target: { pod: { uid: later } } });
    expect(anew.notes.join()).toContain(`an earlier pod of this name, ${uid}`);
  });
});

/** Server-sent events, one after the other; heartbeats are passed over. */
function watchEvents(url: string) {
  const reply = fetch(url);
  const pieces = reply.then(({ body }) => (body as ReadableStream<Uint8Array>).getReader());
  const decoder = new TextDecoder();
  let text = '';
  const next = async (name: string): Promise<unknown> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        if (/^event: heartbeat$/m.test(event) || !/^event: /m.test(event)) continue;
        expect(/^event: (.*)$/m.exec(event)?.[1], event).toBe(name);
        return JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? '');
      }
      const { value, done } = await (await pieces).read();
      if (done) throw new Error(`the stream has ended before ${name}`);
      text += decoder.decode(value, { stream: true });
    }
  };
  return { next };
}

import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../../src/policy/report.ts';
import type { Check } from '../../../src/server/check.ts';
import { defaultLimits, type ServerDeps } from '../../../src/server/deps.ts';
import { AgentError } from '../../../src/server/errors.ts';
import { buildApp } from '../../../src/server/rest/app.ts';
import { toWire } from '../../../src/server/wire.ts';
import { fakeDeps, podReport, readyReport, report } from '../fixture.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const one of undo.splice(0).reverse()) await one();
});

async function start(check: Check, more?: Partial<ServerDeps>) {
  const deps = fakeDeps(check, more);
  const app = buildApp(deps);
  await app.listen({ port: 0, host: '127.0.0.1' });
  undo.push(() => app.close());
  const { port } = app.server.address() as { port: number };
  return { deps, app, port };
}

/** The events as they come. */
async function listen(port: number, path: string) {
  const request: ClientRequest = get({ port, host: '127.0.0.1', path });
  const [reply] = (await once(request, 'response')) as [IncomingMessage];
  undo.push(() => request.destroy());
  const state = { text: '', closed: false };
  reply.setEncoding('utf8').on('data', (text: string) => {
    state.text += text;
  });
  reply.on('close', () => {
    state.closed = true;
  });
  const events = () =>
    state.text
      .split('\n\n')
      .filter((block) => block.startsWith('id: '))
      .map((block) => {
        const [, id, event, data = ''] = /^id: (\d+)\nevent: (\w+)\ndata: (.*)$/.exec(block) ?? [];
        return { id: Number(id), event, data: JSON.parse(data) };
      });
  const until = (count: number) => vi.waitFor(() => expect(events()).toHaveLength(count), { timeout: 5000 });
  return { reply, state, events, until, close: () => request.destroy() };
}

/** Looks come every interval of 1 s; what they see is what the test sets. */
function world(first: Report | AgentError) {
  const now = { is: first };
  const check: Check = async () => {
    if (now.is instanceof AgentError) throw now.is;
    return now.is;
  };
  return { now, check };
}

const path = '/v1/processes/4312/watch?intervalSeconds=1';

describe('server-sent events', () => {
  it('a report at once, another when it changes, an error that passes, the end', async () => {
    const { now, check } = world(report);
    const { port, deps } = await start(check);
    const { reply, events, until, state } = await listen(port, path);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'transfer-encoding': 'chunked',
      connection: 'keep-alive',
      'x-request-id': expect.any(String),
    });
    await until(1);
    expect(state.text).toMatch(/^retry: 5000\n\nid: 1\nevent: report\ndata: /);
    now.is = new AgentError('TooBusy', 'later');
    await until(2);
    now.is = readyReport;
    await until(3);
    now.is = new AgentError('ProcessNotFound', 'no process 4312');
    await until(4);
    expect(events()).toEqual([
      { id: 1, event: 'report', data: JSON.parse(JSON.stringify(toWire(report))) },
      { id: 2, event: 'error', data: expect.objectContaining({ code: 'TooBusy', status: 429 }) },
      { id: 3, event: 'report', data: expect.objectContaining({ verdict: 'ready' }) },
      {
        id: 4,
        event: 'end',
        data: {
          code: 'TargetGone',
          status: 410,
          title: 'The target that was watched is gone',
          detail: 'no process 4312; it was there at 2026-01-02T03:04:05.678Z',
        },
      },
    ]);
    await vi.waitFor(() => expect(state.closed).toBe(true));
    expect(deps.logged).toEqual([expect.objectContaining({ code: 'TargetGone', status: 200 })]);
  });

  it('a problem with its status where there is no first report to give', async () => {
    const { check } = world(new AgentError('PodNotFound', 'no pod shop/cart'));
    const { port, deps } = await start(check);
    const { reply, state } = await listen(port, '/v1/pods/shop/cart/watch');
    expect([reply.statusCode, reply.headers['content-type']]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
    await vi.waitFor(() => expect(JSON.parse(state.text).code).toBe('PodNotFound'));
    const bad = await listen(port, '/v1/node/watch?intervalSeconds=0.5');
    expect(bad.reply.statusCode).toBe(400);
    await vi.waitFor(() => expect(bad.state.text).toContain('expected a number from 1 to 300'));
    expect(deps.logged.map(({ code }) => code)).toEqual(['PodNotFound', 'InvalidArgument']);
  });

  it('takes the parameters of a check but for format and time, and no HEAD', async () => {
    const { check } = world(podReport);
    const { app, port, deps } = await start(check);
    await listen(port, '/v1/pods/shop/cart/watch?policy=p&option=a&runtime=runc&show=all');
    expect(deps.asked[0]).toEqual({
      request: {
        target: { type: 'pod', namespace: 'shop', name: 'cart' },
        policy: 'p',
        options: ['a'],
        runtime: 'runc',
        show: 'all',
      },
      deadlineMs: 10_000,
    });
    for (const query of ['format=text', 'timeoutSeconds=1']) {
      expect((await app.inject(`/v1/node/watch?${query}`)).statusCode).toBe(400);
    }
    expect((await app.inject({ method: 'HEAD', url: '/v1/node/watch' })).statusCode).toBe(404);
  });

  it('many of one target cost one look each time, and leave when they go', async () => {
    const { check } = world(readyReport);
    const { port, deps } = await start(check);
    const many = await Promise.all(Array.from({ length: 50 }, () => listen(port, path)));
    await Promise.all(many.map(({ until }) => until(1)));
    expect(deps.asked.length).toBeLessThan(4);
    expect(await deps.metrics.text()).toContain('checkpointable_watchers 50\n');
    for (const { close } of many) close();
    await vi.waitFor(async () => expect(await deps.metrics.text()).toContain('checkpointable_watchers 0\n'));
    const { length } = deps.asked;
    await sleep(1200);
    expect(deps.asked).toHaveLength(length);
    const lines = deps.logged.filter(({ code }) => code === 'Left');
    expect(lines).toHaveLength(50);
    expect(lines[0]).toMatchObject({ route: 'GET /v1/processes/:pid/watch', status: 200, targetPid: 4312 });
  });

  it('refuses one too many', async () => {
    const limits = { ...defaultLimits, watchers: 1 };
    const { port } = await start(world(readyReport).check, { limits });
    await listen(port, path);
    const { reply } = await listen(port, path);
    expect([reply.statusCode, reply.headers['retry-after']]).toEqual([429, '1']);
  });

  it('drops a reader that does not read', async () => {
    const large = 'x'.repeat(4_000_000);
    let look = 0;
    const check: Check = async () => ({
      ...report,
      verdict: 'unknown',
      notes: [],
      kernel: large,
      findings: [{ ...(report.findings[0] as Report['findings'][0]), message: String(look++) }],
    });
    const { port, deps } = await start(check);
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`),
    );
    undo.push(() => socket.destroy());
    socket.pause();
    await vi.waitFor(
      async () => expect((await deps.metrics.text()).includes('{code="SlowReader"} 1\n')).toBe(true),
      { timeout: 8000, interval: 200 },
    );
    expect(look).toBeLessThan(6);
    await vi.waitFor(
      () => expect(deps.logged[0]).toMatchObject({ code: 'SlowReader', msg: 'answered' }),
      2000,
    );
  }, 10_000);

  it('does not hold up a server that closes, even unread', async () => {
    const { port, app } = await start(world(readyReport).check);
    const { until, events, state } = await listen(port, path);
    const silent = connect(port, '127.0.0.1', () =>
      silent.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`),
    );
    undo.push(() => silent.destroy());
    silent.pause();
    await until(1);
    await sleep(50);
    const began = performance.now();
    await app.close();
    expect(performance.now() - began).toBeLessThan(2000);
    await vi.waitFor(() => expect(state.closed).toBe(true));
    expect(events()[1]).toMatchObject({ event: 'end', data: { code: 'ShuttingDown', status: 503 } });
  });
});

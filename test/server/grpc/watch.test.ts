import { connect } from 'node:http2';
import type { ClientReadableStream, ServiceDefinition, ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../../src/policy/report.ts';
import type { Check } from '../../../src/server/check.ts';
import type { ServerDeps } from '../../../src/server/deps.ts';
import { AgentError } from '../../../src/server/errors.ts';
import { buildGrpc } from '../../../src/server/grpc/server.ts';
import { toWire } from '../../../src/server/wire.ts';
import { fakeDeps, podReport, readyReport, report } from '../fixture.ts';
import { connectTo, plain } from './client.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

async function start(check: Check, more?: Partial<ServerDeps>) {
  const deps = fakeDeps(check, more);
  const grpc = buildGrpc(deps);
  const address = await grpc.listen('127.0.0.1:0');
  const client = connectTo(address);
  undo.push(
    () => grpc.stop(100),
    () => client.close(),
  );
  const watch = (request: object, options = {}) => {
    const stream: ClientReadableStream<object> = client.stream('Watch', request, options);
    const events: object[] = [];
    const state: { error?: ServiceError; ended: boolean } = { ended: false };
    stream.on('data', (event) => events.push(plain(event)));
    stream.on('error', (error) => Object.assign(state, { error }));
    stream.on('end', () => Object.assign(state, { ended: true }));
    const until = (count: number) => vi.waitFor(() => expect(events).toHaveLength(count), { timeout: 5000 });
    const failed = () =>
      vi.waitFor(
        () => {
          expect(state.error).toBeDefined();
          return state.error as ServiceError;
        },
        { timeout: 5000 },
      );
    return { stream, events, until, failed };
  };
  return { deps, grpc, watch, address };
}

const check = { target: { pid: 4312 } };
const codeOf = (error: ServiceError) => error.metadata.get('checkpointable-code')[0];

describe('Watch', () => {
  it('a report at once, another when it changes, an error that passes, the end', async () => {
    let now: Report | AgentError = podReport;
    const { watch, deps } = await start(async () => {
      if (now instanceof AgentError) throw now;
      return now;
    });
    const pod = { namespace: 'shop', name: 'cart' };
    const { until, events, failed } = watch({
      check: { target: { pod }, options: ['a'], runtime: 'crun' },
      intervalSeconds: 1,
    });
    await until(1);
    expect(deps.asked[0]?.request).toEqual({
      target: { type: 'pod', ...pod },
      options: ['a'],
      runtime: 'crun',
      show: 'blocking',
    });
    now = new AgentError('DeadlineExceeded', 'slow');
    await until(2);
    now = { ...podReport, verdict: 'ready' };
    await until(3);
    now = new AgentError('TargetReplaced', 'another pod has this name');
    const error = await failed();
    expect(events).toEqual([
      { report: JSON.parse(JSON.stringify(toWire(podReport))) },
      { error: { code: 'DeadlineExceeded', status: 504, title: expect.any(String), detail: 'slow' } },
      { report: expect.objectContaining({ verdict: 'ready' }) },
    ]);
    expect([codeOf(error), error.code]).toEqual(['TargetGone', 5]);
    expect(error.details).toContain('another pod has this name');
    expect(deps.logged).toEqual([
      expect.objectContaining({
        route: '/checkpointable.v1.Readiness/Watch',
        status: 'TargetGone',
        target: 'pod',
      }),
    ]);
  });

  it.each<[string, object, string]>([
    ['no question', {}, 'InvalidArgument'],
    ['no target', { check: {} }, 'InvalidArgument'],
    ['an interval', { check, intervalSeconds: 301 }, 'InvalidArgument'],
    ['a target that is not there', { check }, 'ProcessNotFound'],
  ])('refuses %s', async (_, request, code) => {
    const { watch } = await start(async () => {
      throw new AgentError('ProcessNotFound', 'no process 4312');
    });
    const { failed, events } = watch(request);
    expect([codeOf(await failed()), events]).toEqual([code, []]);
  });

  it('ends with its deadline, and when the client goes', async () => {
    const { watch, deps } = await start(async () => readyReport);
    const late = watch({ check }, { deadline: Date.now() + 300 });
    expect((await late.failed()).code).toBe(4);
    const other = watch({ check });
    await other.until(1);
    other.stream.cancel();
    await vi.waitFor(async () => expect(await deps.metrics.text()).toContain('checkpointable_watchers 0\n'));
    expect(deps.logged.map(({ status }) => status)).toEqual(['Left', 'Left']);
  });

  it('many of one target cost one look', async () => {
    const { watch, deps } = await start(async () => readyReport);
    const many = Array.from({ length: 100 }, () => watch({ check }));
    await Promise.all(many.map(({ until }) => until(1)));
    expect(deps.asked).toHaveLength(1);
  });

  it('drops a reader that does not read, and it holds up no stop', async () => {
    let look = 0;
    const kernel = 'x'.repeat(1_000_000);
    const finding = report.findings[0] as Report['findings'][0];
    const { deps, grpc, address } = await start(async () => ({
      ...report,
      kernel,
      findings: [{ ...finding, message: String(look++) }],
    }));
    const { Watch } = loadSync('checkpointable/v1/readiness.proto', { includeDirs: ['proto'] })[
      'checkpointable.v1.Readiness'
    ] as ServiceDefinition;
    const session = connect(`http://${address}`);
    undo.push(() => session.destroy());
    session.on('error', () => {});
    const stream = session.request({
      ':method': 'POST',
      ':path': '/checkpointable.v1.Readiness/Watch',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const body = Watch?.requestSerialize({ check, intervalSeconds: 1 }) ?? Buffer.alloc(0);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length, 1);
    // no reader of what is answered: the window of the stream fills
    stream.on('error', () => {}).end(Buffer.concat([head, body]));
    const dropped = async () =>
      (await deps.metrics.text()).includes('watch_ends_total{code="SlowReader"} 1\n');
    await vi.waitFor(async () => expect(await dropped()).toBe(true), { timeout: 12_000, interval: 200 });
    expect(look).toBeLessThan(10);
    const began = performance.now();
    await grpc.stop(10_000);
    expect(performance.now() - began).toBeLessThan(4000);
  }, 20_000);

  it('a server that stops ends it', async () => {
    const { watch, grpc } = await start(async () => readyReport);
    const { until, failed } = watch({ check });
    await until(1);
    const began = performance.now();
    await grpc.stop(10_000);
    expect(performance.now() - began).toBeLessThan(1000);
    const error = await failed();
    expect([codeOf(error), error.code]).toEqual(['ShuttingDown', 14]);
  });
});

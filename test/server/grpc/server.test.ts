import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, loadPackageDefinition, Metadata, Server, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Check } from '../../../src/server/check.ts';
import type { ServerDeps } from '../../../src/server/deps.ts';
import { buildGrpc } from '../../../src/server/grpc/server.ts';
import { fakeDeps, readyReport } from '../fixture.ts';
import { connectTo } from './client.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

async function start(check?: Check, more?: Partial<ServerDeps>, address = '127.0.0.1:0') {
  const deps = fakeDeps(check, more);
  const grpc = buildGrpc(deps);
  const bound = await grpc.listen(address);
  undo.push(() => grpc.stop(100));
  const client = connectTo(bound);
  undo.push(() => client.close());
  return { deps, grpc, bound, ...client };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'checkpointable-'));
  undo.unshift(() => rmSync(path, { recursive: true }));
  return path;
}

const never: Check = () => new Promise(() => {});
const target = { pid: 7 };

describe('deadlines', () => {
  const left = async (options: object) => {
    const { call, deps } = await start(async () => readyReport);
    await call('Check', { target }, options);
    return deps.asked[0]?.deadlineMs ?? Number.NaN;
  };

  it("is the call's, a little less so that our own answer arrives", async () => {
    const ms = await left({ deadline: Date.now() + 3000 });
    expect(ms).toBeGreaterThan(2500);
    expect(ms).toBeLessThanOrEqual(2981);
  });

  it('is the configured one without, and never more than 60 s', async () => {
    expect(await left({})).toBeGreaterThan(9000);
    expect(await left({})).toBeLessThanOrEqual(10_000);
    const capped = await left({ deadline: Date.now() + 3_600_000 });
    expect(capped).toBeGreaterThan(59_000);
    expect(capped).toBeLessThanOrEqual(60_000);
  });
});

describe('limits and faults', () => {
  it('refuses an empty batch and one of more than 1,000', async () => {
    const { call } = await start(async () => readyReport);
    const none = await call('CheckBatch', { requests: [] });
    expect(none.error?.details).toBe('requests: expected a list of 1 to 1000 of them, got a list of 0');
    const many = await call('CheckBatch', { requests: Array(1001).fill({ target }) });
    expect(many.error?.metadata.get('checkpointable-code')).toEqual(['InvalidArgument']);
    const most = await call('CheckBatch', { requests: Array(1000).fill({ target }) });
    expect(most.message.results).toHaveLength(1000);
  });

  it('refuses a message that is too large', async () => {
    const { call, deps } = await start();
    const { error } = await call('Check', { target, policy: 'x'.repeat(1024 * 1024 + 1) });
    expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(deps.asked).toEqual([]);
  });

  it('tells of a fault without its cause, and logs one line per call', async () => {
    const { call, deps } = await start(async () => {
      throw new TypeError('secret');
    });
    const metadata = new Metadata();
    metadata.set('x-request-id', 'r1');
    const { error } = await call('Check', { target }, {}, metadata);
    expect(error?.code).toBe(status.INTERNAL);
    expect(error?.details).not.toContain('secret');
    expect(error?.metadata.get('checkpointable-request-id')).toEqual(['r1']);
    expect(deps.logged).toEqual([
      expect.objectContaining({
        msg: 'fault',
        requestId: 'r1',
        err: expect.objectContaining({ message: 'secret' }),
      }),
      expect.objectContaining({
        msg: 'answered',
        requestId: 'r1',
        route: '/checkpointable.v1.Readiness/Check',
        status: 'Internal',
        targetPid: 7,
      }),
    ]);
  });

  it('counts what it answers', async () => {
    const { call, deps } = await start(async () => readyReport);
    await call('Check', { target });
    expect(await deps.metrics.text()).toContain(
      'checkpointable_checks_total{target="tree",verdict="ready"} 1\n',
    );
  });
});

describe('addresses', () => {
  it('answers on several, a unix socket for owner and group among them', async () => {
    const path = join(folder(), 'agent.sock');
    const { grpc, call } = await start(async () => readyReport);
    expect(await grpc.listen(`unix:${path}`)).toBe(`unix:${path}`);
    expect(statSync(path).mode & 0o777).toBe(0o660);
    const other = connectTo(`unix:${path}`);
    undo.push(() => other.close());
    expect((await other.call('Check', { target })).message.verdict).toBe('ready');
    expect((await call('Check', { target })).message.verdict).toBe('ready');
  });

  it('replaces a socket nobody answers on, and no other', async () => {
    const path = join(folder(), 'agent.sock');
    writeFileSync(path, '');
    await expect(start(undefined, {}, `unix:${path}`)).rejects.toThrow('is no socket');
    rmSync(path);
    const live = createServer().listen(path);
    await new Promise((resolve) => live.once('listening', resolve));
    await expect(start(undefined, {}, `unix:${path}`)).rejects.toThrow('another agent answers');
    // as a killed process leaves it: the name stays, nobody listens
    const kept = join(path, '..', 'kept.sock');
    const { linkSync } = await import('node:fs');
    linkSync(path, kept);
    await new Promise((resolve) => live.close(resolve));
    const { call } = await start(async () => readyReport, {}, `unix:${kept}`);
    expect((await call('Check', { target })).message.verdict).toBe('ready');
  });

  it('says which address is taken', async () => {
    const { bound } = await start();
    await expect(start(undefined, {}, bound)).rejects.toThrow(`cannot listen on ${bound}: EADDRINUSE`);
  });
});

describe('health', () => {
  it('follows setServing, for the server and for the service', async () => {
    const { grpc, bound } = await start();
    const { grpc: loaded } = loadPackageDefinition(loadSync(protoPath, { enums: String })) as never as {
      grpc: { health: { v1: { Health: new (...args: unknown[]) => HealthClient } } };
    };
    const client = new loaded.health.v1.Health(bound, credentials.createInsecure());
    undo.push(() => client.close());
    const ask = (service: string) =>
      new Promise((resolve) => client.check({ service }, (_, answer) => resolve(answer?.status)));
    expect(await ask('')).toBe('NOT_SERVING');
    grpc.setServing(true);
    expect([await ask(''), await ask('checkpointable.v1.Readiness')]).toEqual(['SERVING', 'SERVING']);
  });
});

interface HealthClient {
  check(request: object, done: (error: unknown, answer?: { status: string }) => void): void;
  close(): void;
}

describe('stop', () => {
  it('lets a running call end', async () => {
    const { grpc, call } = await start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return readyReport;
    });
    const running = call('Check', { target });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await grpc.stop(5000);
    expect((await running).message.verdict).toBe('ready');
  });

  it('cuts off what does not end in time', async () => {
    const { grpc, call } = await start(never);
    const running = call('Check', { target });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const started = performance.now();
    await grpc.stop(100);
    expect(performance.now() - started).toBeLessThan(2000);
    expect((await running).error?.code).toBeDefined();
  });

  it('ends where grpc-js waits on for a connection that is gone, as it was seen to after broken HTTP/2', async () => {
    const { grpc } = await start();
    const waits = vi.spyOn(Server.prototype, 'tryShutdown').mockImplementation(() => {});
    undo.push(() => waits.mockRestore());
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    undo.push(() => vi.useRealTimers());
    const stopped = grpc.stop(100);
    await vi.advanceTimersByTimeAsync(100);
    await stopped;
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckRequest } from '../../../src/server/check.ts';
import { AgentError, type ErrorCode, errorTable } from '../../../src/server/errors.ts';
import { buildGrpc } from '../../../src/server/grpc/server.ts';
import { buildApp } from '../../../src/server/rest/app.ts';
import { toWire } from '../../../src/server/wire.ts';
import { fakeDeps, pidOf, podReport, readyReport, report } from '../fixture.ts';
import { connectTo, plain } from './client.ts';

const reports = { 1: report, 2: readyReport, 3: podReport } as const;
const codes = Object.keys(errorTable) as ErrorCode[];
/** pid 1 to 3: a report. 100 and on: the errors of the table, in its order. */
const check = async (request: CheckRequest) => {
  const pid = pidOf(request);
  const code = codes[pid - 100];
  if (code !== undefined) throw new AgentError(code, `detail of ${code}`);
  return reports[pid as 1 | 2 | 3];
};

const deps = fakeDeps(check);
const app = buildApp(deps);
const grpc = buildGrpc(deps);
let client: ReturnType<typeof connectTo>;
beforeAll(async () => {
  client = connectTo(await grpc.listen('127.0.0.1:0'));
});
afterAll(async () => {
  client.close();
  await Promise.all([grpc.stop(1000), app.close()]);
});

describe('REST and gRPC give one answer', () => {
  it.each([1, 2, 3])('report %i', async (pid) => {
    const overRest = (await app.inject(`/v1/processes/${pid}?show=all`)).json();
    const { message } = await client.call('Check', { target: { pid }, show: 'all' });
    expect(plain(message)).toEqual(overRest);
    expect(overRest).toEqual(JSON.parse(JSON.stringify(toWire(reports[pid as 1 | 2 | 3]))));
  });

  it('asks the same of the agent', async () => {
    deps.asked.length = 0;
    await app.inject('/v1/processes/1/files/57?policy=p&option=a&option=b&engineVersion=4.1&show=all');
    await client.call('Check', {
      target: { pid: 1, fd: 57 },
      policy: 'p',
      options: ['a', 'b'],
      engineVersion: '4.1',
      show: 'all',
    });
    await app.inject('/v1/processes/1');
    await client.call('Check', { target: { pid: 1 } });
    const [rest, rpc, restPlain, rpcPlain] = deps.asked.map(({ request }) => request);
    expect(rpc).toEqual(rest);
    expect(rpcPlain).toEqual(restPlain);
  });

  it.each<[string, object]>([
    ['/v1/processes/1?scope=process&startTimeTicks=12', { pid: 1, scope: 'process', startTimeTicks: '12' }],
    ['/v1/containers/containerd%3A%2F%2Fabcdef12', { containerId: 'containerd://abcdef12' }],
    [
      '/v1/pods/0f6a8a4c-7a0e-4c0f-9b1c-2d3e4f5a6b7c',
      { pod: { uid: '0f6a8a4c-7a0e-4c0f-9b1c-2d3e4f5a6b7c' } },
    ],
    ['/v1/pods/shop/cart', { pod: { namespace: 'shop', name: 'cart' } }],
    [
      '/v1/pods/shop/cart?uid=0f6a8a4c-7a0e-4c0f-9b1c-2d3e4f5a6b7c',
      { pod: { namespace: 'shop', name: 'cart', uid: '0f6a8a4c-7a0e-4c0f-9b1c-2d3e4f5a6b7c' } },
    ],
    ['/v1/cgroups/a.slice/b.scope', { cgroupPath: 'a.slice/b.scope' }],
    ['/v1/node', { node: true }],
  ])('means the same target: %s', async (url, target) => {
    deps.asked.length = 0;
    const requests = [{ target, runtime: 'runc' }];
    await app.inject(`${url}${url.includes('?') ? '&' : '?'}runtime=runc`);
    await app.inject({ method: 'POST', url: '/v1/check', payload: { requests } });
    await client.call('Check', requests[0] as object);
    await client.call('CheckBatch', { requests });
    const [one, ...others] = deps.asked.map(({ request }) => request);
    expect(others).toEqual([one, one, one]);
  });

  it('identical requests of one batch cost one probe', async () => {
    const one = { target: { pid: 2 }, options: ['a'] };
    const requests = [
      ...Array(20).fill(one),
      { options: ['a'], target: { scope: 'tree', pid: 2 } },
      { target: { pid: 2 } },
    ];
    deps.asked.length = 0;
    const overRest = (await app.inject({ method: 'POST', url: '/v1/check', payload: { requests } })).json();
    expect(deps.asked).toHaveLength(2);
    const { message } = await client.call('CheckBatch', { requests });
    expect(deps.asked).toHaveLength(4);
    expect(plain(message)).toEqual(overRest);
    expect(overRest.results).toHaveLength(22);
  });

  it('fd 0 is an fd, and no fd is none', async () => {
    deps.asked.length = 0;
    await client.call('Check', { target: { pid: 1, fd: 0 } });
    expect(deps.asked[0]?.request.target).toEqual({ type: 'process', pid: 1, fd: 0 });
  });

  it.each(codes.map((code, i) => [code, 100 + i] as const))('error %s', async (code, pid) => {
    const problem = (await app.inject(`/v1/processes/${pid}`)).json();
    const { error } = await client.call('Check', { target: { pid } });
    expect(error).toMatchObject({ code: errorTable[code].grpc, details: problem.detail });
    const said = error?.metadata.getMap();
    expect(said).toMatchObject({
      'checkpointable-code': problem.code,
      'checkpointable-http-status': String(problem.status),
      'checkpointable-title': problem.title,
    });
  });

  it('batch, in order, odd requests among them', async () => {
    const requests = [
      { target: { pid: 1 } },
      { target: { pid: 0 } },
      { target: { pid: 2 }, show: 'x' },
      { target: { pid: 101 } },
      { target: { pid: 2 } },
    ];
    const overRest = (await app.inject({ method: 'POST', url: '/v1/check', payload: { requests } })).json();
    const { message } = await client.call('CheckBatch', { requests });
    expect(plain(message)).toEqual(overRest);
    const ends = overRest.results.map((one: { error?: { code: string } }) => one.error?.code ?? 'report');
    expect(ends).toEqual(['report', 'InvalidArgument', 'InvalidArgument', codes[1], 'report']);
  });

  it('policies', async () => {
    const { message } = await client.call('ListPolicies', {});
    expect(plain(message)).toEqual((await app.inject('/v1/policies')).json());
  });
});

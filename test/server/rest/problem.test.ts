import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { AgentError, type ErrorCode, errorTable } from '../../../src/server/errors.ts';
import { buildApp } from '../../../src/server/rest/app.ts';
import { fakeDeps, readyReport } from '../fixture.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});
const start = (...args: Parameters<typeof fakeDeps>) => {
  const deps = fakeDeps(...args);
  const app = buildApp(deps);
  open.push(app);
  return { app, deps };
};

const codes = Object.keys(errorTable) as ErrorCode[];

test.each(codes)('%s is a problem with its status, for text clients too', async (code) => {
  const { app, deps } = start(async () => {
    throw new AgentError(code, 'what was expected');
  });
  for (const accept of ['application/json', 'text/plain']) {
    const answer = await app.inject({ url: '/v1/processes/1', headers: { accept, 'x-request-id': 'r1' } });
    expect(answer.statusCode).toBe(errorTable[code].http);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toEqual({
      type: `urn:checkpointable:error:${code}`,
      title: errorTable[code].title,
      status: errorTable[code].http,
      detail: 'what was expected',
      instance: 'urn:checkpointable:request:r1',
      code,
    });
  }
  expect(deps.logged.filter(({ msg }) => msg === 'answered')).toEqual([
    expect.objectContaining({ code, targetPid: 1 }),
    expect.objectContaining({ code, targetPid: 1 }),
  ]);
});

describe('a fault of the agent', () => {
  it('is told without its cause, which is in the log', async () => {
    const { app, deps } = start(async () => {
      throw new TypeError('secret of the agent');
    });
    const answer = await app.inject({ url: '/v1/processes/1', headers: { 'x-request-id': 'r1' } });
    expect(answer.json()).toMatchObject({ code: 'Internal', status: 500 });
    expect(answer.payload).not.toMatch(/secret|TypeError|\.ts/);
    const fault = deps.logged.find(({ msg }) => msg === 'fault');
    expect(fault).toMatchObject({
      requestId: 'r1',
      err: { type: 'TypeError', message: 'secret of the agent' },
    });
  });

  it('may also be outside the check', async () => {
    const { app } = start(undefined, {
      readiness: () => Promise.reject(new Error('secret')),
    });
    const answer = await app.inject('/readyz');
    expect([answer.json().code, answer.payload.includes('secret')]).toEqual(['Internal', false]);
  });
});

describe('the framework', () => {
  const post = { method: 'POST', url: '/v1/check' } as const;
  const json = { 'content-type': 'application/json' };
  test.each<[string, object, ErrorCode, string]>([
    ['an unknown path', { url: '/v1/nothing' }, 'RouteNotFound', 'GET / lists'],
    ['an unknown method', { url: '/v1/check' }, 'RouteNotFound', 'GET of this path'],
    ['an unknown policy', { url: '/v1/policies/x' }, 'PolicyNotFound', 'these are: criu, cr-check-file'],
    ['a broken escape', { url: '/v1/policies/%zz' }, 'InvalidArgument', '% escapes'],
    ['a part too long', { url: `/v1/policies/${'x'.repeat(9000)}` }, 'RouteNotFound', ''],
    ['a bad parameter', { url: '/v1/processes/1?shw=all' }, 'InvalidArgument', 'unknown name "shw"'],
    [
      'a form',
      { ...post, payload: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      'UnsupportedMediaType',
      'application/json',
    ],
    [
      'text',
      { ...post, payload: '{}', headers: { 'content-type': 'text/plain' } },
      'UnsupportedMediaType',
      'application/json',
    ],
    ['no body', post, 'InvalidArgument', 'body: expected'],
    ['an empty body', { ...post, payload: '', headers: json }, 'InvalidArgument', 'got nothing'],
    ['broken JSON', { ...post, payload: '{"requests":', headers: json }, 'InvalidArgument', 'does not parse'],
    ['a poisoned prototype', { ...post, payload: '{"__proto__":1}', headers: json }, 'InvalidArgument', ''],
    [
      'a body too large',
      { ...post, payload: `"${'x'.repeat(1024 * 1024)}"`, headers: json },
      'PayloadTooLarge',
      '',
    ],
  ])('%s', async (_, request, code, detail) => {
    const { app } = start();
    const answer = await app.inject(request);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toMatchObject({ code, status: answer.statusCode });
    expect(answer.statusCode).toBe(errorTable[code].http);
    expect(answer.json().detail).toContain(detail);
  });

  it('refuses headers that are too large, and what is no HTTP, with a problem too', async () => {
    const { app } = start();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as { port: number };
    expect(await raw(port, `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 .*HeadersTooLarge/s,
    );
    expect(await raw(port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*InvalidArgument/s);
  });

  it('gives up on a request that does not arrive', async () => {
    const deps = fakeDeps();
    const { app } = start(undefined, { limits: { ...deps.limits, receiveSeconds: 0.2 } });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as { port: number };
    const late = /^HTTP\/1\.1 408 .*RequestTimeout/s;
    expect(await raw(port, 'GET / HTTP/1.1\r\nhost:')).toMatch(late);
    const body = 'content-type: application/json\r\ncontent-length: 9\r\n\r\n{';
    expect(await raw(port, `POST /v1/check HTTP/1.1\r\nhost: localhost\r\n${body}`)).toMatch(late);
  });

  it('lets what runs end when it closes, and takes no more', async () => {
    let finish = () => {};
    let began = () => {};
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const { app } = start(async () => {
      began();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return readyReport;
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (data) => {
      received += data;
    });
    socket.write('GET /v1/processes/1/ready HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await begun;
    const closed = app.close();
    // the hook runs some turns later
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.write('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const ended = once(socket, 'close');
    finish();
    await Promise.all([closed, ended]);
    // told to go away with its answer, so the request behind it is not answered: the client sends it elsewhere
    expect(received).toMatch(/^HTTP\/1\.1 200 OK.*connection: close.*\nready {2}tree/s);
    expect(received.match(/^HTTP/gm)).toHaveLength(1);
  });
});

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (data) => {
      received += data;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyOf } from '../../src/server/body.ts';
import { defaultLimits } from '../../src/server/deps.ts';
import { encode } from '../../src/server/grpc/encode.ts';
import { buildGrpc } from '../../src/server/grpc/server.ts';
import { buildApp } from '../../src/server/rest/app.ts';
import { fakeDeps, readyReport } from './fixture.ts';
import { connectTo } from './grpc/client.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

/** More than a socket takes before somebody reads it. */
const large = 8 * 1024 * 1024;
const limits = { ...defaultLimits, sendSeconds: 0.5, unsentBytes: large + 1000 };
const closedAfterMs = async (socket: NodeJS.EventEmitter) => {
  const started = performance.now();
  await once(socket, 'close');
  return performance.now() - started;
};

describe('an answer that is not read', () => {
  it('over HTTP: another finds no room for its own, until the connection is closed', async () => {
    const body = bodyOf(' '.repeat(large));
    const app = buildApp(fakeDeps(async () => ({ ...readyReport, body }), { limits }));
    undo.push(() => app.close());
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const ask = async () =>
      (await fetch(`${address}/v1/processes/1`).then((reply) => (reply.ok ? reply.text() : reply.json()))) as
        | string
        | { code: string };
    const reader = connect(Number(new URL(address).port), '127.0.0.1');
    undo.push(() => reader.destroy());
    reader.on('error', () => {});
    reader.write('GET /v1/processes/1 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(reader, 'readable');
    expect(await ask()).toMatchObject({ code: 'TooBusy', detail: expect.stringContaining('are being read') });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await ask()).toHaveLength(large);
    // its end comes behind what it has not read
    reader.resume();
    expect(await closedAfterMs(reader)).toBeLessThan(5000);
  });

  it('over gRPC: the same', async () => {
    const body = bodyOf(encode({ ...readyReport, message: ' '.repeat(large) }, 'message'));
    const deps = fakeDeps(async () => ({ ...readyReport, body }), { limits });
    const grpc = buildGrpc(deps);
    undo.push(() => grpc.stop(100));
    const address = await grpc.listen('127.0.0.1:0');
    // a window that is never opened
    const session = connectHttp2(`http://${address}`, { settings: { initialWindowSize: 0 } });
    session.on('error', () => {});
    undo.push(() => session.destroy());
    const path = '/checkpointable.v1.Readiness/Check';
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => {});
    // a message of one field: the pid
    stream.end(Buffer.from([0, 0, 0, 0, 4, 0x0a, 2, 8, 7]));
    await once(stream, 'response');
    const client = connectTo(address, undefined, { 'grpc.max_receive_message_length': -1 });
    undo.push(() => client.close());
    const ask = () => client.call('Check', { target: { pid: 7 } });
    expect((await ask()).error?.metadata.get('checkpointable-code')).toEqual(['TooBusy']);
    expect(await closedAfterMs(session)).toBeLessThan(5000);
    expect((await ask()).message.message).toHaveLength(large);
  });
});

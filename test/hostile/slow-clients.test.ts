import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../e2e/support.ts';
import { connectTo } from '../server/grpc/client.ts';
import { fields, frame, headers, hello, preface, types } from './support/http2-frames.ts';
import { type Knock, knock } from './support/sockets.ts';
import {
  answersOthers,
  type Level,
  levelAtRest,
  metric,
  settled,
  startWatched,
  type WatchedDaemon,
} from './support/watched-daemon.ts';

let daemon: WatchedDaemon;
let before: Level;
beforeAll(async () => {
  daemon = await startWatched();
  before = await levelAtRest(daemon);
});
afterAll(() => daemon?.stop());

/** Many of one kind, from an address of their own. */
const slow = (localAddress: string, port: number, say: string | Uint8Array, count = 100): readonly Knock[] =>
  Array.from({ length: count }, () => knock({ host: '127.0.0.1', port, localAddress }, say));
/** One byte each second, until the socket is closed. */
const drip = (sockets: readonly Knock[], byte: string): NodeJS.Timeout =>
  setInterval(() => {
    for (const { socket } of sockets) if (socket.writable) socket.write(byte);
  }, 1000);
const posting =
  'POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';

describe('requests that never arrive whole', () => {
  it.concurrent.each([
    ['headers', '127.0.2.1', 'GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ', 'x', 0],
    ['a body', '127.0.2.2', posting, ' ', 0],
    // it answers the first, and waits no longer for the second
    [
      'a second request',
      '127.0.2.3',
      'GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /livez HTTP/1.1\r\nX',
      'x',
      1,
    ],
  ])(
    '%s of one byte each second: 408 in about ten seconds, others are answered',
    async (_, address, say, byte, answered) => {
      const sockets = slow(address, daemon.httpPort, say);
      const dripping = drip(sockets, byte);
      const started = performance.now();
      await sleep(3000);
      expect(await answersOthers(daemon)).toEqual([200, 200]);
      const said = await Promise.all(sockets.map(({ closed }) => closed));
      clearInterval(dripping);
      expect(performance.now() - started).toBeLessThan(30_000);
      for (const text of said) {
        expect(text.match(/HTTP\/1\.1 200 /g) ?? []).toHaveLength(answered);
        expect(text).toMatch(/HTTP\/1\.1 408 [\s\S]*"code":"RequestTimeout"/);
      }
    },
  );

  it.concurrent('a preface of HTTP/2 of which a byte comes each second: closed', async () => {
    const sockets = slow('127.0.2.4', daemon.grpcPort, preface.subarray(0, 4));
    const dripping = drip(sockets, 'x');
    await Promise.all(sockets.map(({ closed }) => closed));
    clearInterval(dripping);
    expect(await answersOthers(daemon)).toEqual([200, 200]);
  });

  it.concurrent('a gRPC call without its message, or HEADERS without their end, keep nobody out', async () => {
    const open = Buffer.concat([hello, headers(1)]);
    const half = Buffer.concat([hello, frame(types.headers, 0, 1, fields({ ':method': 'POST' }))]);
    const sockets = [
      ...slow('127.0.2.5', daemon.grpcPort, open),
      ...slow('127.0.2.6', daemon.grpcPort, half),
    ];
    await sleep(1000);
    expect(await answersOthers(daemon)).toEqual([200, 200]);
    const client = connectTo(daemon.grpc);
    expect((await client.call('ListPolicies', {})).error).toBeUndefined();
    client.close();
    for (const { socket } of sockets) socket.destroy();
  });
});

describe('watchers that vanish', () => {
  const watchers = () => metric(daemon, 'checkpointable_watchers');

  it('in the middle of a stream, having read nothing: SSE and gRPC, all is as before', async () => {
    const path = `/v1/processes/${daemon.target}/watch?scope=process&intervalSeconds=1`;
    const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const streams = slow('127.0.2.7', daemon.httpPort, request);
    for (const { socket } of streams) socket.pause();
    const clients = Array.from({ length: 20 }, () =>
      connectTo(daemon.grpc, undefined, { 'grpc.use_local_subchannel_pool': 1 }),
    );
    const check = { target: { pid: daemon.target, scope: 'process' } };
    // never read: no listener for data
    const calls = clients.flatMap((client) =>
      [0, 1, 2, 3, 4].map(() => client.stream('Watch', { check, intervalSeconds: 1 })),
    );
    for (const call of calls) call.on('error', () => {}).pause();
    await until(async () => (await watchers()) === 200, 'all of them watch');
    expect(await answersOthers(daemon)).toEqual([200, 200]);
    // without a word, as a machine that is switched off: RST, and no end of the stream
    for (const { socket } of streams) (socket as Socket).resetAndDestroy();
    for (const client of clients) client.close();
    for (const call of calls) call.cancel();
    await until(async () => (await watchers()) === 0, 'none of them is left');
    expect(await settled(daemon, before)).toBe('as before');
  });
});

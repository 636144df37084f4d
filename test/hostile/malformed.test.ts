import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post } from '../e2e/support.ts';
import { connectTo } from '../server/grpc/client.ts';
import { fields, frame, headers, hello, message, preface, settings, types } from './support/http2-frames.ts';
import { knock } from './support/sockets.ts';
import {
  answersOthers,
  type Level,
  levelAtRest,
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
afterAll(async () => {
  // after all of it: nothing is left, nothing was a fault
  const end = await settled(daemon, before);
  const faults = daemon.output.stdout.match(/"msg":"fault"/g);
  await daemon.stop();
  expect([end, faults]).toEqual(['as before', null]);
});

const line = 'GET /livez HTTP/1.1\r\nHost: localhost\r\n';
const long = 'x'.repeat(20_000);
const check = 'POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

describe('HTTP/1', () => {
  it.each([
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'InvalidArgument'],
    ['a method that is none', 'G\0T / HTTP/1.1\r\n\r\n', 400, 'InvalidArgument'],
    ['no Host', 'GET /livez HTTP/1.1\r\n\r\n', 400, undefined],
    ['a version that is none', 'GET /livez HTTP/9.9\r\n\r\n', 400, 'InvalidArgument'],
    ['a header with a NUL', `${line}X: a\0b\r\n\r\n`, 400, 'InvalidArgument'],
    ['a header folded onto a line of its own', `${line}X: a\r\n b\r\n\r\n`, 400, 'InvalidArgument'],
    ['two lengths', `${check}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400, 'InvalidArgument'],
    [
      'a length and chunks (smuggling)',
      `${check}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
      400,
      'InvalidArgument',
    ],
    ['a chunk of no size', `${check}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, 'InvalidArgument'],
    ['a length below zero', `${check}Content-Length: -1\r\n\r\n`, 400, 'InvalidArgument'],
    ['a URL of 20 kB', `GET /${long} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431, 'HeadersTooLarge'],
    ['a header of 20 kB', `${line}X: ${long}\r\n\r\n`, 431, 'HeadersTooLarge'],
    ['10,000 headers', `${line}${'A: b\r\n'.repeat(10_000)}\r\n`, 431, 'HeadersTooLarge'],
    [
      'a path of wrong escapes',
      'GET /v1/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      400,
      'InvalidArgument',
    ],
    [
      'a body of 2 MB',
      `${check}Content-Length: 2000000\r\n\r\n${'x'.repeat(2_000_000)}`,
      413,
      'PayloadTooLarge',
    ],
    [
      'chunks without end',
      `${check}Transfer-Encoding: chunked\r\n\r\n${`1000\r\n${'x'.repeat(4096)}\r\n`.repeat(400)}`,
      413,
      'PayloadTooLarge',
    ],
    ['HTTP/2', Buffer.from(hello), 400, 'InvalidArgument'],
  ])('%s: is answered, and the connection ends', async (_, bytes, status, code) => {
    const { closed, socket } = knock({ host: '127.0.0.1', port: daemon.httpPort }, bytes);
    socket.end();
    const said = await closed;
    expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    if (code !== undefined) expect(said).toContain(`"code":"${code}"`);
    expect(await answersOthers(daemon)).toEqual([200, 200]);
  });

  it('JSON that nests 100,000 deep, or has what no request has, is a problem', async () => {
    const deep = await get(`${daemon.http}/v1/check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '['.repeat(100_000),
    });
    expect(deep.json).toMatchObject({ status: 400, code: 'InvalidArgument' });
    const polluting = await post(
      `${daemon.http}/v1/check`,
      JSON.parse('{"__proto__": {"a": 1}, "requests": []}'),
    );
    expect(polluting.json).toMatchObject({ status: 400, code: 'InvalidArgument' });
  });
});

/** Types of the frames in what was said. */
function framesIn(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'latin1');
  const found: number[] = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) found.push(bytes[at + 3] ?? -1);
  return found;
}

/** Says it, and waits until the connection is closed or one of these frames came. */
async function sayUntil(bytes: Uint8Array, wanted: readonly number[]): Promise<string> {
  const { socket, closed } = knock({ host: '127.0.0.1', port: daemon.grpcPort }, bytes);
  let told = '';
  const answered = new Promise<string>((resolve) => {
    socket.on('data', (text: string) => {
      told += text;
      const name = Object.entries(types).find(
        ([, type]) => wanted.includes(type) && framesIn(told).includes(type),
      );
      if (name !== undefined) resolve(name[0]);
    });
  });
  const end = await Promise.race([answered, closed.then(() => 'closed'), sleep(8000, 'nothing')]);
  socket.destroy();
  return end;
}

const many = (count: number, of: (at: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, at) => of(at)));
const empty = Buffer.alloc(0);

describe('HTTP/2', () => {
  // each is a fault of the connection: it is told so by GOAWAY, or closed without a word
  it.each([
    ['no preface', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['half a preface, and another end', Buffer.concat([preface.subarray(0, 12), Buffer.alloc(12, 0x41)])],
    ['SETTINGS of a wrong length', Buffer.concat([preface, frame(types.settings, 0, 0, Buffer.alloc(5))])],
    ['a frame of 16 MB', Buffer.concat([hello, frame(types.data, 0, 1, empty, 0xffffff)])],
    ['DATA on stream 0', Buffer.concat([hello, frame(types.data, 0, 0, Buffer.alloc(8))])],
    ['HEADERS that are no HPACK', Buffer.concat([hello, frame(types.headers, 4, 1, Buffer.alloc(64, 0xff))])],
    [
      'a CONTINUATION of nothing',
      Buffer.concat([hello, frame(types.continuation, 4, 1, fields({ a: 'b' }))]),
    ],
    ['PING of a wrong length', Buffer.concat([hello, frame(types.ping, 0, 0, Buffer.alloc(3))])],
    ['a stream of an even number', Buffer.concat([hello, headers(2)])],
    [
      'WINDOW_UPDATE beyond all bounds',
      Buffer.concat([
        hello,
        ...[1, 2].map(() => frame(types.windowUpdate, 0, 0, Buffer.from([0x7f, 0xff, 0xff, 0xff]))),
      ]),
    ],
    [
      'CONTINUATION without end',
      Buffer.concat([
        hello,
        headers(1, {}, 0),
        many(5000, () => frame(types.continuation, 0, 1, fields({ a: 'b'.repeat(100) }))),
      ]),
    ],
    [
      '10,000 calls, each reset at once',
      Buffer.concat([
        hello,
        many(10_000, (at) =>
          Buffer.concat([headers(2 * at + 1), frame(types.rst, 0, 2 * at + 1, Buffer.from([0, 0, 0, 8]))]),
        ),
      ]),
    ],
    ['20,000 SETTINGS', Buffer.concat([preface, many(20_000, () => settings)])],
  ])('%s: the connection ends, and no other', async (_, bytes) => {
    expect(await sayUntil(bytes, [types.goaway])).toMatch(/^(goaway|closed)$/);
    expect(await answersOthers(daemon)).toEqual([200, 200]);
    const client = connectTo(daemon.grpc);
    expect((await client.call('ListPolicies', {})).error).toBeUndefined();
    client.close();
  });
});

describe('gRPC', () => {
  it.each([
    ['a message that is no protobuf', message(1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]))],
    ['a field of a wrong type', message(1, Buffer.from([0x0a, 0x02, 0x08]))],
    ['a string that is no UTF-8', message(1, Buffer.from([0x12, 0x02, 0xff, 0xfe]))],
    ['a message that says it has 4 GB', message(1, Buffer.alloc(8), { length: 0xffffffff })],
    ['a compressed one that is not', message(1, Buffer.alloc(8), { compressed: 1 })],
    ['no message', frame(types.data, 1, 1, empty)],
  ])('%s is answered with an error', async (_, data) => {
    expect(await sayUntil(Buffer.concat([hello, headers(1), data]), [types.headers])).toBe('headers');
    expect(await answersOthers(daemon)).toEqual([200, 200]);
  });

  it('a message of 2 MB is refused, so is metadata of 20 kB; the same connection goes on', async () => {
    const client = connectTo(daemon.grpc);
    const target = { pid: daemon.target };
    const large = await client.call('Check', { target, policy: 'x'.repeat(2_000_000) });
    expect(large.error?.code).toBe(status.RESOURCE_EXHAUSTED);
    const metadata = new Metadata();
    metadata.set('x-long', long);
    const { error } = await client.call('Check', { target }, {}, metadata);
    expect(error?.metadata.get('checkpointable-code')).toEqual(['HeadersTooLarge']);
    expect((await client.call('Check', { target })).error).toBeUndefined();
    client.close();
  });
});

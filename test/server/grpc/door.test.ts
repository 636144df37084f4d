import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterEach, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/server/deps.ts';
import { createDoor } from '../../../src/server/grpc/door.ts';

const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const one of undo.splice(0).reverse()) one();
});

function start() {
  const server = new Server();
  const door = createDoor(server, {
    credentials: ServerCredentials.createInsecure(),
    limits: defaultLimits,
    refused: () => {},
  });
  undo.push(() => {
    door.close();
    server.forceShutdown();
  });
  return door;
}

async function enter(host: string, port: number): Promise<ClientHttp2Session> {
  const session = connect(`http://${host}:${port}`);
  session.on('error', () => {});
  undo.push(() => session.destroy());
  await once(session, 'remoteSettings');
  return session;
}

it('drained, it closes the connections there are, and none that comes after', async () => {
  const door = start();
  const port = await door.listen({ host: '127.0.0.1', port: 0 });
  const before = await enter('127.0.0.1', port);
  const closed = once(before, 'close');
  door.drain(100);
  const after = await enter('127.0.0.1', port);
  await closed;
  // longer than the grace
  await sleep(300);
  expect(after.destroyed).toBe(false);
});

it('a name is listened on at every address of it that this machine has', async () => {
  const door = start();
  const port = await door.listen({ host: 'localhost', port: 0 });
  expect((await enter('127.0.0.1', port)).destroyed).toBe(false);
});

it('closed, it takes no more', async () => {
  const door = start();
  const port = await door.listen({ host: '127.0.0.1', port: 0 });
  door.close();
  const session = connect(`http://127.0.0.1:${port}`);
  const [error] = await once(session, 'error').catch((thrown) => [thrown]);
  expect(error.code).toBe('ECONNREFUSED');
});

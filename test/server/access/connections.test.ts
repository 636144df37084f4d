import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closeSilent, limitConnections } from '../../../src/server/access/connections.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

async function start(limits: { connections: number; clientConnections: number }) {
  let refused = 0;
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => sockets.push(socket));
  limitConnections(server, limits, () => {
    refused += 1;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  undo.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { port, sockets, refused: () => refused };
}

/** `open`, or `closed` where the server does so at once. */
async function knock(port: number, localAddress: string) {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => {});
  undo.push(() => socket.destroy());
  const closed = once(socket, 'close').then(() => 'closed');
  const state = await Promise.race([closed, once(socket, 'connect').then(() => sleep(50, 'open'))]);
  return { socket, state };
}

const states = async (port: number, ...addresses: string[]) => {
  const all = [];
  for (const address of addresses) all.push((await knock(port, address)).state);
  return all;
};

describe('connections at the same time', () => {
  it('of one address are so many, and leave room for others', async () => {
    const { port, refused } = await start({ connections: 100, clientConnections: 2 });
    const [one, two, other] = ['127.0.0.2', '127.0.0.2', '127.0.0.3'];
    expect(await states(port, one, two, one, one, other)).toEqual([
      'open',
      'open',
      'closed',
      'closed',
      'open',
    ]);
    expect(refused()).toBe(2);
  });

  it('of all together are so many; of one address any with 0', async () => {
    const { port, refused } = await start({ connections: 3, clientConnections: 0 });
    const address = '127.0.0.2';
    expect(await states(port, address, address, address, address, '127.0.0.3')).toEqual([
      'open',
      'open',
      'open',
      'closed',
      'closed',
    ]);
    expect(refused()).toBe(2);
  });

  it('are free again when one ends', async () => {
    const { port, sockets } = await start({ connections: 100, clientConnections: 1 });
    const first = await knock(port, '127.0.0.2');
    expect(await states(port, '127.0.0.2')).toEqual(['closed']);
    const ended = once(sockets[0] as Socket, 'close');
    first.socket.destroy();
    await ended;
    expect(await states(port, '127.0.0.2', '127.0.0.2')).toEqual(['open', 'closed']);
  });
});

it('one that says too little in time is closed, and no other', async () => {
  const { port, sockets } = await start({ connections: 10, clientConnections: 0 });
  const [silent, says] = [await knock(port, '127.0.0.2'), await knock(port, '127.0.0.2')];
  for (const socket of sockets) closeSilent(socket.resume(), 24, 300);
  silent.socket.write('PRI');
  says.socket.write('x'.repeat(24));
  await once(silent.socket, 'close');
  await sleep(100);
  expect([silent.socket.destroyed, says.socket.destroyed]).toEqual([true, false]);
});

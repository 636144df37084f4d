import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import {
  type AddressInfo,
  createServer,
  isIP,
  type Server as Listener,
  type ListenOptions,
  type Socket,
} from 'node:net';
import type { Server, ServerCredentials } from '@grpc/grpc-js';
import { closeSilent, limitConnections } from '../access/connections.ts';
import type { Limits } from '../deps.ts';

/** The preface of HTTP/2, RFC 9113, 3.4. */
const prefaceBytes = 24;

export interface DoorSetup {
  readonly credentials: ServerCredentials;
  readonly limits: Pick<Limits, 'connections' | 'clientConnections' | 'receiveSeconds'>;
  /** A connection was closed at once. */
  readonly refused: () => void;
}

/** Where connections come in and are counted before grpc-js has them: it takes any number. */
export interface Door {
  /** Rejects with the error of the system. Returns the port it got; 0 for a unix socket. */
  listen(address: ListenOptions): Promise<number>;
  /** Open connections end with their calls, after so long without; new ones go on. */
  drain(graceMs: number): void;
  /** Closes the connection of `address:port`. */
  hangUp(peer: string): void;
  /** Takes no more. */
  close(): void;
  /** Closes all that are open: of one that broke the protocol http2 does not even notice that its client went. */
  destroy(): void;
}

export function createDoor(server: Server, { credentials, limits, refused }: DoorSetup): Door {
  let inside = server.createConnectionInjector(credentials);
  const listeners: Listener[] = [];
  const open = new Set<Socket>();

  const listenOn = async (address: ListenOptions): Promise<number> => {
    const listener = createServer({ noDelay: true }, (socket) => {
      if (socket.destroyed) return;
      closeSilent(socket, prefaceBytes, limits.receiveSeconds * 1000);
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      inside.injectConnection(socket);
    });
    limitConnections(listener, limits, refused);
    listener.listen(address);
    await once(listener, 'listening');
    listeners.push(listener);
    return (listener.address() as AddressInfo).port ?? 0;
  };

  return {
    async listen({ host, port, path }) {
      if (path !== undefined) return listenOn({ path });
      let got = port ?? 0;
      const failed: unknown[] = [];
      const hosts = await addressesOf(host ?? '');
      // of the addresses of a name some may not be there, such as ::1
      for (const one of hosts) {
        try {
          got = await listenOn({ host: one, port: got });
        } catch (error) {
          failed.push(error);
        }
      }
      if (failed.length === hosts.length) throw failed[0];
      return got;
    },
    drain(graceMs) {
      const before = inside;
      // of its own, or who comes from now on would end with those before
      inside = server.createConnectionInjector(credentials);
      before.drain(graceMs);
      setTimeout(() => before.destroy(), graceMs).unref();
    },
    destroy() {
      for (const socket of open) socket.destroy();
    },
    hangUp(peer) {
      for (const socket of open) if (peerOf(socket) === peer) socket.destroy();
    },
    close() {
      for (const listener of listeners.splice(0)) listener.close();
    },
  };
}

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress}:${remotePort}`;

const addressesOf = async (host: string): Promise<readonly string[]> =>
  isIP(host) > 0 ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);

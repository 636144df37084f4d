import { connect, type NetConnectOpts, type Socket } from 'node:net';

/** A plain connection whose end is looked at, not thrown. */
export interface Knock {
  readonly socket: Socket;
  /** All that was said to it, once it is closed, by whom ever. */
  readonly closed: Promise<string>;
}

export function knock(to: NetConnectOpts, say: string | Uint8Array = ''): Knock {
  const socket = connect(to);
  let said = '';
  socket.setEncoding('latin1');
  socket.on('error', () => {});
  socket.on('data', (text) => {
    said += text;
  });
  const closed = new Promise<string>((resolve) => {
    socket.once('close', () => resolve(said));
  });
  if (say.length > 0) socket.write(say);
  return { socket, closed };
}

export interface Crowd {
  /** Sockets that are connected now. */
  readonly open: () => number;
  leave(): void;
}

/**
 * So many connections from one address, that say nothing; some hundred at a time: beyond the backlog of a server the
 * kernel answers with SYN cookies, and a connection made of one that was lost is never told that it is none.
 */
export async function crowd(port: number, localAddress: string, size: number): Promise<Crowd> {
  const sockets: Socket[] = [];
  const open = new Set<Socket>();
  const enter = () =>
    new Promise<void>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      sockets.push(socket);
      socket.on('error', () => {});
      // read, or its end is never seen
      socket.resume();
      socket.once('connect', () => {
        open.add(socket);
        resolve();
      });
      socket.once('close', () => {
        open.delete(socket);
        resolve();
      });
    });
  for (let begun = 0; begun < size; begun += 200) {
    await Promise.all(Array.from({ length: Math.min(200, size - begun) }, enter));
  }
  return {
    open: () => open.size,
    leave: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

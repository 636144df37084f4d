import type { Server, Socket } from 'node:net';
import type { Limits } from '../deps.ts';
import { addressId } from './caller.ts';

/**
 * Closes connections beyond the limits before anything is read from them: too many at the same time, or too many of one
 * address, so that nobody alone has all there are. `refused` counts them.
 */
export function limitConnections(
  server: Server,
  { connections, clientConnections }: Pick<Limits, 'connections' | 'clientConnections'>,
  refused: () => void,
): void {
  server.maxConnections = connections;
  server.on('drop', refused);
  if (clientConnections === 0) return;
  const open = new Map<string, number>();
  // before those who would speak to it
  server.prependListener('connection', (socket: Socket) => {
    const id = addressId(socket.remoteAddress);
    const others = open.get(id) ?? 0;
    if (others >= clientConnections) {
      refused();
      socket.destroy();
      return;
    }
    open.set(id, others + 1);
    socket.once('close', () => {
      const left = (open.get(id) ?? 1) - 1;
      if (left === 0) open.delete(id);
      else open.set(id, left);
    });
  });
}

/** A connection that says not even as much as a protocol's first words in time is closed. */
export function closeSilent(socket: Socket, bytes: number, withinMs: number): void {
  const look = setTimeout(() => {
    if (socket.bytesRead < bytes) socket.destroy();
  }, withinMs);
  look.unref();
  socket.once('close', () => clearTimeout(look));
}

import { loadPackageDefinition, Server, ServerCredentials, setLogger } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { readAddress } from '../../config-address.ts';
import { ReloadableCredentials } from '../access/grpc.ts';
import type { ServerDeps } from '../deps.ts';
import { createOutbox } from '../outbox.ts';
import type { Running } from './call.ts';
import { createDoor, type Door } from './door.ts';
import { answeringBytes, definition, serviceName } from './encode.ts';
import type { ProtoGrpcType } from './generated/readiness.ts';
import { readinessHandlers } from './readiness.ts';
import { bindUnix } from './unix-socket.ts';

/** For calls on connections that end: as long as a check may take. */
const drainMs = 60_000;

export interface GrpcServer {
  /** `host:port` or `unix:/path`; port 0 takes a free one. Returns the address with the port it got. */
  listen(address: string, credentials?: ServerCredentials): Promise<string>;
  /** grpc.health.v1, for the service and for the server as a whole. Not serving at first. */
  setServing(serving: boolean): void;
  /** Lets running calls end for so long, then cuts them off. */
  stop(graceMs: number): Promise<void>;
}

export function buildGrpc(deps: ServerDeps): GrpcServer {
  const { checkpointable } = loadPackageDefinition(definition) as unknown as ProtoGrpcType;
  // grpc-js would write to stderr in a form of its own, what it throws as well
  const said = (...words: unknown[]) => deps.log.debug({ grpc: words.join(' ') }, 'grpc-js');
  setLogger({ error: said, info: said, debug: said });
  const server = new Server({
    'grpc.max_receive_message_length': deps.limits.bodyBytes,
    'grpc.max_concurrent_streams': deps.limits.streams,
    // a watcher whose machine is gone says nothing more
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 10_000,
    // clients connect again by themselves
    'grpc.max_connection_idle_ms': deps.limits.idleSeconds * 1000,
  });
  const running: Running = { calls: 0 };
  const outbox = createOutbox(deps.limits.unsentBytes);
  const doors: { readonly door: Door; readonly tcp: boolean }[] = [];
  const hangUp = (peer: string) => {
    for (const { door } of doors) door.hangUp(peer);
  };
  const service = answeringBytes(checkpointable.v1.Readiness.service);
  server.addService(service, readinessHandlers({ ...deps, running, outbox, hangUp }));
  const health = new HealthImplementation({ '': 'NOT_SERVING', [serviceName]: 'NOT_SERVING' });
  health.addToServer(server);

  const tls = deps.access.tls();
  const handshakeMs = deps.limits.receiveSeconds * 1000;
  const secure = tls === undefined ? undefined : new ReloadableCredentials(tls, handshakeMs);
  deps.access.onTls((material, authorities) => {
    secure?.reload(material);
    // calls end; who was let in by another authority has to connect anew
    if (authorities) for (const { door, tcp } of doors) if (tcp) door.drain(drainMs);
  });

  const setServing = (serving: boolean) => {
    for (const name of ['', serviceName]) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  };
  const bind = async (address: string, credentials: ServerCredentials): Promise<number> => {
    const path = address.startsWith('unix:') ? address.slice('unix:'.length) : undefined;
    const refused = () => deps.metrics.recordRefusedConnection(path === undefined ? 'grpc' : 'unix');
    const door = createDoor(server, { credentials, limits: deps.limits, refused });
    try {
      const port = await door.listen(path === undefined ? { ...readAddress(address) } : { path });
      doors.push({ door, tcp: path === undefined });
      return port;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new Error(`cannot listen on ${address}: ${code ?? message}`, { cause: error });
    }
  };

  return {
    setServing,
    async listen(address, credentials) {
      const plain = ServerCredentials.createInsecure();
      if (address.startsWith('unix:')) {
        await bindUnix(address.slice('unix:'.length), async () => {
          await bind(address, credentials ?? plain);
        });
        return address;
      }
      const port = await bind(address, credentials ?? secure ?? plain);
      return `${address.slice(0, address.lastIndexOf(':'))}:${port}`;
    },
    stop(graceMs) {
      setServing(false);
      for (const { door } of doors) door.close();
      // streams have no end of their own
      deps.watch.stop();
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(force);
          clearInterval(tick);
          resolve();
        };
        // of a connection that broke the protocol grpc-js may never learn that it is gone: nobody waits for it
        const cut = () => {
          server.forceShutdown();
          for (const { door } of doors) door.destroy();
          end();
        };
        const force = setTimeout(cut, graceMs);
        // what is left then is a stream whose reader does not read its end
        let idle = 0;
        const tick = setInterval(() => {
          idle = running.calls === 0 ? idle + 1 : 0;
          if (idle === 2) cut();
        }, 1000);
        server.tryShutdown(end);
      });
    },
  };
}

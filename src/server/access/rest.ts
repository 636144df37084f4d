import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServerDeps } from '../deps.ts';
import { toAgentError } from '../errors.ts';
import type { EdgeLog } from '../rest/edge-log.ts';
import type { Caller, ClientCertificate, Credentials } from './caller.ts';
import { limitConnections } from './connections.ts';
import { browserHeaders, tlsHeaders } from './headers.ts';
import { checkSite } from './site.ts';
import { readTrace } from './trace.ts';

type Deps = Pick<ServerDeps, 'access' | 'limits' | 'metrics' | 'site'>;

/** What fastify makes its server with: with certificates where there are some. A caller's own is asked for, and checked by `enter`. */
export function serverOptions({ access, limits }: Pick<Deps, 'access' | 'limits'>): { http: object } {
  const tls = access.tls();
  const receiveMs = limits.receiveSeconds * 1000;
  const http = {
    maxHeaderSize: limits.headerBytes,
    // with a longer one for the headers node does not look at the time of a body at all
    headersTimeout: receiveMs,
    requestTimeout: receiveMs,
    connectionsCheckingInterval: 1000,
  };
  if (tls === undefined) return { http };
  const callers = { requestCert: tls.clientCa !== '', rejectUnauthorized: false };
  const https = { ...http, ...tls.context, ...callers, handshakeTimeout: receiveMs };
  // fastify types a server by its options: to the routes both are alike
  return { https } as unknown as { http: object };
}

/** New certificates are for new connections; idle ones end, and the others with their answer. */
export function watchTls(app: FastifyInstance, { access, limits, metrics }: Omit<Deps, 'site'>): void {
  limitConnections(app.server, limits, () => metrics.recordRefusedConnection('rest'));
  access.onTls(({ context }) => {
    (app.server as unknown as HttpsServer).setSecureContext(context);
    app.server.closeIdleConnections();
  });
}

/** Looks at every request before anything else does; gives whose it is. */
export function restAccess(
  app: FastifyInstance,
  { access, metrics, site }: Deps,
  log: EdgeLog,
): (request: FastifyRequest) => Caller {
  const callers = new WeakMap<FastifyRequest, Caller>();
  const headers = access.tls() === undefined ? browserHeaders : { ...browserHeaders, ...tlsHeaders };
  /** By which authorities the certificate of a connection was found good. */
  const authorities = new WeakMap<Socket, string>();
  const clientCa = () => access.tls()?.clientCa ?? '';
  app.server.on('secureConnection', (socket: Socket) => authorities.set(socket, clientCa()));

  const credentialsOf = ({ raw: { socket, headers: sent } }: FastifyRequest): Credentials => {
    const certificate = authorities.get(socket) === clientCa() ? certificateOf(socket) : undefined;
    const { remoteAddress, remoteFamily } = socket;
    return {
      ...(sent.authorization === undefined ? {} : { authorization: sent.authorization }),
      ...(certificate === undefined ? {} : { certificate }),
      address: remoteAddress ?? `unknown ${remoteFamily ?? ''}`,
    };
  };

  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers);
    log.note(request, readTrace(request.headers.traceparent));
    try {
      checkSite(request.headers, { ...site, open: !access.required() });
      if (!isOpen(request)) {
        const caller = access.enter(credentialsOf(request));
        callers.set(request, caller);
        log.note(request, { client: caller.id, role: caller.role });
      }
      done();
    } catch (error) {
      const failure = toAgentError(error);
      metrics.recordRefusal(failure.code);
      done(failure);
    }
  });
  // one that was made by certificates no more in force
  app.addHook('onSend', (request, reply, _payload, done) => {
    const made = authorities.get(request.raw.socket);
    if (made !== undefined && made !== clientCa()) reply.header('connection', 'close');
    done();
  });

  return (request) => {
    const caller = callers.get(request);
    if (caller === undefined) throw new Error('a route that is open asks who its caller is');
    return caller;
  };
}

/**
 * The kubelet has no credentials, and is told nothing but yes or no. Nor has a browser before the page has asked for
 * them: its files are the same for everybody.
 */
function isOpen({ url, headers }: FastifyRequest): boolean {
  const accept = headers.accept ?? '';
  if (url === '/livez' || (url === '/readyz' && !accept.includes('json'))) return true;
  return (url === '/' && accept.includes('text/html')) || /^\/page\/[\w.-]+$/.test(url);
}

function certificateOf(socket: Socket): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { raw, subject } = socket.getPeerCertificate();
  return raw === undefined ? undefined : { raw, subject };
}

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { credentials, Metadata } from '@grpc/grpc-js';
import { connectTo } from '../server/grpc/client.ts';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Certificates for a test, of Debian's openssl. */
export function makeCertificate(dir: string, name: string, subject: string, authority?: Pair): Pair {
  mkdirSync(dir, { recursive: true });
  const pair = { cert: join(dir, `${name}.crt`), key: join(dir, `${name}.key`) };
  const [ca, key] = authority === undefined ? [] : [authority.cert, authority.key];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', subject, '-keyout', pair.key, '-out', pair.cert],
      ...(ca === undefined || key === undefined
        ? []
        : ['-CA', ca, '-CAkey', key, '-addext', 'basicConstraints=critical,CA:FALSE']),
      ...(ca === undefined ? [] : ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']),
    ],
    { stdio: 'ignore' },
  );
  chmodSync(pair.key, 0o600);
  return pair;
}

export const auditor = 'auditor-token-of-a-test-0123456789';
export const viewer = 'viewer-token-of-a-test-0123456789ab';

export function writeTokens(path: string, lines: readonly string[]): string {
  writeFileSync(path, `# of a test\n${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

export interface Secured {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire, as it came
  readonly json: any;
}

export interface Ask {
  readonly ca?: string;
  readonly pair?: Pair;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

const files = ({ ca, pair }: Ask) => ({
  ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
  ...(pair === undefined ? {} : { cert: readFileSync(pair.cert), key: readFileSync(pair.key) }),
});

/** One request on a connection of its own. */
export function ask(url: string, how: Ask = {}): Promise<Secured> {
  const body = how.body === undefined ? undefined : JSON.stringify(how.body);
  const make = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = make(url, {
      method: body === undefined ? 'GET' : 'POST',
      agent: false,
      ...files(how),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...bearer(how.token),
        ...how.headers,
      },
    });
    request.on('error', reject).on('response', (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      reply.on('end', () => {
        const json = /json/.test(reply.headers['content-type'] ?? '') ? JSON.parse(text) : undefined;
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text, json });
      });
      reply.on('error', reject);
    });
    request.end(body);
  });
}

/** What a stream says within a time. */
export function listen(url: string, how: Ask, ms: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const make = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = make(url, { agent: false, ...files(how), headers: { ...bearer(how.token) } });
    const end = () => {
      clearTimeout(timer);
      request.destroy();
      resolve(text);
    };
    const timer = setTimeout(end, ms);
    request.on('error', reject).on('response', (reply) => {
      reply.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      reply.on('end', end).on('error', end);
    });
    request.end();
  });
}

export function grpcTo(address: string, how: Ask) {
  const { ca, cert, key } = files(how);
  const channel =
    ca === undefined ? credentials.createInsecure() : credentials.createSsl(ca, key ?? null, cert ?? null);
  const client = connectTo(address, channel);
  const metadata = new Metadata();
  for (const [name, value] of Object.entries({ ...bearer(how.token), ...how.headers }))
    metadata.set(name, value);
  return {
    close: client.close,
    call: (method: string, request: object) =>
      client.call(method, request, { deadline: Date.now() + 20_000 }, metadata),
    stream: (method: string, request: object) => client.stream(method, request, {}, metadata),
  };
}

/** Fingerprint of the certificate that a server shows. */
export function certificateOf(address: string): Promise<string> {
  const [host = '', port] = address.replace(/^https?:\/\//, '').split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(
      { host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] },
      () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      },
    );
    socket.on('error', reject);
  });
}

/** Connects, with the session of an earlier connection where there is one, and waits for what the server may give. */
export function reconnect(
  address: string,
  version: 'TLSv1.2' | 'TLSv1.3',
  session?: Buffer,
): Promise<{ readonly session: Buffer | undefined; readonly reused: boolean }> {
  const [host = '', port] = address.replace(/^https?:\/\//, '').split(':');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port),
      rejectUnauthorized: false,
      ALPNProtocols: ['h2', 'http/1.1'],
      minVersion: version,
      maxVersion: version,
      ...(session === undefined ? {} : { session }),
    });
    let given = session;
    socket.on('session', (one: Buffer) => {
      given = one;
    });
    socket.on('error', reject).on('secureConnect', () => {
      setTimeout(() => {
        resolve({ session: given, reused: socket.isSessionReused() });
        socket.destroy();
      }, 200);
    });
  });
}

import type { Logger } from 'pino';
import { type Address, type Config, isLoopback } from '../config.ts';
import type { Local } from '../server/local.ts';
import { procChecks } from '../server/readiness.ts';
import { version } from '../version.ts';

export const hostPort = ({ host, port }: Address): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** What is open, and what cannot be seen: a line each. */
export function warn({ http, grpc, insecure }: Config, local: Local, log: Logger): void {
  const open = [http, grpc].filter(({ host }) => !isLoopback(host)).map(hostPort);
  if (insecure && open.length > 0) {
    log.warn({ open }, 'anyone who reaches it may ask, as insecure=true allows');
  }
  for (const { name, ok, message } of procChecks(local)) {
    if (!ok) log.warn({ check: name }, message);
  }
}

export function announce([http, grpc, ...more]: readonly string[], url: string, config: Config): void {
  const { tls, tokenFile } = config;
  const words = [
    'curl',
    ...(tls === undefined ? [] : [`--cacert ${tls.cert}`]),
    ...(tokenFile === '' ? [] : ['-H "Authorization: Bearer $TOKEN"']),
  ];
  const lines = [
    `checkpointable ${version()} listens: REST ${http}  gRPC ${[grpc, ...more].join('  ')}  (policy ${config.policy})`,
    `Try: ${words.join(' ')} ${url}/v1/processes/${process.pid}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

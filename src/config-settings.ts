import { type Address, readAddress } from './config-address.ts';
import { defaultHost } from './server/host.ts';

/** What a word means, or what was expected in its place. */
export type Read<T> = (text: string) => { readonly value: T } | { readonly expected: string };

export interface Setting<T> {
  /** As it would be written. */
  readonly default: string;
  readonly help: string;
  readonly read: Read<T>;
}

const text: Read<string> = (value) => ({ value });

const whole =
  (min: number, max: number): Read<number> =>
  (given) =>
    /^\d+$/.test(given) && Number(given) >= min && Number(given) <= max
      ? { value: Number(given) }
      : { expected: `a whole number from ${min} to ${max}` };

const oneOf =
  <const T extends string>(...words: readonly T[]): Read<T> =>
  (given) => {
    const value = words.find((word) => word === given);
    return value === undefined
      ? { expected: `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` }
      : { value };
  };

const yes: Read<boolean> = (given) =>
  ['true', 'false'].includes(given) ? { value: given === 'true' } : { expected: 'true or false' };

const address: Read<Address> = (given) => {
  const value = readAddress(given);
  return value === undefined ? { expected: 'host:port, such as 127.0.0.1:9722 or [::1]:9722' } : { value };
};

/** Absolute, or none; without slashes behind. */
const folder: Read<string> = (given) =>
  /^\/|^$/.test(given) ? { value: given.replace(/\/+$/, '') } : { expected: 'an absolute path' };

const root: Read<string> = (given) =>
  given.startsWith('/') ? { value: given } : { expected: 'an absolute path' };

const socket: Read<string> = (given) => ({ value: given === 'none' ? '' : given });

const folders: Read<readonly string[]> = (given) => ({ value: given.split(':').filter(Boolean) });

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const setting = <T>(value: string, help: string, read: Read<T>): Setting<T> => ({
  default: value,
  help,
  read,
});

/** Every setting. Its flag is --<name>, its environment variable CHECKPOINTABLE_<NAME>, its key in the file <name>. */
export const settings = {
  config: setting('', 'YAML file with these settings', text),
  http: setting('127.0.0.1:9722', 'address of the REST server', address),
  grpc: setting('127.0.0.1:9723', 'address of the gRPC server', address),
  'grpc-socket': setting(
    '/run/checkpointable/checkpointable.sock',
    'unix socket for gRPC, or "none"',
    socket,
  ),
  'tls-cert': setting('', 'certificate chain of both servers, PEM', text),
  'tls-key': setting('', 'its private key, PEM', text),
  'tls-client-ca': setting('', "who signs callers' certificates, PEM", text),
  'token-file': setting('', 'tokens of callers, a line each: viewer or auditor, and the token', text),
  'anonymous-role': setting(
    'auditor',
    'of callers without credentials, where none are required: auditor, viewer (verdicts only) or none',
    oneOf('auditor', 'viewer', 'none'),
  ),
  'client-rate': setting(
    '50',
    'requests per second of one caller, twice as many at once; 0: any',
    whole(0, 100_000),
  ),
  'client-checks': setting('32', 'checks of one caller at the same time; 0: any', whole(0, 100_000)),
  connections: setting(
    '2000',
    'connections at the same time over HTTP, over gRPC and on the unix socket, each',
    whole(1, 100_000),
  ),
  'client-connections': setting('500', 'of these those of one address; 0: any', whole(0, 100_000)),
  insecure: setting('false', 'true: listen beyond this machine without TLS and credentials', yes),
  'proc-root': setting('/proc', 'where procfs is mounted', root),
  'host-root': setting('', "where the node's root is mounted, as /host in a DaemonSet", folder),
  kubelet: setting(defaultHost.kubelet, "the kubelet's --root-dir, on the node", folder),
  'pod-logs': setting(defaultHost.podLogs, "the kubelet's --pod-log-dir, on the node", folder),
  'container-logs': setting(defaultHost.containerLogs, 'where the kubelet links them to', folder),
  'policy-dir': setting('', 'folders with policies of your own, separated by ":"', folders),
  policy: setting('criu', 'policy used where a request names none', text),
  'log-level': setting('info', 'trace, debug, info, warn, error, fatal or silent', oneOf(...levels)),
  'file-iterator': setting(
    'auto',
    "auto: open files are told by the kernel's iterator over them (bpf_iter), where that can be had; off: never",
    oneOf('auto', 'off'),
  ),
  workers: setting('2', 'processes that probe, each one check at a time', whole(1, 64)),
  'max-waiting': setting('256', 'checks that may wait for a free one', whole(1, 100_000)),
  'sweep-interval-seconds': setting(
    '30',
    'between two looks at the whole node; 0: only when it is asked for, as by a scrape',
    whole(0, 86_400),
  ),
  'sweep-cpu-percent': setting('5', 'of one core, what these looks may take', whole(1, 100)),
  'pod-metrics': setting('false', 'true: a series for each pod, with its namespace and name', yes),
  'pod-metrics-max': setting(
    '500',
    'pods that may have a series; those in the way come first',
    whole(1, 100_000),
  ),
} as const;

export type Name = keyof typeof settings;
export const names = Object.keys(settings) as readonly Name[];

export type Values = {
  readonly [N in Name]: (typeof settings)[N] extends Setting<infer T> ? T : never;
};

export const variableOf = (name: string): string =>
  `CHECKPOINTABLE_${name.toUpperCase().replaceAll('-', '_')}`;

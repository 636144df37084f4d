import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { defaultHost, type HostSetup } from './server/host.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Config {
  readonly http: Address;
  readonly grpc: Address;
  /** Unix socket for gRPC; '' for none. */
  readonly grpcSocket: string;
  readonly procRoot: string;
  readonly host: HostSetup;
  readonly policyFolders: readonly string[];
  readonly policy: string;
  readonly logLevel: string;
  readonly workers: number;
  readonly maxWaiting: number;
  /** Accepts listening beyond this machine without TLS. */
  readonly insecure: boolean;
}

/** Every setting: its flag, its default and what it is. The environment variable is CHECKPOINTABLE_<FLAG>. */
export const settings = {
  http: { default: '127.0.0.1:9722', help: 'address of the REST server' },
  grpc: { default: '127.0.0.1:9723', help: 'address of the gRPC server' },
  'grpc-socket': {
    default: '/run/checkpointable/checkpointable.sock',
    help: 'unix socket for gRPC, or "none"',
  },
  'proc-root': { default: '/proc', help: 'where procfs is mounted' },
  'host-root': { default: '', help: "where the node's root is mounted, as /host in a DaemonSet" },
  kubelet: { default: defaultHost.kubelet, help: "the kubelet's --root-dir, on the node" },
  'pod-logs': { default: defaultHost.podLogs, help: "the kubelet's --pod-log-dir, on the node" },
  'container-logs': { default: defaultHost.containerLogs, help: 'where the kubelet links them to' },
  'policy-dir': { default: '', help: 'folders with policies of your own, separated by ":"' },
  policy: { default: 'criu', help: 'policy used where a request names none' },
  'log-level': { default: 'info', help: 'trace, debug, info, warn, error, fatal or silent' },
  workers: { default: '2', help: 'processes that probe, each one check at a time' },
  'max-waiting': { default: '256', help: 'checks that may wait for a free one' },
  insecure: { default: 'false', help: 'true: listen beyond this machine without TLS' },
} as const;

type Name = keyof typeof settings;
type Values = Readonly<Record<Name, string>>;

export type ConfigResult =
  | { readonly config: Config; readonly problems: readonly [] }
  | { readonly config?: undefined; readonly problems: readonly string[] };

/** Flags win over the environment, the environment over the defaults. All problems are told, not the first. */
export function readConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ConfigResult {
  const names = Object.keys(settings) as Name[];
  const problems: string[] = [];
  const flags = readFlags(args, names, problems);
  const values = Object.fromEntries(
    names.map((name) => [name, flags[name] ?? environment[variableOf(name)] ?? settings[name].default]),
  ) as Values;
  const config = readValues(values, problems);
  return problems.length > 0 ? { problems } : { config, problems: [] };
}

export const variableOf = (name: string): string =>
  `CHECKPOINTABLE_${name.toUpperCase().replaceAll('-', '_')}`;

function readFlags(args: readonly string[], names: readonly Name[], problems: string[]): Partial<Values> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' } as const]));
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
      .values as Partial<Values>;
  } catch (error) {
    problems.push(
      `${(error as Error).message.split('.')[0]}: expected ${names.map((name) => `--${name}`).join(' ')}`,
    );
    return {};
  }
}

function readValues(values: Values, problems: string[]): Config {
  const expect = (ok: boolean, name: Name, expected: string) => {
    if (!ok) problems.push(`${name}: expected ${expected}, got "${values[name]}"`);
  };
  const whole = (name: Name, min: number, max: number): number => {
    const value = Number(values[name]);
    expect(
      /^\d+$/.test(values[name]) && value >= min && value <= max,
      name,
      `a whole number from ${min} to ${max}`,
    );
    return value;
  };
  const insecure = values.insecure === 'true';
  expect(['true', 'false'].includes(values.insecure), 'insecure', 'true or false');
  expect(
    /^(trace|debug|info|warn|error|fatal|silent)$/.test(values['log-level']),
    'log-level',
    settings['log-level'].help,
  );
  expect(values['proc-root'].startsWith('/'), 'proc-root', 'an absolute path');
  const folder = (name: 'host-root' | 'kubelet' | 'pod-logs' | 'container-logs'): string => {
    expect(/^\/|^$/.test(values[name]), name, 'an absolute path');
    return values[name].replace(/\/+$/, '');
  };
  const address = (name: 'http' | 'grpc'): Address => {
    const parsed = parseAddress(values[name]);
    expect(parsed !== undefined, name, 'host:port, such as 127.0.0.1:9722 or [::1]:9722');
    const open = parsed !== undefined && !isLoopback(parsed.host);
    if (open && !insecure) {
      problems.push(
        `${name}: ${values[name]} can be reached from other machines: expected a loopback address, or insecure=true`,
      );
    }
    return parsed ?? { host: '', port: 0 };
  };
  return {
    http: address('http'),
    grpc: address('grpc'),
    grpcSocket: values['grpc-socket'] === 'none' ? '' : values['grpc-socket'],
    procRoot: values['proc-root'],
    host: {
      root: folder('host-root'),
      kubelet: folder('kubelet'),
      podLogs: folder('pod-logs'),
      containerLogs: folder('container-logs'),
    },
    policyFolders: values['policy-dir'].split(':').filter(Boolean),
    policy: values.policy,
    logLevel: values['log-level'],
    workers: whole('workers', 1, 64),
    maxWaiting: whole('max-waiting', 1, 100_000),
    insecure,
  };
}

function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

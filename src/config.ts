import { type Address, isLoopback } from './config-address.ts';
import { type Name, names, settings, type Values, variableOf } from './config-settings.ts';
import { type Given, type Givens, readConfigFile, readFlags, readVariables } from './config-sources.ts';
import type { HostSetup } from './server/host.ts';

export { type Address, isLoopback, settings, variableOf };

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** '' for none: callers show no certificates. */
  readonly clientCa: string;
}

export interface Config {
  readonly http: Address;
  readonly grpc: Address;
  /** Unix socket for gRPC; '' for none. */
  readonly grpcSocket: string;
  /** Absent: both servers speak plainly. */
  readonly tls?: TlsFiles;
  /** '' for none. */
  readonly tokenFile: string;
  readonly anonymousRole: 'auditor' | 'viewer' | 'none';
  /** Requests per second of one caller, and its checks at the same time; 0: any. */
  readonly clientRate: number;
  readonly clientChecks: number;
  /** At the same time over HTTP, over gRPC and on the unix socket, each; and of one address, 0: any. */
  readonly connections: number;
  readonly clientConnections: number;
  /** Accepts listening beyond this machine without TLS and credentials. */
  readonly insecure: boolean;
  readonly procRoot: string;
  readonly host: HostSetup;
  readonly policyFolders: readonly string[];
  readonly policy: string;
  readonly logLevel: string;
  /** Open files by bpf_iter, where that can be had. */
  readonly fileIterator: boolean;
  readonly workers: number;
  readonly maxWaiting: number;
  /** From the beginning of one sweep of the node to that of the next; 0: when asked only. */
  readonly sweepIntervalSeconds: number;
  /** Of one core, what sweeps may take. */
  readonly sweepCpuPercent: number;
  /** A series for each pod, so many at most. */
  readonly podMetrics: boolean;
  readonly podMetricsMax: number;
}

export type ConfigResult =
  | { readonly config: Config; readonly given: Readonly<Record<Name, Given>>; readonly problems: readonly [] }
  | { readonly config?: undefined; readonly problems: readonly string[] };

/** Flags win over the environment, that over the file, that over the defaults. All problems are told, with their place. */
export function readConfig(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ConfigResult {
  const problems: string[] = [];
  const said = { ...readVariables(environment), ...readFlags(args, problems) };
  const file = said.config?.text ?? '';
  const given = withDefaults({ ...(file === '' ? {} : readConfigFile(file, problems)), ...said });
  const values = readValues(given, problems);
  if (values !== undefined) problems.push(...contradictions(values, given));
  return values === undefined || problems.length > 0
    ? { problems }
    : { config: toConfig(values), given, problems: [] };
}

function withDefaults(given: Givens): Readonly<Record<Name, Given>> {
  const all = names.map((name) => [name, given[name] ?? { text: settings[name].default, place: name }]);
  return Object.fromEntries(all) as Record<Name, Given>;
}

function readValues(given: Readonly<Record<Name, Given>>, problems: string[]): Values | undefined {
  let wrong = false;
  const values = names.map((name) => {
    const { text, place } = given[name];
    const read = settings[name].read(text);
    if ('value' in read) return [name, read.value];
    wrong = true;
    problems.push(`${place}: expected ${read.expected}, got "${text}"`);
    return [name, undefined];
  });
  return wrong ? undefined : (Object.fromEntries(values) as Values);
}

/** What is right alone and wrong together. */
function contradictions(values: Values, given: Readonly<Record<Name, Given>>): readonly string[] {
  const tls = values['tls-cert'] !== '' && values['tls-key'] !== '';
  const required = values['token-file'] !== '' || values['tls-client-ca'] !== '';
  const problem = (name: Name, is: boolean, what: string) => (is ? [`${given[name].place}: ${what}`] : []);
  const open = (name: 'http' | 'grpc') =>
    problem(
      name,
      !isLoopback(values[name].host) && !values.insecure && !(tls && required),
      `${given[name].text} can be reached from other machines: expected a loopback address, or insecure=true, or tls-cert and tls-key with a token-file or a tls-client-ca`,
    );
  return [
    ...open('http'),
    ...open('grpc'),
    ...problem('tls-cert', values['tls-cert'] !== '' && !tls, 'expected a tls-key beside it'),
    ...problem('tls-key', values['tls-key'] !== '' && !tls, 'expected a tls-cert beside it'),
    ...problem('tls-client-ca', values['tls-client-ca'] !== '' && !tls, 'expected a tls-cert and a tls-key'),
    ...problem(
      'anonymous-role',
      values['anonymous-role'] === 'none' && !required,
      'nobody could ask: expected viewer or auditor, or a token-file or a tls-client-ca',
    ),
  ];
}

function toConfig(values: Values): Config {
  const cert = values['tls-cert'];
  return {
    http: values.http,
    grpc: values.grpc,
    grpcSocket: values['grpc-socket'],
    ...(cert === '' ? {} : { tls: { cert, key: values['tls-key'], clientCa: values['tls-client-ca'] } }),
    tokenFile: values['token-file'],
    anonymousRole: values['anonymous-role'],
    clientRate: values['client-rate'],
    clientChecks: values['client-checks'],
    connections: values.connections,
    clientConnections: values['client-connections'],
    insecure: values.insecure,
    procRoot: values['proc-root'],
    host: {
      root: values['host-root'],
      kubelet: values.kubelet,
      podLogs: values['pod-logs'],
      containerLogs: values['container-logs'],
    },
    policyFolders: values['policy-dir'],
    policy: values.policy,
    logLevel: values['log-level'],
    fileIterator: values['file-iterator'] === 'auto',
    workers: values.workers,
    maxWaiting: values['max-waiting'],
    sweepIntervalSeconds: values['sweep-interval-seconds'],
    sweepCpuPercent: values['sweep-cpu-percent'],
    podMetrics: values['pod-metrics'],
    podMetricsMax: values['pod-metrics-max'],
  };
}

import type { TargetRef } from '../facts.ts';
import { AgentError } from './errors.ts';

/** PID_MAX_LIMIT, include/linux/threads.h. */
export const maxPid = 4_194_304;
export const maxFd = 2_147_483_647;
export const scopes = ['tree', 'process'] as const;

/** A target as it comes over the wire: what is empty, 0 or missing was not said. Exactly one way of naming it is. */
export interface AskedTarget {
  readonly pid?: number;
  readonly scope?: string;
  readonly fd?: number;
  readonly startTimeTicks?: string;
  readonly containerId?: string;
  readonly pod?: { readonly uid?: string; readonly namespace?: string; readonly name?: string } | null;
  readonly cgroupPath?: string;
  readonly node?: boolean;
}

/** What a name looks like, and how that is said to who got it wrong. */
export interface NameForm {
  readonly pattern: string;
  readonly expected: string;
}

const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const part = '(?!\\.{1,2}(/|$))[^/\\u0000]+';
export const nameForms = {
  containerId: {
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,255}$',
    expected: 'a container id: 1 to 256 letters, digits and _ . : / -, the first a letter or digit',
  },
  podUid: {
    pattern: '^([0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$',
    expected: 'a pod UID: 32 hexadecimal digits, with or without dashes (36 characters)',
  },
  namespace: {
    pattern: `^${label}$`,
    expected: 'a namespace: 1 to 63 lower-case letters, digits and - (RFC 1123 label)',
  },
  podName: {
    pattern: `^(?=.{1,253}$)${label}(\\.${label})*$`,
    expected: 'a pod name: 1 to 253 lower-case letters, digits, - and . (RFC 1123 subdomain)',
  },
  cgroupPath: {
    pattern: `^(?=.{1,4096}$)(/|/?${part}(/${part})*/?)$`,
    expected: 'a cgroup path such as system.slice/nginx.service, without empty parts, . or ..',
  },
  startTimeTicks: {
    pattern: '^[0-9]{1,20}$',
    expected: 'clock ticks from boot to the start, in decimal, as a report has them',
  },
} as const satisfies Readonly<Record<string, NameForm>>;

/** One way of naming a target; a new type of target is one more. */
interface Way {
  readonly name: string;
  readonly given: (asked: AskedTarget) => boolean;
  readonly read: (asked: AskedTarget) => TargetRef;
}

const ways: readonly Way[] = [
  { name: 'pid', given: ({ pid = 0 }) => pid !== 0, read: readProcess },
  {
    name: 'containerId',
    given: ({ containerId = '' }) => containerId !== '',
    read: ({ containerId }) => ({
      type: 'container',
      id: named('target.containerId', containerId, nameForms.containerId),
    }),
  },
  { name: 'pod', given: ({ pod }) => pod !== undefined && pod !== null, read: readPod },
  {
    name: 'cgroupPath',
    given: ({ cgroupPath = '' }) => cgroupPath !== '',
    read: ({ cgroupPath }) => ({
      type: 'cgroup',
      path: asKernelHasIt(named('target.cgroupPath', cgroupPath, nameForms.cgroupPath)),
    }),
  },
  { name: 'node', given: ({ node }) => node === true, read: () => ({ type: 'node' }) },
];

/** Throws an `AgentError` that says what was expected. */
export function toTarget(asked: AskedTarget | null | undefined): TargetRef {
  const given = ways.filter((way) => way.given(asked ?? {}));
  const [way, ...more] = given;
  if (asked === undefined || asked === null || way === undefined || more.length > 0) {
    const said = given.map(({ name }) => name).join(' and ') || 'none';
    throw invalid('target', `one of pid (1 to ${maxPid}), containerId, pod, cgroupPath, node`, said);
  }
  for (const name of ['scope', 'fd', 'startTimeTicks'] as const) {
    const value = asked[name];
    if (way.name !== 'pid' && value !== undefined && value !== '') {
      throw invalid(`target.${name}`, 'none without a pid', JSON.stringify(value));
    }
  }
  return way.read(asked);
}

function readProcess({ pid, scope, fd, startTimeTicks = '' }: AskedTarget): TargetRef {
  const file = fd !== undefined;
  if (file && scope === 'tree') throw invalid('target.scope', '"process" or none beside an fd', '"tree"');
  return {
    type: oneOf('target.scope', scope, scopes, file ? 'process' : 'tree'),
    pid: integer('target.pid', pid, 1, maxPid),
    ...(startTimeTicks === ''
      ? {}
      : { startTimeTicks: named('target.startTimeTicks', startTimeTicks, nameForms.startTimeTicks) }),
    ...(file ? { fd: integer('target.fd', fd, 0, maxFd) } : {}),
  };
}

function readPod({ pod }: AskedTarget): TargetRef {
  const { uid = '', namespace = '', name = '' } = pod ?? {};
  if ((namespace === '') !== (name === '') || (uid === '' && name === '')) {
    const said = Object.entries({ uid, namespace, name }).filter(([, value]) => value !== '');
    throw invalid(
      'target.pod',
      'a uid, or a namespace and a name',
      said.map(([key]) => key).join(' and ') || 'none',
    );
  }
  const pin = uid === '' ? {} : { uid: named('target.pod.uid', uid, nameForms.podUid).toLowerCase() };
  if (name === '') return { type: 'pod', uid: pin.uid ?? '' };
  return {
    type: 'pod',
    namespace: named('target.pod.namespace', namespace, nameForms.namespace),
    name: named('target.pod.name', name, nameForms.podName),
    ...pin,
  };
}

/** For a log line: never a path. */
export const targetFields = (target: TargetRef): Readonly<Record<string, unknown>> => ({
  target: target.type,
  ...('pid' in target ? { targetPid: target.pid } : {}),
});

/** With a slash before and none behind: one spelling for one cgroup. */
const asKernelHasIt = (path: string): string => `/${path.replace(/^\/|\/$/g, '')}`;

function named(name: string, value: string | undefined, { pattern, expected }: NameForm): string {
  if (value !== undefined && new RegExp(pattern, 'u').test(value)) return value;
  throw invalid(name, expected, shown(value));
}

function integer(name: string, value: number | undefined, min: number, max: number): number {
  if (value !== undefined && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(name, `an integer from ${min} to ${max}`, String(value ?? 'none'));
}

export function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  known: readonly T[],
  otherwise: T,
): T {
  if (value === undefined || value === '') return otherwise;
  const found = known.find((one) => one === value);
  if (found === undefined) throw invalid(name, known.map((one) => `"${one}"`).join(' or '), shown(value));
  return found;
}

export const invalid = (name: string, expected: string, got: string): AgentError =>
  new AgentError('InvalidArgument', `${name}: expected ${expected}, got ${got}`);

const shown = (value: string | undefined): string => {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

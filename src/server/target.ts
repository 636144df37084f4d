import type { TargetRef } from '../facts.ts';
import { integer, invalid, named, oneOf } from './expect.ts';
import { nameForms } from './name-forms.ts';

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

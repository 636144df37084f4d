import type { TObject, TSchema } from 'typebox';
import type { AskedTarget } from '../../target.ts';
import {
  CgroupParams,
  ContainerParams,
  NoParams,
  nodeQuery,
  PidParams,
  PodParams,
  PodUidParams,
  podQuery,
  processQuery,
} from '../schemas.ts';

/** What a URL says of a target, validated: its path and its query together. */
export interface Said {
  readonly pid?: number;
  readonly scope?: string;
  readonly startTimeTicks?: string;
  readonly id?: string;
  readonly uid?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly path?: string;
}

/** A type of target: the report at `url`, the gate at `url/ready`, the stream at `url/watch`. */
export interface TargetRoute {
  /** Of the operation: checkProcess, gateProcess, watchProcess. */
  readonly id: string;
  readonly url: string;
  readonly summary: string;
  readonly params: TObject;
  readonly query: Readonly<Record<string, TSchema>>;
  readonly target: (said: Said) => AskedTarget;
}

/** A uid is told from a namespace by its form: a pod may be named "ready". */
const uid = ':uid(^[0-9a-fA-F-]{32,36}$)';

export const targetRouteTable: readonly TargetRoute[] = [
  {
    id: 'Process',
    url: '/v1/processes/:pid',
    summary: 'a process and its descendants',
    params: PidParams,
    query: processQuery,
    target: (said) => said,
  },
  {
    id: 'Container',
    url: '/v1/containers/:id',
    summary: 'a container, by its id or the beginning of it',
    params: ContainerParams,
    query: {},
    target: ({ id }) => ({ ...(id === undefined ? {} : { containerId: id }) }),
  },
  {
    id: 'PodByUid',
    url: `/v1/pods/${uid}`,
    summary: 'a pod, by its UID',
    params: PodUidParams,
    query: {},
    target: (pod) => ({ pod }),
  },
  {
    id: 'Pod',
    url: '/v1/pods/:namespace/:name',
    summary: 'a pod, by its name',
    params: PodParams,
    query: podQuery,
    target: (pod) => ({ pod }),
  },
  {
    id: 'Cgroup',
    url: '/v1/cgroups/:path',
    summary: 'every process of a cgroup and those below it',
    params: CgroupParams,
    query: {},
    target: ({ path }) => ({ ...(path === undefined ? {} : { cgroupPath: path }) }),
  },
  {
    id: 'Node',
    url: '/v1/node',
    summary: 'everything on this node',
    params: NoParams,
    query: nodeQuery,
    target: () => ({ node: true }),
  },
];

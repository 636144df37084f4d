import type { ContainerIdentity, PodIdentity } from '../../facts.ts';
import type { Proc } from '../proc.ts';
import { type CgroupGroup, type CgroupScan, scanCgroups } from './cgroups.ts';
import type { FolderReader, HostFolders } from './folders.ts';
import { chooseInit, commOf, isContained, isStated, someLive } from './init.ts';
import { type FolderProblem, normalUid, type PodFolders, readPodFolders, sameUid } from './pod-folders.ts';
import { listRuntimeIds, type RuntimeState, readRuntimeState } from './runtime-state.ts';
import { treeOf } from './tree.ts';

export interface FindDeps {
  readonly proc: Proc;
  readonly folders: HostFolders;
  readonly reader: FolderReader;
}

export interface FoundContainer {
  readonly identity: ContainerIdentity;
  /** As the agent sees it. */
  readonly cgroup: string;
  readonly pids: readonly number[];
  /** The root of the tree that CRIU would take; undefined: no process of it could be read. */
  readonly initPid: number | undefined;
  /** Which OCI runtime keeps its state, where its folder was found. */
  readonly ociRuntime?: 'runc' | 'crun';
}

/** One look at the node. */
export interface Node extends FindDeps {
  readonly scan: CgroupScan;
  readonly names: PodFolders;
  readonly problems: FolderProblem[];
  state(id: string): RuntimeState | undefined;
}

export function lookAt(deps: FindDeps): Node {
  const names = readPodFolders(deps.folders, deps.reader);
  const problems = [...names.problems];
  const states = new Map<string, RuntimeState | undefined>();
  const state = (id: string) => {
    if (!states.has(id)) states.set(id, readRuntimeState(id, deps.folders, deps.reader, problems));
    return states.get(id);
  };
  return { ...deps, scan: scanCgroups(deps.proc), names, problems, state };
}

/**
 * The containers that show by their cgroup's path. Who may make cgroups, as a user below `user@1000.service`, can give one
 * the name of another's container: of several with an id the one that has the runtime's process is it.
 */
export function containerGroups(node: Node): readonly CgroupGroup[] {
  const all = node.scan.groups.filter(
    ({ identity, pids }) => identity.type === 'container' && someLive(node.proc, pids),
  );
  return all.filter(({ identity, pids }) => {
    const id = identity.containerId ?? '';
    if (all.filter((each) => each.identity.containerId === id).length === 1) return true;
    const initPid = node.state(id)?.initPid ?? 0;
    return pids.includes(initPid) || !all.some((each) => each.pids.includes(initPid));
  });
}

export function toContainer(node: Node, { identity, cgroup, pids }: CgroupGroup): FoundContainer {
  const id = identity.containerId ?? '';
  return build(node, id, cgroup, pids, identity.runtime ?? 'unknown', identity.podUid);
}

function build(
  node: Node,
  id: string,
  cgroup: string,
  pids: readonly number[],
  seen: string,
  podUid?: string,
): FoundContainer {
  const state = node.state(id) ?? {};
  const pod = podOf(node, id, podUid, state);
  const log = node.names.logs.find((each) => id.startsWith(each.id));
  const initPid = chooseInit(node.proc, pids, state);
  const general = ['unknown', 'runc', 'crun'].includes(seen);
  const runtime = general
    ? (state.runtime ?? (seen === 'unknown' ? (state.ociRuntime ?? seen) : seen))
    : seen;
  const role = state.role ?? (isPause(node, pod, log !== undefined, pids, initPid) ? 'sandbox' : 'container');
  const name = state.name ?? log?.container;
  return {
    identity: {
      id,
      runtime,
      role,
      ...(name === undefined ? {} : { name }),
      ...(pod === undefined ? {} : { pod }),
    },
    cgroup,
    pids,
    initPid,
    ...(state.ociRuntime === undefined ? {} : { ociRuntime: state.ociRuntime }),
  };
}

/** Where no runtime's folder tells: the one process of a pod's container without a log is called `pause`. */
function isPause(
  { names, proc }: Node,
  pod: PodIdentity | undefined,
  hasLog: boolean,
  pids: readonly number[],
  initPid: number | undefined,
): boolean {
  if (pod === undefined || hasLog || pids.length !== 1 || initPid === undefined) return false;
  const others = names.logs.some((log) => log.pod === pod.name && log.namespace === pod.namespace);
  return others && commOf(proc, initPid) === 'pause';
}

function podOf(
  node: Node,
  id: string,
  podUid: string | undefined,
  state: RuntimeState,
): PodIdentity | undefined {
  const stated = state.pod;
  const uid = podUid ?? (stated === undefined ? undefined : normalUid(stated.uid));
  const log = node.names.logs.find((each) => id.startsWith(each.id));
  if (uid === undefined) {
    const found = node.names.pods.filter((pod) => pod.name === log?.pod && pod.namespace === log.namespace);
    return found.length === 1 ? found[0] : undefined;
  }
  if (stated?.name !== undefined && stated.namespace !== undefined && sameUid(stated.uid, uid))
    return { uid, namespace: stated.namespace, name: stated.name };
  const folder = node.names.pods.find((pod) => sameUid(pod.uid, uid));
  if (folder !== undefined) return { ...folder, uid };
  return log === undefined ? { uid } : { uid, namespace: log.namespace, name: log.pod };
}

/**
 * A container whose cgroup does not bear its id: plain runc and crun take any cgroup, also their caller's. Its runtime's
 * folder tells the init process; with that come those of its cgroup, or where it has none of its own its tree.
 */
export function stateContainer(node: Node, id: string): FoundContainer | undefined {
  const state = node.state(id);
  const lines = state?.initPid === undefined ? undefined : node.scan.lines.get(state.initPid);
  if (state?.initPid === undefined || lines === undefined || !isStated(node.proc, state)) return undefined;
  const { initPid } = state;
  const group = node.scan.groups.find(({ pids }) => pids.includes(initPid));
  const own = [...lines].sort((one, other) => other.path.length - one.path.length)[0]?.path ?? '/';
  const shared = own === '/' || (group?.identity.type === 'unit' && group.cgroup === own);
  const pids = shared ? treeOf(node.proc, initPid) : pidsBelow(node.scan, own);
  const runtime = group?.identity.type === 'container' ? (group.identity.runtime ?? 'unknown') : 'unknown';
  return build(node, id, own, pids, runtime, group?.identity.podUid);
}

/**
 * A cgroup of a plain name is a container's only where there is evidence: its runtime's folder, or that its processes are
 * in a pid namespace of their own.
 */
export function plainContainer(node: Node, group: CgroupGroup): FoundContainer | undefined {
  const { identity, cgroup, pids } = group;
  const id = identity.name ?? '';
  if (identity.type !== 'group' || !someLive(node.proc, pids)) return undefined;
  const stated = node.state(id)?.initPid;
  const known = stated !== undefined && chooseInit(node.proc, pids, node.state(id)) === stated;
  return known || isContained(node.proc, pids) ? build(node, id, cgroup, pids, 'unknown') : undefined;
}

/** Processes of a cgroup and of those below it, in any hierarchy or in one. */
export function pidsBelow(scan: CgroupScan, path: string, hierarchy?: string): readonly number[] {
  const within = (line: { readonly path: string; readonly hierarchy: string }) =>
    (hierarchy === undefined || line.hierarchy === hierarchy) &&
    (line.path === path || line.path.startsWith(`${path}/`));
  return [...scan.lines].flatMap(([pid, lines]) => (lines.some(within) ? [pid] : []));
}

/** All containers of the node: by cgroup path, by what their runtime's folder says, by other evidence; each once. */
export function allContainers(node: Node): readonly FoundContainer[] {
  const byPath = containerGroups(node).map((group) => toContainer(node, group));
  const ids = new Set(byPath.map(({ identity }) => identity.id));
  const stated = listRuntimeIds(node.folders, node.reader).flatMap((id) =>
    ids.has(id) ? [] : (stateContainer(node, id) ?? []),
  );
  const plain = node.scan.groups.flatMap((group) => plainContainer(node, group) ?? []);
  const byInit = new Map<number | string, FoundContainer>();
  for (const each of [...byPath, ...stated, ...plain])
    if (!byInit.has(each.initPid ?? each.identity.id)) byInit.set(each.initPid ?? each.identity.id, each);
  return [...byInit.values()];
}

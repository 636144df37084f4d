import type { PodIdentity, TargetRef } from '../../facts.ts';
import {
  containerGroups,
  type FindDeps,
  type FoundContainer,
  lookAt,
  type Node,
  toContainer,
} from './containers.ts';
import { ambiguous, type Found, found, type Problem, unreadWords } from './found.ts';
import { containerNames, isPodName, normalUid, sameUid } from './pod-folders.ts';

type PodRef = Extract<TargetRef, { readonly type: 'pod' }>;

/** A pod by its uid, or by its names, which another may have had before and a third may have next. */
export function findPod(ref: PodRef, deps: FindDeps): Found | Problem {
  const uid = ref.uid === undefined ? undefined : normalUid(ref.uid);
  if (ref.uid !== undefined && uid === undefined)
    return {
      code: 'InvalidArgument',
      detail: 'a pod uid is a UUID, or of a static pod 32 hexadecimal digits',
    };
  if (!('name' in ref)) return findUid(lookAt(deps), uid ?? '');
  if (!isPodName(ref.namespace, ref.name))
    return {
      code: 'InvalidArgument',
      detail: 'namespace and name must be as the API server takes them (RFC 1123)',
    };
  return findName(lookAt(deps), ref.namespace, ref.name, uid);
}

function findUid(node: Node, uid: string): Found | Problem {
  const containers = containersOf(node, (pod) => sameUid(pod.uid, uid));
  const pod = containers[0]?.identity.pod;
  if (pod !== undefined) return answer(node, pod, containers, []);
  const known = node.names.pods.find((each) => sameUid(each.uid, uid));
  if (known !== undefined) return noneRuns(node, known);
  const hint = 'of a static pod ask for its config hash (annotation kubernetes.io/config.hash) or its name';
  const detail = `no pod with uid ${uid} is on this node; ${hint}${unreadWords(node)}`;
  return { code: 'PodNotFound', detail };
}

function findName(node: Node, namespace: string, name: string, pinned: string | undefined): Found | Problem {
  const known = node.names.pods.filter((pod) => pod.namespace === namespace && pod.name === name);
  const containers = containersOf(
    node,
    (pod) =>
      (pod.namespace === namespace && pod.name === name) || known.some(({ uid }) => sameUid(uid, pod.uid)),
  );
  const running = [...new Set(containers.map(({ identity }) => identity.pod?.uid ?? ''))];
  const called = `${namespace}/${name}`;
  if (pinned !== undefined) {
    const uid = running.find((each) => sameUid(each, pinned));
    if (uid !== undefined) return choose(node, namespace, name, uid, containers, known, running);
    const others = running.filter((each) => !sameUid(each, pinned));
    if (others.length > 0)
      return {
        code: 'TargetReplaced',
        detail: `${called} is not the pod ${pinned} any more but ${others.join(' and ')}`,
      };
  } else if (running.length === 1) {
    return choose(node, namespace, name, running[0] ?? '', containers, known, running);
  } else if (running.length > 1) {
    // the old one may be ending and the new one starting: which of them is meant is not ours to say
    return ambiguous(`${running.length} pods called ${called} run, pin one by its uid`, running);
  }
  const last = known.find(({ uid }) => pinned === undefined || sameUid(uid, pinned));
  if (last !== undefined) return noneRuns(node, last);
  return { code: 'PodNotFound', detail: `no pod ${called} is on this node${unreadWords(node)}` };
}

function choose(
  node: Node,
  namespace: string,
  name: string,
  uid: string,
  containers: readonly FoundContainer[],
  known: readonly PodIdentity[],
  running: readonly string[],
): Found {
  const old = known.map((pod) => pod.uid).filter((each) => !running.some((one) => sameUid(one, each)));
  const beside = running.filter((each) => each !== uid);
  const notes = [
    ...old.map((each) => `an earlier pod of this name, ${each}, has left its folders and has no process`),
    ...beside.map((each) => `another pod of this name, ${each}, runs too`),
  ];
  const own = containers.filter(({ identity }) => identity.pod?.uid === uid);
  return answer(node, { uid, namespace, name }, own, notes);
}

function answer(
  node: Node,
  pod: PodIdentity,
  containers: readonly FoundContainer[],
  notes: readonly string[],
): Found {
  const inside = containers.filter(({ identity }) => identity.role !== 'sandbox');
  const names = inside.map(({ identity }) => identity.name);
  // where a running one has no name, it may be any of those that seem to have ended
  const ended = names.includes(undefined)
    ? []
    : containerNames(node.folders, node.reader, pod).filter((name) => !names.includes(name));
  const more = [
    ...(inside.length === 0 ? ['only its sandbox runs'] : []),
    ...(ended.length > 0
      ? [`not running, as init containers are once they are done: ${ended.join(', ')}`]
      : []),
  ];
  return found(node, { pod, containers, notes: [...notes, ...more] });
}

function noneRuns(node: Node, { uid, namespace, name }: PodIdentity): Problem {
  const detail = `pod ${namespace}/${name} (${uid}) has folders on this node and no running container${unreadWords(node)}`;
  return { code: 'PodNotFound', detail };
}

/** The cgroup tells the pod of most containers; of the others their runtime's folder must be read for it. */
function containersOf(node: Node, wanted: (pod: PodIdentity) => boolean): readonly FoundContainer[] {
  return containerGroups(node).flatMap((group) => {
    const uid = group.identity.podUid;
    const folder = uid === undefined ? undefined : node.names.pods.find((pod) => sameUid(pod.uid, uid));
    if (folder !== undefined && !wanted(folder)) return [];
    const container = toContainer(node, group);
    return container.identity.pod !== undefined && wanted(container.identity.pod) ? [container] : [];
  });
}

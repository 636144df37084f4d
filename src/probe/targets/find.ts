import type { TargetRef } from '../../facts.ts';
import { containerIdPattern } from './cgroup-path.ts';
import {
  allContainers,
  containerGroups,
  type FindDeps,
  lookAt,
  type Node,
  pidsBelow,
  plainContainer,
  stateContainer,
  toContainer,
} from './containers.ts';
import { findPod } from './find-pod.ts';
import { ambiguous, type Found, type FoundGroup, found, type Problem, unreadWords } from './found.ts';

export type FindRef = Extract<TargetRef, { readonly type: 'container' | 'pod' | 'cgroup' | 'node' }>;

/** What orchestrators hold in their hands → processes, from the node alone: one look at all of /proc. */
export function findTarget(ref: FindRef, deps: FindDeps): Found | Problem {
  if (ref.type === 'container') return findContainer(ref.id, deps);
  if (ref.type === 'pod') return findPod(ref, deps);
  if (ref.type === 'cgroup') return findCgroup(ref.path, deps);
  return findNode(lookAt(deps));
}

/** `containerd://<id>`: as kubectl prints the status of a container. */
const scheme = /^[a-z][a-z0-9.+-]*:\/\//;

function findContainer(text: string, deps: FindDeps): Found | Problem {
  const id = text.replace(scheme, '');
  if (!containerIdPattern.test(id))
    return { code: 'InvalidArgument', detail: 'a container id is letters, digits and _ + . -, 255 at most' };
  const node = lookAt(deps);
  const groups = containerGroups(node);
  const exact = groups.filter(({ identity }) => identity.containerId === id);
  const plain = node.scan.groups.filter(({ identity }) => identity.type === 'group' && identity.name === id);
  const named = plain.flatMap((group) => plainContainer(node, group) ?? []);
  const matches = [...exact.map((group) => toContainer(node, group)), ...named];
  if (matches.length === 1) return found(node, { containers: matches });
  if (matches.length > 1)
    return ambiguous(
      `${matches.length} containers are called ${id}, ask for a cgroup`,
      matches.map(({ cgroup }) => cgroup),
    );
  const stated = stateContainer(node, id);
  if (stated !== undefined) return found(node, { containers: [stated] });
  const missing = () => notRunning(node, id);
  if (!/^[0-9a-f]+$/.test(id)) return missing();
  if (id.length < 8)
    return {
      code: 'InvalidArgument',
      detail: `the beginning of a container id must be 8 characters at least, not ${id.length}`,
    };
  const begun = groups.filter(
    ({ identity }) =>
      /^[0-9a-f]{12,}$/.test(identity.containerId ?? '') && identity.containerId?.startsWith(id),
  );
  const [only] = begun;
  if (only === undefined) return missing();
  if (begun.length === 1) return found(node, { containers: [toContainer(node, only)] });
  const ids = begun.map(({ identity }) => identity.containerId ?? '').sort();
  return ambiguous(`${begun.length} containers begin with ${id}`, ids);
}

function notRunning(node: Node, id: string): Problem {
  const known = node.state(id) === undefined ? '' : '; its runtime knows it, and it has no process';
  const detail = `no container on this node has the id ${id}${known}${unreadWords(node)}`;
  return { code: 'ContainerNotFound', detail };
}

/** The folder of a cgroup in sysfs or its path in /proc/PID/cgroup. The name after the mount is a v1 hierarchy's, or v2's `unified`. */
function findCgroup(text: string, deps: FindDeps): Found | Problem {
  const names = text.split('/').filter((name) => name !== '');
  if (text.length > 4096 || /[\0\n]/.test(text))
    return {
      code: 'InvalidArgument',
      detail: 'a cgroup path has 4096 characters at most, and no NUL or newline',
    };
  const mounted = names.slice(0, 3).join('/') === 'sys/fs/cgroup';
  const below = mounted ? names.slice(3) : names;
  const firstReal = below.findIndex((name) => name !== '..');
  if (below.slice(Math.max(firstReal, 0)).some((name) => name === '..' || name === '.'))
    return { code: 'InvalidArgument', detail: 'a cgroup path has no . or .. in it' };
  const node = lookAt(deps);
  const hierarchies = new Set(
    [...node.scan.lines.values()].flatMap((lines) => lines.map(({ hierarchy }) => hierarchy)),
  );
  const hierarchy =
    mounted && hierarchies.size > 1 ? [...hierarchies].find((each) => each === below[0]) : undefined;
  const path = `/${below.slice(hierarchy === undefined ? 0 : 1).join('/')}`;
  if (path === '/')
    return { code: 'InvalidArgument', detail: 'the root cgroup holds the whole node: ask for the node' };
  const pids = pidsBelow(node.scan, path, hierarchy);
  if (pids.length === 0)
    return { code: 'CgroupNotFound', detail: `no process is in ${path} or below it${unreadWords(node)}` };
  const inside = new Set(pids);
  const containers = allContainers(node).filter((each) => each.pids.every((pid) => inside.has(pid)));
  const held = new Set(containers.flatMap((each) => each.pids));
  const rest = pids.filter((pid) => !held.has(pid));
  const part = containerGroups(node).find(
    (group) => rest.length > 0 && rest.every((pid) => group.pids.includes(pid)),
  );
  const notes = part === undefined ? [] : [`it is part of container ${part.identity.containerId}`];
  const own = node.scan.groups.find(({ cgroup }) => cgroup === path)?.identity;
  const name = own?.name ?? path.slice(1);
  const groups: FoundGroup[] =
    rest.length === 0 ? [] : [{ type: own?.type ?? 'group', cgroup: path, name, pids: rest }];
  return found(node, { containers, groups, notes });
}

function findNode(node: Node): Found {
  const containers = allContainers(node);
  const held = new Set(containers.flatMap(({ pids }) => pids));
  const groups = node.scan.groups.flatMap(({ identity, cgroup, pids }): FoundGroup[] => {
    const rest = pids.filter((pid) => !held.has(pid));
    if (rest.length === 0 || identity.type === 'container') return [];
    return [
      {
        type: identity.type,
        cgroup,
        ...(identity.name === undefined ? {} : { name: identity.name }),
        pids: rest,
      },
    ];
  });
  return found(node, { containers, groups });
}

import { hasUnitSuffix, podSlice, type Qos, unescapeUnit, unitOf } from './cgroup-unit.ts';

/** What a cgroup path says of the processes in it. */
export interface CgroupIdentity {
  /**
   * monitor: the process that watches over a container (conmon, lxc-start), not in it. pod: in the pod's cgroup and in
   * no container of it. unit: a systemd service or scope. group: a cgroup of whoever made it; a container of plain
   * runc or crun looks like that too.
   */
  readonly type: 'container' | 'monitor' | 'pod' | 'unit' | 'group';
  /** Path down to the container's, pod's or unit's own cgroup: what is below it belongs to it. */
  readonly cgroup: string;
  /** Who made the cgroup: systemd, at the runtime's request, or the runtime by mkdir. */
  readonly driver: 'systemd' | 'cgroupfs';
  /** The container's manager, else its OCI runtime; `unknown` where the path names neither. */
  readonly runtime?: string;
  readonly containerId?: string;
  /** With dashes; of a static pod the hash of its manifest, 32 hexadecimal digits. */
  readonly podUid?: string;
  readonly qos?: Qos;
  /** The systemd unit, or the last name of a `group`. */
  readonly name?: string;
}

/** Prefix of a scope or folder → whose it is; `<prefix>-<id>.scope` is runc's and crun's rule for `slice:prefix:id`. */
const prefixes: Readonly<Record<string, string>> = {
  'cri-containerd': 'containerd',
  containerd: 'containerd',
  nerdctl: 'containerd',
  crio: 'cri-o',
  docker: 'docker',
  libpod: 'podman',
  'libpod-payload': 'podman',
  runc: 'runc',
  crun: 'crun',
  kata: 'unknown',
};
const monitors: Readonly<Record<string, string>> = { 'crio-conmon': 'cri-o', 'libpod-conmon': 'podman' };

/** Folder that holds a container by its bare id → whose it is. */
const folders: Readonly<Record<string, string>> = {
  docker: 'docker',
  default: 'containerd',
  'k8s.io': 'containerd',
};

const fullId = /^[0-9a-f]{64}$/;
/** Fargate: `<task>-<number>`. */
const taskId = /^[0-9a-f]{32}-\d{1,10}$/;
/** libcontainer's validateID(); names of LXC and LXD are within it. */
export const containerIdPattern = /^(?!\.{1,2}$)[A-Za-z0-9_+.-]{1,255}$/;
const podFolder = /^pod([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/;

type Part = Pick<CgroupIdentity, 'type' | 'driver' | 'runtime' | 'containerId'>;

/**
 * The path of a /proc/PID/cgroup line: whose processes are there. The innermost container is the one, so that a pod of
 * a kubelet in a container (kind) is not taken for its node. Undefined: the root, which is nobody's.
 * Sources of the forms: the table in test/probe/targets/cgroup-lines.ts.
 */
export function parseCgroupPath(path: string): CgroupIdentity | undefined {
  const names = path
    .replace(/ \(deleted\)$/, '')
    .split('/')
    .slice(1);
  // a reader in a cgroup namespace of its own sees `/../../x`
  const first = names.findIndex((name) => name !== '..' && name !== '.' && name !== '');
  if (first < 0) return undefined;
  const upTo = (at: number) => `/${names.slice(0, at + 1).join('/')}`;
  for (let at = names.length - 1; at >= first; at--) {
    const part = container(names, at);
    if (part !== undefined) return { ...part, cgroup: upTo(at), ...podAbove(names, at) };
  }
  for (let at = names.length - 1; at >= first; at--) {
    const pod = podAt(names, at);
    if (pod === undefined) continue;
    const driver = names[at]?.endsWith('.slice') ? 'systemd' : 'cgroupfs';
    return { type: 'pod', cgroup: upTo(at), driver, ...pod };
  }
  const unit = unitOf(names, first);
  if (unit !== undefined && !isGuest(names, unit.at))
    return { type: 'unit', cgroup: upTo(unit.at), driver: 'systemd', name: unit.name };
  const last = names.at(-1) ?? '';
  const driver = hasUnitSuffix(last) ? 'systemd' : 'cgroupfs';
  return { type: 'group', cgroup: upTo(names.length - 1), driver, name: last };
}

/** runc without a cgroupsPath makes `<cgroup of its caller>/<id>`: one plain folder below a login session or service. */
const isGuest = (names: readonly string[], unit: number): boolean =>
  names.length - 1 === unit + 1 && names[unit]?.startsWith('session-') === true;

function container(names: readonly string[], at: number): Part | undefined {
  const name = names[at] ?? '';
  const above = names[at - 1] ?? '';
  const [, prefix = '', id = ''] = name.split(':');
  // `slice:prefix:id`: the runtime was given systemd's form and made folders
  if (containerIdPattern.test(id) && name.split(':').length === 3)
    return (
      prefixed(prefix, id, 'cgroupfs') ?? {
        type: 'container',
        driver: 'cgroupfs',
        runtime: 'unknown',
        containerId: id,
      }
    );
  if (name.endsWith('.scope') || name.endsWith('.service')) return scope(name, names[at + 1]);
  const lxc = /^(?:lxc|incus)(\.payload|\.monitor)?\.(.+)$/.exec(name);
  if (lxc?.[1] !== undefined) return lxcPart(lxc[1], lxc[2] ?? '');
  const dash = /^(.+?)[-_]([0-9a-f]{64})$/.exec(name);
  if (dash !== null) return prefixed(dash[1] ?? '', dash[2] ?? '', 'cgroupfs');
  const lxcFolder = /^(?:lxc|incus)(\.payload|\.monitor)?$/.exec(above);
  if (lxcFolder !== null) return lxcPart(lxcFolder[1] ?? '', name);
  const bare = { type: 'container', driver: 'cgroupfs', containerId: name } as const;
  // Podman's pod, not a container of it; what a VM of Kata costs besides its guests
  if (above === 'libpod_parent') return undefined;
  if (above === 'kata_overhead') return { ...bare, type: 'monitor', runtime: 'unknown' };
  if (fullId.test(name))
    return { ...bare, runtime: names[at - 2] === 'ecs' ? 'docker' : (folders[above] ?? 'unknown') };
  if (taskId.test(name) && names[at - 2] === 'ecs') return { ...bare, runtime: 'unknown' };
  if (above === 'default' && containerIdPattern.test(name)) return { ...bare, runtime: 'containerd' };
  return undefined;
}

function lxcPart(kind: string, id: string): Part | undefined {
  if (!containerIdPattern.test(id)) return undefined;
  const type = kind === '.monitor' ? 'monitor' : 'container';
  return { type, driver: 'cgroupfs', runtime: 'lxc', containerId: id };
}

function scope(name: string, below: string | undefined): Part | undefined {
  const machine = /^(?:machine-(.+)\.scope|systemd-nspawn@(.+)\.service)$/.exec(name);
  if (machine !== null && (below === 'payload' || below === 'supervisor')) {
    const id = unescapeUnit(machine[1] ?? machine[2] ?? '');
    const type = below === 'payload' ? 'container' : 'monitor';
    if (containerIdPattern.test(id)) return { type, driver: 'systemd', runtime: 'nspawn', containerId: id };
  }
  if (!name.endsWith('.scope')) return undefined;
  const own = /^(runc|crun|nerdctl)-(.+)\.scope$/.exec(name);
  if (own !== null && containerIdPattern.test(own[2] ?? ''))
    return prefixed(own[1] ?? '', own[2] ?? '', 'systemd');
  const hex = /^(.+?)-([0-9a-f]{12,64})\.scope$/.exec(name);
  return hex === null ? undefined : prefixed(hex[1] ?? '', hex[2] ?? '', 'systemd');
}

function prefixed(prefix: string, id: string, driver: 'systemd' | 'cgroupfs'): Part | undefined {
  const monitor = monitors[prefix];
  if (monitor !== undefined) return { type: 'monitor', driver, runtime: monitor, containerId: id };
  const runtime = prefixes[prefix] ?? (fullId.test(id) ? 'unknown' : undefined);
  return runtime === undefined ? undefined : { type: 'container', driver, runtime, containerId: id };
}

type Pod = Pick<CgroupIdentity, 'podUid' | 'qos'>;

function podAbove(names: readonly string[], from: number): Pod {
  for (let at = from; at >= Math.max(0, from - 1); at--) {
    const pod = podAt(names, at);
    if (pod !== undefined) return pod;
  }
  return {};
}

/** systemd driver: the slice names pod and level; cgroupfs driver: `…/burstable/pod<uid>`. No level: guaranteed. */
function podAt(names: readonly string[], at: number): Pod | undefined {
  const slice = podSlice((names[at] ?? '').split(':')[0] ?? '');
  if (slice !== undefined) return slice;
  const folder = podFolder.exec(names[at] ?? '');
  if (folder === null) return undefined;
  const level = names[at - 1];
  return {
    podUid: folder[1] ?? '',
    qos: level === 'burstable' || level === 'besteffort' ? level : 'guaranteed',
  };
}

import { parseJson } from './json.ts';

/** What of a container's state and configuration decides on the options its runtime gives to CRIU. */
export interface RuntimeState {
  readonly runtime: 'runc' | 'crun';
  /** The container's init: what the runtime checkpoints. */
  readonly pid: number;
  readonly startTimeTicks: string;
  /** On the host; crun keeps it as the bundle has it, which may be relative. */
  readonly rootfs: string;
  /** Folder of the container's configuration; runc has no need of it. */
  readonly bundle: string;
  readonly mounts: readonly StateMount[];
  /** Namespace types (`net`, `pid`, …) the container has; true: joined by path, so that they are not its own. */
  readonly namespaces: ReadonlyMap<string, boolean>;
  readonly maskedPaths: readonly string[];
  /** Device nodes that the runtime puts into the container. */
  readonly devices: readonly string[];
  /** runc: folders of its cgroups, by v1 controller, `''` for v2. crun: below the hierarchy's root, as `''`. */
  readonly cgroups: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface StateMount {
  readonly destination: string;
  /** `bind`, `proc`, `cgroup`, … */
  readonly type: string;
  /** crun: an option CRIU cannot be told of. */
  readonly noFollow: boolean;
}

/**
 * runc's state.json: libcontainer/container_linux.go State and configs/config.go Config. Undefined where it is none.
 * What it leaves out, or has in another form, is as if the runtime did not declare it.
 */
export function parseRuncState(text: string): RuntimeState | undefined {
  const state = parseJson(text);
  const config = state?.get('config');
  const pid = state?.get('init_process_pid').whole();
  const start = state?.get('init_process_start').whole();
  const rootfs = config?.get('rootfs').text();
  if (state === undefined || config === undefined || pid === undefined) return undefined;
  if (start === undefined || rootfs === undefined) return undefined;
  return {
    runtime: 'runc',
    pid,
    startTimeTicks: String(start),
    rootfs,
    bundle: '',
    mounts: config
      .get('mounts')
      .items()
      .flatMap((mount) => {
        const destination = mount.get('destination').text();
        const type = mount.get('device').text() ?? '';
        return destination === undefined ? [] : [{ destination, type, noFollow: false }];
      }),
    namespaces: new Map(
      config
        .get('namespaces')
        .items()
        .map(
          (each) => [runcTypes[each.get('type').text() ?? ''] ?? '', each.get('path').text() ?? ''] as const,
        )
        .map(([type, path]) => [type, path !== ''] as const),
    ),
    maskedPaths: config.get('mask_paths').texts(),
    devices: config
      .get('devices')
      .items()
      .flatMap((device) => device.get('path').text() ?? []),
    cgroups: new Map(
      state
        .get('cgroup_paths')
        .entries()
        .map(([name, path]) => [name, path.text() ?? '']),
    ),
    annotations: new Map(config.get('labels').texts().map(splitLabel)),
  };
}

/** configs.NamespaceType → the name that CRIU knows (configs.NsName). */
const runcTypes: Readonly<Record<string, string>> = {
  NEWNET: 'net',
  NEWPID: 'pid',
  NEWNS: 'mnt',
  NEWIPC: 'ipc',
  NEWUTS: 'uts',
  NEWUSER: 'user',
  NEWCGROUP: 'cgroup',
  NEWTIME: 'time',
};

function splitLabel(label: string): readonly [string, string] {
  const equals = label.indexOf('=');
  return equals < 0 ? [label, ''] : [label.slice(0, equals), label.slice(equals + 1)];
}

/** crun's `status` (libcrun/status.c) and the copy of the bundle's config.json beside it (runtime-spec config.md). */
export function parseCrunState(statusText: string, configText: string): RuntimeState | undefined {
  const status = parseJson(statusText);
  const config = parseJson(configText);
  const pid = status?.get('pid').whole();
  const start = status?.get('process-start-time').whole();
  const rootfs = status?.get('rootfs').text();
  if (status === undefined || config === undefined || pid === undefined) return undefined;
  if (start === undefined || rootfs === undefined) return undefined;
  const linux = config.get('linux');
  return {
    runtime: 'crun',
    pid,
    startTimeTicks: String(start),
    rootfs,
    bundle: status.get('bundle').text() ?? '',
    mounts: config
      .get('mounts')
      .items()
      .flatMap((mount) => {
        const destination = mount.get('destination').text();
        const options = mount.get('options').texts();
        const bind = options.includes('bind') || options.includes('rbind');
        const type = bind ? 'bind' : (mount.get('type').text() ?? '');
        return destination === undefined
          ? []
          : [{ destination, type, noFollow: options.includes('src-nofollow') }];
      }),
    namespaces: new Map(
      linux
        .get('namespaces')
        .items()
        .map((each) => [each.get('type').text() ?? '', each.get('path').text() !== undefined] as const)
        .map(([type, joined]) => [ociTypes[type] ?? type, joined] as const),
    ),
    maskedPaths: linux.get('maskedPaths').texts(),
    devices: [],
    cgroups: new Map([['', status.get('cgroup-path').text() ?? '']]),
    annotations: new Map(
      config
        .get('annotations')
        .entries()
        .map(([name, value]) => [name, value.text() ?? '']),
    ),
  };
}

const ociTypes: Readonly<Record<string, string>> = { network: 'net', mount: 'mnt' };

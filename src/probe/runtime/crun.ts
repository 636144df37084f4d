import type { Running } from './container.ts';
import { addMount, addNamespaces, type Options } from './options.ts';
import type { RuntimeState } from './state.ts';

/** What every `crun checkpoint` gives: src/libcrun/criu.c libcrun_container_checkpoint_linux_criu. */
export const crunAlways = ['manage-cgroups=soft', 'orphan-pts-master'] as const;

const emptyFolder = '/.empty-directory';

/** crun's options for one container. Which version of it runs is not told; its masked folders show a newer one. */
export function crunOptions(state: RuntimeState, running: Running): Options {
  const options: Options = {
    list: [...crunAlways, `root=${state.bundle}/${state.rootfs}`.replace(/\/{2,}/g, '/')],
    notes: [],
  };
  addNamespaces(options, state, running);
  addFreezer(options, state, running);
  if (!running.unified && state.mounts.some(({ type }) => type === 'cgroup'))
    addControllers(options, running);
  const masked = state.maskedPaths.map((path) => [path, running.mountAt(path)] as const);
  const isNewer = masked.some(([, mount]) => mount?.root.endsWith(emptyFolder));
  for (const { destination, type, noFollow } of state.mounts) {
    if (noFollow) options.notes.push('crun does not checkpoint a container with a src-nofollow mount');
    if (type === 'bind') addBind(options, destination, state, running, isNewer);
  }
  for (const [path, mount] of masked) {
    const root = mount?.root ?? '';
    if (root.endsWith(emptyFolder)) {
      addMount(options, `/run/crun${emptyFolder}`);
      addMount(options, path, `/run/crun${emptyFolder}`);
    } else if (root.endsWith('/null')) {
      // it looks at the host's file of that name
      if (/^\/(proc|sys)\//.test(path)) addMount(options, path);
      else options.notes.push(`whether crun declares the masked path ${path} cannot be told`);
    }
  }
  return options;
}

function addFreezer({ list, notes }: Options, state: RuntimeState, { unified }: Running): void {
  const path = state.cgroups.get('') ?? '';
  if (path === '') notes.push('crun was told to leave cgroups alone');
  else list.push(`freeze-cgroup=/sys/fs/cgroup${unified ? '' : '/freezer'}${path}`);
}

/** checkpoint_cgroup_v1_mount: one for each hierarchy, at the usual place. */
function addControllers(options: Options, { cgroups }: Running): void {
  for (const { hierarchyId, controllers } of cgroups) {
    if (hierarchyId === 0) continue;
    const name = controllers.join(',').replace(/^name=/, '');
    addMount(options, `/sys/fs/cgroup/${swapped[name] ?? name}`);
  }
}

const swapped: Readonly<Record<string, string>> = {
  'net_prio,net_cls': 'net_cls,net_prio',
  'cpuacct,cpu': 'cpu,cpuacct',
};

/**
 * An older crun names a mount as the bundle has it. A newer one follows the links on the way (chroot_realpath.c) where
 * the rootfs is an absolute path, and puts a `/` too many before the target of an absolute link (seen with 1.28), which
 * then matches no mount.
 */
function addBind(
  options: Options,
  destination: string,
  { rootfs }: RuntimeState,
  running: Running,
  isNewer: boolean,
): void {
  const path = nameOfMount(destination, running);
  const follows = isNewer && rootfs.startsWith('/');
  addMount(options, follows && path !== undefined ? path : destination);
  const plain = `/${destination.split('/').filter(Boolean).join('/')}`;
  if (path === plain || (follows && path !== undefined && !path.startsWith('//'))) return;
  options.notes.push(
    `a link is on the way to the mount ${destination}: crun does not declare it, or not for sure`,
  );
}

/** The last part is not followed. */
function nameOfMount(destination: string, running: Running): string | undefined {
  const [, folder = '', last = ''] = /^(.*?)\/*([^/]*)\/*$/.exec(destination) ?? [];
  const whole = last === '.' || last === '..';
  const found = running.resolve(whole ? destination : folder);
  if (found === undefined) return undefined;
  const path = whole ? found.path : `${found.path}/${last}`.replace('//', '/');
  return found.through === 'absolute' ? `/${path}` : path;
}

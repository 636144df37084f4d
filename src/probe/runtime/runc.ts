import type { Running } from './container.ts';
import { addMount, addNamespaces, type Options } from './options.ts';
import type { RuntimeState } from './state.ts';

/** What every `runc checkpoint` gives: libcontainer/criu_linux.go Checkpoint, checkpoint.go criuOptions. */
export const runcAlways = ['manage-cgroups=soft', 'orphan-pts-master', 'empty-ns=net'] as const;

/** runc's options for one container: libcontainer/criu_linux.go, the same from 1.1 to 1.4. */
export function runcOptions(state: RuntimeState, running: Running): Options {
  const options: Options = { list: [...runcAlways, `root=${state.rootfs}`], notes: [] };
  addNamespaces(options, state, running);
  const freezer = state.cgroups.get('freezer') ?? state.cgroups.get('');
  if (freezer) options.list.push(`freeze-cgroup=${freezer}`);
  for (const { destination, type } of state.mounts) {
    if (type !== 'bind' && type !== 'cgroup') continue;
    const path = running.resolve(withoutRoot(destination, state.rootfs))?.path;
    if (path === undefined) options.notes.push(`where the mount ${destination} leads could not be read`);
    else if (type === 'bind') addMount(options, path);
    // v1 without a cgroup namespace: binds of the container's own groups; else real mounts, which CRIU saves
    else if (!running.unified && !state.namespaces.has('cgroup')) addCgroupBinds(options, path, running);
  }
  for (const path of state.maskedPaths) {
    // a masked file is the container's /dev/null, a masked folder a tmpfs, which CRIU saves
    if (running.mountAt(path)?.root.endsWith('/null')) addMount(options, path, '/dev/null');
  }
  for (const device of state.devices) {
    const path = running.resolve(withoutRoot(device, state.rootfs))?.path;
    if (path !== undefined) addMount(options, path);
  }
  return options;
}

function addCgroupBinds(options: Options, folder: string, { mounts }: Running): void {
  for (const { fsType, mountPoint } of mounts.rows) {
    const name = mountPoint.startsWith(`${folder}/`) ? mountPoint.slice(folder.length + 1) : '';
    if (fsType === 'cgroup' && name !== '' && !name.includes('/')) addMount(options, mountPoint);
  }
}

const withoutRoot = (path: string, rootfs: string): string =>
  path.startsWith(rootfs) ? path.slice(rootfs.length) : path;

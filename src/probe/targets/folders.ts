import { closeSync, constants, opendirSync, openSync } from 'node:fs';
import { attempt, type Failure } from '../proc.ts';
import { readRegular } from '../regular-file.ts';

/** Where the node's folders are, as the agent sees them: in a DaemonSet they are mounted elsewhere. */
export interface HostFolders {
  /** `<namespace>_<pod>_<uid>/<container>/<restarts>.log`: the kubelet's --pod-log-dir. */
  readonly logPods: string;
  /** `<pod>_<namespace>_<container>-<id>.log`, links that the kubelet makes. */
  readonly logContainers: string;
  /** `<uid>/containers/<container>/`. */
  readonly kubeletPods: string;
  /** Folders in which every container has one of its id: of OCI runtimes (--root), of containerd's shims, of storage. */
  readonly runtimeState: readonly string[];
}

export const defaultHostFolders: HostFolders = {
  logPods: '/var/log/pods',
  logContainers: '/var/log/containers',
  kubeletPods: '/var/lib/kubelet/pods',
  runtimeState: [
    '/run/containerd/io.containerd.runtime.v2.task/k8s.io',
    '/run/containerd/io.containerd.runtime.v2.task/moby',
    '/run/containerd/io.containerd.runtime.v2.task/default',
    '/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io',
    '/run/containerd/runc/k8s.io',
    '/run/containerd/runc/default',
    '/run/docker/runtime-runc/moby',
    '/run/runc',
    '/run/crun',
    '/run/containers/storage/overlay-containers',
    '/var/lib/containers/storage/overlay-containers',
    '/var/lib/docker/containers',
  ],
};

/**
 * Reads below one of the host's folders. What is in them is hostile: no name is a path, no link is followed, sizes are
 * limited. Nothing throws for an errno; `EFBIG`: larger than the limit.
 */
export interface FolderReader {
  list(folder: string, ...names: readonly string[]): readonly string[] | Failure;
  readText(folder: string, ...names: readonly string[]): string | Failure;
}

const limits = { bytes: 8 * 1024 * 1024, names: 50_000 } as const;

export function realFolders(): FolderReader {
  return {
    list: (folder, ...names) => within(folder, names, constants.O_DIRECTORY, listOpen),
    readText: (folder, ...names) =>
      within(folder, names, constants.O_NONBLOCK, (fd) => readRegular(fd, limits.bytes)),
  };
}

/** openat(2), name by name, which node lacks: through the magic links of /proc/self/fd, so that no link comes between. */
function within<T>(
  folder: string,
  names: readonly string[],
  flags: number,
  use: (fd: number) => T | Failure,
): T | Failure {
  const open: number[] = [];
  const steps = (): T | Failure => {
    open.push(openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY));
    for (const [at, name] of names.entries()) {
      if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return { errno: 'EINVAL' };
      const last = at === names.length - 1;
      const more = constants.O_NOFOLLOW | (last ? flags : constants.O_DIRECTORY);
      open.push(openSync(`/proc/self/fd/${open.at(-1)}/${name}`, constants.O_RDONLY | more));
    }
    return use(open.at(-1) ?? -1);
  };
  try {
    return attempt(steps);
  } finally {
    for (const fd of open) closeSync(fd);
  }
}

function listOpen(fd: number): readonly string[] | Failure {
  const folder = opendirSync(`/proc/self/fd/${fd}/`);
  try {
    const names: string[] = [];
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      if (names.length === limits.names) return { errno: 'EFBIG' };
      names.push(entry.name);
    }
    return names;
  } finally {
    folder.closeSync();
  }
}

import type { Proc } from '../probe/proc.ts';
import { type RuntimeDeps, realStateReader, stateFolders } from '../probe/runtime/index.ts';
import type { FindDeps } from '../probe/targets/containers.ts';
import { defaultHostFolders, type HostFolders, realFolders } from '../probe/targets/folders.ts';

/** Where the node's folders are, as the agent sees them. */
export interface HostSetup {
  /** Before each of the paths: `/host` where the node's root is mounted there; empty on the node itself. */
  readonly root: string;
  /** The kubelet's --root-dir and --pod-log-dir. */
  readonly kubelet: string;
  readonly podLogs: string;
  readonly containerLogs: string;
}

export const defaultHost: HostSetup = {
  root: '',
  kubelet: '/var/lib/kubelet',
  podLogs: defaultHostFolders.logPods,
  containerLogs: defaultHostFolders.logContainers,
};

export function hostDeps(host: HostSetup, proc: Proc): { find: FindDeps; runtimes: RuntimeDeps } {
  const at = (path: string) => `${host.root}${path}`;
  const folders: HostFolders = {
    logPods: at(host.podLogs),
    logContainers: at(host.containerLogs),
    kubeletPods: at(`${host.kubelet}/pods`),
    runtimeState: defaultHostFolders.runtimeState.map(at),
  };
  return {
    find: { proc, folders, reader: realFolders() },
    runtimes: { proc, reader: realStateReader, folders: stateFolders(at('/run')), etc: at('/etc') },
  };
}

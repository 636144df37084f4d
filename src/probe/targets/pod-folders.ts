import type { PodIdentity } from '../../facts.ts';
import { type Failure, failed, gone } from '../proc.ts';
import type { FolderReader, HostFolders } from './folders.ts';

/** A folder or file of the node that is there and could not be used: told with the answer. */
export interface FolderProblem {
  readonly path: string;
  /** An errno, or what was wrong with the text. */
  readonly problem: string;
}

export interface PodFolders {
  /** Of /var/log/pods: pods that run or ran; the kubelet removes it some time after the pod. */
  readonly pods: readonly Required<PodIdentity>[];
  /** Of /var/log/containers: the last container of each name. */
  readonly logs: readonly ContainerLog[];
  readonly problems: readonly FolderProblem[];
}

export interface ContainerLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The beginning only, where the name of the file was too long. */
  readonly id: string;
}

/** RFC 1123 label and subdomain, as the API server checks names (kubernetes apimachinery validation.go). */
const label = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const subdomain = '[a-z0-9](?:[-.a-z0-9]{0,251}[a-z0-9])?';
const uid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}';

/** BuildPodLogsDirectory() of kubernetes pkg/kubelet/kuberuntime/helpers.go. */
const podFolder = new RegExp(`^(${label})_(${subdomain})_(${uid})$`);
/** legacyLogSymlink() of kubernetes pkg/kubelet/kuberuntime/legacy.go: cut to 251 bytes before `.log`. */
const logLink = new RegExp(`^(${subdomain})_(${label})_(${label})-([0-9a-f]{1,64})\\.log$`);
const podName = new RegExp(`^${label}_${subdomain}$`);
const containerName = new RegExp(`^${label}$`);
const podUid = new RegExp(`^(?:${uid})$`);

export const isPodName = (namespace: string, name: string): boolean => podName.test(`${namespace}_${name}`);

/** With dashes where it is a UUID; the hash of a static pod has none. Undefined: no uid. */
export function normalUid(text: string): string | undefined {
  const lower = text.toLowerCase().replaceAll('_', '-');
  return podUid.test(lower) ? lower : undefined;
}

/** A caller may leave the dashes out, and a static pod never has them. */
export const sameUid = (one: string, other: string): boolean =>
  one.replaceAll('-', '') === other.replaceAll('-', '');

export function readPodFolders(folders: HostFolders, reader: FolderReader): PodFolders {
  const problems: FolderProblem[] = [];
  const list = (folder: string) => {
    const names = reader.list(folder);
    if (!failed(names)) return names;
    noteFailure(problems, folder, names);
    return [];
  };
  const pods = list(folders.logPods).flatMap((name) => {
    const [, namespace, pod, uid] = podFolder.exec(name) ?? [];
    return namespace === undefined || pod === undefined || uid === undefined
      ? []
      : [{ namespace, name: pod, uid }];
  });
  const logs = list(folders.logContainers).flatMap((name) => {
    const [, pod, namespace, container, id] = logLink.exec(name) ?? [];
    if (pod === undefined || namespace === undefined || container === undefined || id === undefined)
      return [];
    return id.length === 64 || name.length === 255 ? [{ pod, namespace, container, id }] : [];
  });
  return { pods, logs, problems };
}

/** Names of a pod's containers, init containers among them: those that ever ran, of its folders. */
export function containerNames(
  folders: HostFolders,
  reader: FolderReader,
  pod: PodIdentity,
): readonly string[] {
  const { uid, namespace, name } = pod;
  const lists = [reader.list(folders.kubeletPods, uid, 'containers')];
  if (namespace !== undefined && name !== undefined)
    lists.push(reader.list(folders.logPods, `${namespace}_${name}_${uid}`));
  const names = lists.flatMap((each) => (failed(each) ? [] : each));
  return [...new Set(names.filter((each) => containerName.test(each)))].sort();
}

/** A folder that is not there is no problem: a node has one runtime, and need not have a kubelet. */
export function noteFailure(problems: FolderProblem[], path: string, failure: Failure): void {
  if (!gone(failure) && failure.errno !== 'ENOTDIR') problems.push({ path, problem: failure.errno });
}

import type { ContainerIdentity, PodIdentity } from '../../facts.ts';
import { failed } from '../proc.ts';
import { containerIdPattern } from './cgroup-path.ts';
import type { FolderReader, HostFolders } from './folders.ts';
import { type FolderProblem, noteFailure } from './pod-folders.ts';

/** What a container's runtime has written of it, in the folders where each container has one of its id. */
export interface RuntimeState {
  readonly runtime?: string;
  readonly ociRuntime?: 'runc' | 'crun';
  readonly name?: string;
  readonly role?: ContainerIdentity['role'];
  readonly pod?: PodIdentity;
  readonly initPid?: number;
  /** Field 22 of /proc/PID/stat when it was started: a later process of that pid is another. */
  readonly initStartTicks?: string;
}

type Json = Readonly<Record<string, unknown>>;
type Partial = { -readonly [K in keyof RuntimeState]?: RuntimeState[K] };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 1024 ? value : undefined;
const pid = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) > 1 ? (value as number) : undefined;
const ticks = (value: unknown): string | undefined =>
  Number.isSafeInteger(value) ? String(value) : undefined;

/** File in the container's folder → what it says. The first that says a thing is believed. */
const files: readonly (readonly [readonly string[], (json: unknown) => Partial])[] = [
  // libcontainer BaseState (runc libcontainer/container.go): init_process_pid, init_process_start
  [
    ['state.json'],
    (json) =>
      !isObject(json) || json.init_process_pid === undefined
        ? {}
        : defined({
            ociRuntime: 'runc',
            initPid: pid(json.init_process_pid),
            initStartTicks: ticks(json.init_process_start),
          }),
  ],
  // crun src/libcrun/status.c
  [
    ['status'],
    (json) =>
      isObject(json)
        ? defined({
            ociRuntime: 'crun',
            initPid: pid(json.pid),
            initStartTicks: ticks(json['process-start-time']),
          })
        : {},
  ],
  // containerd's shim writes a number: JSON too
  [['init.pid'], (json) => defined({ initPid: pid(json) })],
  // conmon --container-pidfile, of CRI-O and Podman
  [['userdata', 'pidfile'], (json) => defined({ initPid: pid(json) })],
  [['config.json'], (json) => (isObject(json) ? ofAnnotations(json.annotations) : {})],
  [['userdata', 'config.json'], (json) => (isObject(json) ? ofAnnotations(json.annotations) : {})],
  [['config.v2.json'], dockerConfig],
];

/** All that the folders say of a container; undefined: none of them knows the id. */
export function readRuntimeState(
  id: string,
  folders: HostFolders,
  reader: FolderReader,
  problems: FolderProblem[],
): RuntimeState | undefined {
  if (!containerIdPattern.test(id)) return undefined;
  let state: Partial | undefined;
  for (const folder of folders.runtimeState) {
    const present = reader.list(folder, id);
    if (failed(present)) {
      noteFailure(problems, `${folder}/${id}`, present);
      continue;
    }
    state ??= {};
    for (const [names, read] of files) {
      if (!present.includes(names[0] ?? '')) continue;
      const content = reader.readText(folder, id, ...names);
      const path = `${folder}/${id}/${names.join('/')}`;
      if (failed(content)) noteFailure(problems, path, content);
      else state = { ...readJson(content, read, path, problems), ...state };
    }
  }
  return state;
}

function readJson(
  content: string,
  read: (json: unknown) => Partial,
  path: string,
  problems: FolderProblem[],
): Partial {
  try {
    return read(JSON.parse(content.trim()));
  } catch {
    problems.push({ path, problem: 'not JSON' });
    return {};
  }
}

/**
 * Annotations of the OCI bundle: containerd internal/cri/annotations/annotations.go; CRI-O's own, and the kubelet's
 * labels (kubernetes staging cri-client labels.go), which CRI-O and cri-dockerd carry along. None of them marks an
 * init container.
 */
function ofAnnotations(value: unknown): Partial {
  if (!isObject(value)) return {};
  const get = (...keys: readonly string[]) =>
    keys.map((key) => text(value[key])).find((each) => each !== undefined);
  const type = get(
    'io.kubernetes.cri.container-type',
    'io.kubernetes.cri-o.ContainerType',
    'io.kubernetes.docker.type',
  );
  const uid = get('io.kubernetes.cri.sandbox-uid', 'io.kubernetes.pod.uid');
  const namespace = get(
    'io.kubernetes.cri.sandbox-namespace',
    'io.kubernetes.pod.namespace',
    'io.kubernetes.cri-o.Namespace',
  );
  const podName = get(
    'io.kubernetes.cri.sandbox-name',
    'io.kubernetes.pod.name',
    'io.kubernetes.cri-o.KubeName',
  );
  const sandbox = type === 'sandbox' || type === 'podsandbox';
  return defined({
    runtime: managerOf(value),
    role: type === undefined ? undefined : sandbox ? 'sandbox' : 'container',
    name: sandbox ? undefined : get('io.kubernetes.cri.container-name', 'io.kubernetes.container.name'),
    pod: uid === undefined ? undefined : { uid, ...defined({ namespace, name: podName }) },
  });
}

function managerOf(annotations: Json): string | undefined {
  if (annotations['io.container.manager'] === 'libpod') return 'podman';
  const keys = Object.keys(annotations);
  if (keys.some((key) => key.startsWith('io.kubernetes.cri-o.'))) return 'cri-o';
  if (keys.some((key) => key.startsWith('io.kubernetes.cri.'))) return 'containerd';
  return undefined;
}

/** Docker's own (moby container/container.go): labels, the pid, and the name with a slash before it. */
function dockerConfig(json: unknown): Partial {
  if (!isObject(json)) return {};
  const state = isObject(json.State) ? json.State : {};
  const labels = ofAnnotations(isObject(json.Config) ? json.Config.Labels : undefined);
  return {
    ...defined({ runtime: 'docker', initPid: pid(state.Pid), name: text(json.Name)?.replace(/^\//, '') }),
    ...labels,
  };
}

/** Without the entries that are undefined. */
function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Ids of all the containers that the runtimes know. */
export function listRuntimeIds(folders: HostFolders, reader: FolderReader): readonly string[] {
  const names = folders.runtimeState.flatMap((folder) => {
    const found = reader.list(folder);
    return failed(found) ? [] : found;
  });
  return [...new Set(names.filter((name) => containerIdPattern.test(name)))];
}

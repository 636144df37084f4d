import type { ContainerIdentity } from '../../facts.ts';
import { findStates, type StateFolder } from './folders.ts';
import type { RuntimeName } from './preset.ts';
import type { StateReader } from './reader.ts';

export interface DetectedRuntime {
  readonly name: RuntimeName;
  readonly from: 'cgroup' | 'state';
  /** The state's folder, with `from: state`. */
  readonly path?: string;
}

/** Runtimes as a cgroup path tells them. Docker's containers are containerd's. */
const byCgroup: Readonly<Record<string, RuntimeName>> = {
  runc: 'runc',
  crun: 'crun',
  podman: 'podman',
  libpod: 'podman',
  containerd: 'containerd',
  docker: 'containerd',
  'cri-o': 'cri-o',
  crio: 'cri-o',
};

/** Who would checkpoint it: its cgroup tells, else where its state lies, else what its manager wrote into it. */
export function detectRuntime(
  { id, runtime }: Pick<ContainerIdentity, 'id' | 'runtime'>,
  folders: readonly StateFolder[],
  reader: StateReader,
): DetectedRuntime | undefined {
  const name = Object.hasOwn(byCgroup, runtime) ? byCgroup[runtime] : undefined;
  if (name !== undefined) return { name, from: 'cgroup' };
  const [first] = findStates(id, folders, reader).found;
  if (first === undefined) return undefined;
  const { state, folder, path } = first;
  return { name: folder.manager ?? managerOf(state.annotations) ?? state.runtime, from: 'state', path };
}

function managerOf(annotations: ReadonlyMap<string, string>): RuntimeName | undefined {
  const names = [...annotations.keys()];
  if (names.some((name) => name.startsWith('io.kubernetes.cri-o.'))) return 'cri-o';
  if (annotations.get('io.container.manager') === 'libpod') return 'podman';
  if (names.some((name) => name.startsWith('io.podman.annotations.'))) return 'podman';
  return undefined;
}

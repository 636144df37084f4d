import { failed, type Proc } from '../proc.ts';
import { type Running, readRunning } from './container.ts';
import { nameOf, parseCriuConf } from './criu-conf.ts';
import { crunAlways, crunOptions } from './crun.ts';
import { type FoundState, findStates, isContainerId, type StateFolder } from './folders.ts';
import type { Options } from './options.ts';
import type { StateReader } from './reader.ts';
import { runcAlways, runcOptions } from './runc.ts';
import type { RuntimeState } from './state.ts';

export const runtimeNames = ['runc', 'crun', 'podman', 'containerd', 'cri-o'] as const;
export type RuntimeName = (typeof runtimeNames)[number];

/** What a runtime gives to CRIU of its own accord for one container, in the words of the criu policy's options. */
export interface RuntimePreset {
  readonly name: RuntimeName;
  readonly options: readonly string[];
  /** What could not be told; each leaves something out, so that what depends on it is not said to be ready. */
  readonly notes: readonly string[];
}

export interface Problem {
  readonly problem: string;
}

/** A container and its init. */
export interface ContainerInit {
  readonly id: string;
  readonly pid: number;
}

export interface RuntimeDeps {
  readonly proc: Proc;
  readonly reader: StateReader;
  readonly folders: readonly StateFolder[];
  /** The host's /etc; absent: CRIU's configuration files are not looked at. */
  readonly etc?: string;
}

/** Flags that those who run runc or crun give it in every checkpoint. */
const flags: Readonly<Record<RuntimeName, readonly string[]>> = {
  runc: [],
  crun: [],
  // libpod/oci_conmon_common.go CheckpointContainer: --tcp-established and --file-locks when asked
  podman: [],
  // cmd/containerd-shim-runc-v2/process/init.go checkpoint: as the request says; that of the kubelet says nothing
  containerd: [],
  // internal/oci/runtime_oci.go CheckpointContainer
  'cri-o': ['file-locks'],
};

/** What `runtime=NAME` stands for with this container. Nothing that is not certain is in it. */
export function presetOf(
  name: RuntimeName,
  container: ContainerInit,
  deps: RuntimeDeps,
): RuntimePreset | Problem {
  const { id, pid } = container;
  if (!isContainerId(id)) return { problem: `"${id}" is no id of a container` };
  const running = readRunning(deps.proc, pid);
  if (running === undefined) return { problem: `process ${pid} could not be read` };
  const { found, troubles } = findStates(id, deps.folders, deps.reader);
  const mine = found.find(({ state }) => describes(state, running) && isOf(name, state));
  const { list, notes } = mine ? optionsOf(mine.state, running, deps) : unknownState(name, found, running);
  return { name, options: [...new Set([...list, ...flags[name]])], notes: [...notes, ...troubles] };
}

const describes = (state: RuntimeState, { pid, startTimeTicks }: Running): boolean =>
  state.pid === pid && state.startTimeTicks === startTimeTicks;

/** podman, containerd and CRI-O run either. */
const isOf = (name: RuntimeName, { runtime }: RuntimeState): boolean =>
  name === runtime || (name !== 'runc' && name !== 'crun');

function optionsOf(state: RuntimeState, running: Running, deps: RuntimeDeps): Options {
  const { list, notes } =
    state.runtime === 'runc' ? runcOptions(state, running) : crunOptions(state, running);
  const file = state.annotations.get('org.criu.config');
  if (file === '') return { list, notes };
  // its path is the container's author's: not opened
  if (file !== undefined) notes.push(`what the file says that org.criu.config names is not known: ${file}`);
  // crun reads a file only with a libcriu that can, which is not seen from here
  else if (state.runtime === 'runc') return withFile({ list, notes }, deps);
  return { list, notes };
}

/** CRIU lets its configuration file win over what the runtime sends. */
function withFile({ list, notes }: Options, { reader, etc }: RuntimeDeps): Options {
  if (etc === undefined) return { list, notes };
  const path = `${etc}/criu/runc.conf`;
  const text = reader.readText(path, 64 * 1024);
  if (failed(text)) {
    if (text.errno !== 'ENOENT') notes.push(`${path} could not be read: ${text.errno}`);
    return { list, notes };
  }
  const { given, taken } = parseCriuConf(text);
  if (given.length > 0) notes.push(`from ${path}: ${given.join(' ')}`);
  return { list: [...list.filter((option) => !taken.includes(nameOf(option))), ...given], notes };
}

/** Only what is given whatever the container is. */
function unknownState(name: RuntimeName, found: readonly FoundState[], { pid }: Running): Options {
  const other = found.find(({ state }) => isOf(name, state));
  const notes =
    other === undefined
      ? [`no state of ${name} was found for this container: the mounts it declares are not known`]
      : [`${name} checkpoints process ${other.state.pid}, the container's init, and not process ${pid}`];
  return { list: [...(name === 'runc' ? runcAlways : crunAlways)], notes };
}

import { type Failure, failed } from '../proc.ts';
import type { StateReader } from './reader.ts';
import { parseCrunState, parseRuncState, type RuntimeState } from './state.ts';

/** Where containers' state may lie: `<path>/<id>`. A `*` in the path stands for every folder there. */
export interface StateFolder {
  readonly path: string;
  /** Only containers of it lie there. */
  readonly manager?: 'containerd';
}

/** The runtimes' own defaults, below the host's /run. What a rootless user runs CRIU cannot take. */
export const stateFolders = (run = '/run'): readonly StateFolder[] => [
  { path: `${run}/containerd/runc/*`, manager: 'containerd' },
  { path: `${run}/docker/*/*`, manager: 'containerd' },
  { path: `${run}/runc` },
  { path: `${run}/crun` },
];

export interface FoundState {
  readonly state: RuntimeState;
  readonly folder: StateFolder;
  readonly path: string;
}

/** As runc (validateID) and crun (validate_id) let it be, and no path. */
export const isContainerId = (id: string): boolean => /^[A-Za-z0-9_+-][A-Za-z0-9_+.-]{0,1023}$/.test(id);
const isFolderName = (name: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/.test(name);

/** A container's state is some 20 KB, most of it the seccomp filter. */
const limit = 4 * 1024 * 1024;
/** Containers of one name in different containerd namespaces. */
const most = 64;

/** All states under that id, and what could not be read of them. */
export function findStates(
  id: string,
  folders: readonly StateFolder[],
  reader: StateReader,
): { readonly found: readonly FoundState[]; readonly troubles: readonly string[] } {
  const found: FoundState[] = [];
  const troubles: string[] = [];
  if (!isContainerId(id)) return { found, troubles: ['this is no id that a runtime would give'] };
  for (const folder of folders) {
    for (const parent of expand(folder.path, reader).slice(0, most)) {
      const path = `${parent}/${id}`;
      const state = readState(path, reader);
      if (state === undefined) continue;
      if (failed(state)) troubles.push(`${path} could not be read: ${state.errno}`);
      else found.push({ state, folder, path });
    }
  }
  return { found, troubles };
}

function expand(path: string, reader: StateReader): readonly string[] {
  const star = path.indexOf('/*');
  if (star < 0) return [path];
  const [parent, rest] = [path.slice(0, star), path.slice(star + 2)];
  const names = reader.list(parent);
  if (failed(names)) return [];
  return names.filter(isFolderName).flatMap((name) => expand(`${parent}/${name}${rest}`, reader));
}

function readState(path: string, reader: StateReader): RuntimeState | Failure | undefined {
  const runc = reader.readText(`${path}/state.json`, limit);
  if (!failed(runc)) return parseRuncState(runc) ?? { errno: 'EBADMSG' };
  if (!missing(runc)) return runc;
  const status = reader.readText(`${path}/status`, limit);
  if (failed(status)) return missing(status) ? undefined : status;
  const config = reader.readText(`${path}/config.json`, limit);
  if (failed(config)) return config;
  return parseCrunState(status, config) ?? { errno: 'EBADMSG' };
}

const missing = ({ errno }: Failure): boolean => errno === 'ENOENT' || errno === 'ENOTDIR';

import type { Running } from './container.ts';
import type { RuntimeState } from './state.ts';

/** The list that a preset is made of, with what is to be known of it. */
export interface Options {
  readonly list: string[];
  readonly notes: string[];
}

/** `external=mnt[/etc/hosts]:/etc/hosts`: the mount at that point is not saved, whatever it is. */
export function addMount({ list, notes }: Options, path: string, name = path): void {
  // a key ends where `]:` follows: a name that would then say more than it should is not said
  if (path.includes(']:'))
    notes.push(`the mount ${path} is left out: its name cannot be written as an option`);
  else if (!list.includes(`external=mnt[${path}]:${name}`)) list.push(`external=mnt[${path}]:${name}`);
}

/**
 * Namespaces that the container was told to join by path (those of its pod). Its init was put there at start; only
 * an init with CAP_SYS_ADMIN could have moved to another one since.
 */
export function addNamespaces({ list, notes }: Options, state: RuntimeState, running: Running): void {
  for (const [type, name] of [
    ['net', 'extRootNetNS'],
    ['pid', 'extRootPidNS'],
  ] as const) {
    if (state.namespaces.get(type) !== true) continue;
    const inode = running.namespace(type);
    if (inode === undefined) notes.push(`its ${type} namespace could not be read: it counts as its own`);
    else list.push(`external=${type}[${inode}]:${name}`);
  }
}

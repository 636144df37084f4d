import { type Mounts, readMounts } from './mounts.ts';
import type { Native } from './native/native.ts';
import { type NetTables, readNetTables } from './net.ts';
import { parseFilesystems } from './parse/filesystems.ts';
import { type Failure, failed, type Proc } from './proc.ts';

/** One look at the node: what several processes share is read once for it. */
export interface Scan {
  readonly proc: Proc;
  /** What node:fs cannot reach; absent where the library could not be loaded. */
  readonly native: Native | undefined;
  /** Facts that the policy asks for; the costly ones are read for it alone. */
  readonly asks: ReadonlySet<string>;
  /** Filesystem → whether it requires a device (/proc/filesystems). */
  filesystems(): ReadonlyMap<string, boolean> | Failure;
  /** Mounts as a process sees them, once per mount namespace and root. */
  mounts(pid: number): Mounts | Failure;
  /** The agent's own mounts: where a file of a foreign mount namespace may still be known by its device. */
  ownMounts(): Mounts | Failure;
  /** Sockets of the network namespace a process is in. */
  net(pid: number): NetTables | Failure;
}

export function startScan(proc: Proc, native: Native | undefined, asks: ReadonlySet<string>): Scan {
  const mounts = new Map<string, Mounts | Failure>();
  const nets = new Map<string, NetTables | Failure>();
  let filesystems: ReadonlyMap<string, boolean> | Failure | undefined;
  const key = (pid: number, ...links: string[]) =>
    links.map((link) => {
      const text = proc.readLink(`${pid}/${link}`);
      return failed(text) ? `pid ${pid}` : text;
    });
  const once = <T>(cache: Map<string, T>, name: string, read: () => T): T => {
    const found = cache.get(name) ?? read();
    cache.set(name, found);
    return found;
  };
  return {
    proc,
    native,
    asks,
    filesystems: () => {
      filesystems ??= mapText(proc.readText('filesystems'), parseFilesystems);
      return filesystems;
    },
    mounts: (pid) => once(mounts, key(pid, 'ns/mnt', 'root').join(' '), () => readMounts(proc, pid)),
    ownMounts: () => once(mounts, 'self', () => readMounts(proc, 'self')),
    net: (pid) => once(nets, key(pid, 'ns/net').join(), () => readNetTables(proc, pid)),
  };
}

const mapText = <T>(text: string | Failure, parse: (text: string) => T): T | Failure =>
  failed(text) ? text : parse(text);

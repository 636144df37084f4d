import { type FdOf, type Sorted, sortByDescription } from './description-order.ts';
import { type Diag, openDiag } from './diag.ts';
import { readEventpolls, type Watch, type Watches } from './eventpolls.ts';
import { lazy } from './lazy.ts';
import { type Locks, readLocks } from './locks.ts';
import { type Mounts, readMounts } from './mounts.ts';
import type { Native, UnixSocketDiag } from './native/native.ts';
import { type NetTables, openNetTables } from './net.ts';
import { parseFilesystems } from './parse/filesystems.ts';
import { type Failure, failed, gone, type Proc, type Stat } from './proc.ts';
import { createPseudoLinks, ownFiles, type PseudoLinks } from './pseudo-links.ts';
import { addPairs, createUnixPairs, type UnixPairs } from './unix-pairs.ts';

/** One look at the node: what several processes share is read once for it. */
export interface Scan {
  readonly proc: Proc;
  /** What node:fs cannot reach; absent where the library could not be loaded. */
  readonly native: Native | undefined;
  /**
   * The process that stands for the engine: what it may do and which namespaces it is in. Process 1 where the agent
   * may look at it, else the agent itself.
   */
  readonly engine: string;
  /** Link text of a namespace of the engine, e.g. `net:[4026531840]`. */
  engineNamespace(type: string): string | undefined;
  /** Where the agent's own paths begin, below the proc root. */
  readonly agentRoot: string;
  /** Facts that the policy asks for; the costly ones are read for it alone. */
  readonly asks: ReadonlySet<string>;
  /** Whether it asks for that fact of that kind. */
  readonly asksOf: AsksOf;
  /** It asks for nothing that the f_op of a file adds to fdinfo. */
  readonly headOnly: boolean;
  readonly unixPairs: UnixPairs;
  readonly pseudoLinks: PseudoLinks;
  readonly shared: boolean;
  /** What is read once, however many targets share this look. */
  once<T>(read: (scan: Scan) => T): T;
  /** The fds of a process whose link is one of these, with it; none of a process that may not be looked at. */
  fdsLike(pid: number, links: KeySet): readonly FdLink[];
  /** Fds by the open file description they are of, by kcmp(2); each by itself without native calls. */
  byDescription<Fd extends FdOf>(fds: readonly Fd[]): Sorted<Fd>;
  /** So many fds are about to be read. */
  expect(fds: number): void;
  /** Inodes with a lock on them; undefined where that cannot be told, or is not worth it for so few fds. */
  locks(): Locks | undefined;
  /** What the eventpolls of the node watch; read once. */
  eventpolls(): Watches;
  /** The same of these inodes alone, in their order. */
  watchesOf(inodes: KeySet): Watches;
  /** Filesystem → whether it requires a device (/proc/filesystems). */
  filesystems(): ReadonlyMap<string, boolean> | Failure;
  /** Mounts as a process sees them, once per mount namespace and root. */
  mounts(pid: number): Mounts | Failure;
  /** The engine's own mounts. */
  engineMounts(): Mounts | Failure;
  /** The agent's own mounts: where a file of a foreign mount namespace may still be known by its device. */
  ownMounts(): Mounts | Failure;
  /** Sockets of the network namespace a process is in. */
  net(pid: number): NetTables;
  /** Link text of a namespace of a process, e.g. `net:[4026531840]`; read once. */
  namespace(pid: number, type: string): string | Failure;
  /** `stat` of a path, once however many files lead there. */
  statOnce(path: string): Stat | Failure;
  /** Device of pseudo files of one sort (`pseudoSort`), by one of them. */
  pseudoDevice(sort: string, at: string): string | undefined;
  /** The same from sock_diag(7), which tells what /proc/net does not. */
  diag(pid: number): Diag;
  /** All unix sockets of that namespace, as they were when they were first asked for. */
  unixSockets(pid: number): ReadonlyMap<string, UnixSocketDiag> | Failure;
}

export type AsksOf = (kind: string, fact: string) => boolean;
export type KeySet = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>;
export type FdLink = readonly [fd: number, link: string];

export interface ScanOptions {
  /** Absent: every fact of every kind. */
  readonly asksOf?: AsksOf;
  readonly headOnly?: boolean;
  /** Found by earlier looks. */
  readonly unixPairs?: UnixPairs;
  readonly pseudoLinks?: PseudoLinks;
  /** It is shared by many targets: what is read of the whole node at once is worth it. */
  readonly shared?: boolean;
  /** Up to so many fds fdinfo of each is read: /proc/locks waits for an RCU grace period, some 10 ms, as long as that. */
  readonly fewFds?: number;
  /** Absent: read when it is asked for. */
  readonly eventpolls?: () => Watches;
}

export function startScan(
  proc: Proc,
  native: Native | undefined,
  {
    asks,
    asksOf = () => true,
    headOnly = false,
    unixPairs = createUnixPairs(),
    pseudoLinks = createPseudoLinks(() => ownFiles(proc)),
    shared = false,
    fewFds = 2000,
    eventpolls = lazy(() => readEventpolls(proc, native)),
  }: ScanOptions & { readonly asks: ReadonlySet<string> },
): Scan {
  const mounts = new Map<string, Mounts | Failure>();
  const nets = new Map<string, NetTables>();
  const stats = new Map<string, Stat | Failure>();
  const namespaces = new Map<string, string | Failure>();
  const namespace = (pid: number, type: string) =>
    once(namespaces, `${pid} ${type}`, () => proc.readLink(`${pid}/ns/${type}`));
  const netKey = (pid: number) => {
    const link = namespace(pid, 'net');
    return failed(link) ? `pid ${pid}` : link;
  };
  const diags = new Map<string, Diag>();
  const unixTables = new Map<string, ReadonlyMap<string, UnixSocketDiag> | Failure>();
  const engine = failed(proc.readLink('1/ns/mnt')) ? 'self' : '1';
  const engineNamespaces = new Map<string, string | undefined>();
  const remembered = new Map<unknown, unknown>();
  const fdLinks = new Map<string, readonly FdLink[]>();
  const locks = lazy(() => readLocks(proc));
  let expected = shared ? Number.POSITIVE_INFINITY : 0;
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
  const scan: Scan = {
    proc,
    native,
    asks,
    asksOf,
    headOnly,
    unixPairs,
    pseudoLinks,
    shared,
    eventpolls,
    watchesOf: (inodes) => {
      const found = new Map<string, readonly Watch[]>();
      for (const inode of [...inodes.keys()].sort()) {
        const watches = eventpolls().get(inode);
        if (watches !== undefined) found.set(inode, watches);
      }
      return found;
    },
    once: <T>(read: (scan: Scan) => T): T => {
      if (!remembered.has(read)) remembered.set(read, read(scan));
      return remembered.get(read) as T;
    },
    fdsLike: (pid, links) =>
      once(fdLinks, String(pid), () => readFdLinks(proc, pid)).filter(([, link]) => links.has(link)),
    byDescription: (fds) =>
      native === undefined ? fds.map((fd) => [fd]) : sortByDescription(native.kcmp, fds).sorted,
    expect: (fds) => {
      expected += fds;
    },
    locks: () => (expected > fewFds ? locks() : undefined),
    engine,
    engineNamespace: (type) =>
      once(engineNamespaces, type, () => {
        const link = proc.readLink(`${engine}/ns/${type}`);
        return failed(link) ? undefined : link;
      }),
    agentRoot: 'self/root',
    filesystems: () => {
      filesystems ??= mapText(proc.readText('filesystems'), parseFilesystems);
      return filesystems;
    },
    mounts: (pid) => {
      const [namespace = '', root = ''] = key(pid, 'ns/mnt', 'root');
      if (namespace === proc.readLink(`${engine}/ns/mnt`))
        return once(mounts, 'engine', () => readMounts(proc, engine));
      return once(mounts, `${namespace} ${root}`, () => readMounts(proc, pid));
    },
    engineMounts: () => once(mounts, 'engine', () => readMounts(proc, engine)),
    ownMounts: () => once(mounts, engine === 'self' ? 'engine' : 'self', () => readMounts(proc, 'self')),
    diag: (pid) => once(diags, netKey(pid), () => openDiag(native, `${proc.root}/${pid}/ns/net`)),
    unixSockets: (pid) =>
      once(unixTables, netKey(pid), () => {
        const table = native?.unixSockets(`${proc.root}/${pid}/ns/net`) ?? { errno: 'ENOSYS' };
        if (!failed(table)) addPairs(unixPairs, netKey(pid), table);
        return table;
      }),
    namespace,
    statOnce: (path) => once(stats, path, () => proc.stat(path)),
    pseudoDevice: (sort, at) => {
      const stat = once(stats, sort, () => proc.stat(at));
      return failed(stat) ? undefined : stat.device;
    },
    net: (pid) => once(nets, netKey(pid), () => openNetTables(proc, pid)),
  };
  return scan;
}

function readFdLinks(proc: Proc, pid: number): readonly FdLink[] {
  const folder = proc.openFds(pid);
  if (failed(folder)) return [];
  const links: FdLink[] = [];
  const fds = folder.list();
  for (const fd of failed(fds) ? [] : fds) {
    const text = folder.linkTold?.(fd) ?? folder.readLink(fd);
    if (!failed(text)) links.push([fd, text]);
    else if (!gone(text)) break;
  }
  folder.close();
  return links;
}

const mapText = <T>(text: string | Failure, parse: (text: string) => T): T | Failure =>
  failed(text) ? text : parse(text);

import { isSorted } from '../description-order.ts';
import type { Native } from '../native/native.ts';
import { type Failure, type FdFolder, failed } from '../proc.ts';
import type { KeySet, Scan } from '../scan.ts';
import type { Digest, Digester } from './digest.ts';
import { stable } from './stable.ts';

/** Where a call is made again. */
export interface At {
  readonly scan: Scan;
  readonly native: Native;
  /** The one that was opened last and is not closed. */
  readonly folder: FdFolder;
  /** What was listed last. */
  readonly fds: readonly number[];
  reader(at: number): (scan: Scan) => unknown;
  /** Whether a pair of device and inode with this digest has a lock. */
  locked(high: number, low: number): boolean;
  list(at: number): Int32Array;
  /** Of a list of digests. */
  keys(at: number): KeySet;
  /** Those of them that an eventpoll watches. */
  watched(at: number): KeySet;
}

/** How it is asked again; the answer must have the same digest. */
interface Call {
  readonly ask: (at: At, ...args: never[]) => unknown;
  /** What of the answer counts; absent: all of it. */
  readonly counts?: (answer: never, ...args: never[]) => unknown;
  /** One answer serves a whole look at the node, and is large. */
  readonly shared?: boolean;
  /** Where it is answered as it was before, it need not be asked a second time. */
  readonly askedOnce?: boolean;
}

const text = (read: 'readText' | 'readPiece'): Call => ({
  ask: ({ scan }, path: string) => scan.proc[read](path),
  askedOnce: true,
  counts: (answer: ReturnType<Scan['proc']['readText']>, path: string) =>
    failed(answer) ? answer : stable(path, answer),
});
const rowsOf = (mounts: ReturnType<Scan['mounts']>) => (failed(mounts) ? mounts : mounts.rows);

/** Everything a probe can ask, by name. What begins and ends something is in `replay.ts`. */
export const calls = {
  engine: { ask: ({ scan }) => scan.engine },
  readText: text('readText'),
  readPiece: text('readPiece'),
  readLink: { ask: ({ scan }, path: string) => scan.proc.readLink(path), askedOnce: true },
  stat: { ask: ({ scan }, path: string) => scan.proc.stat(path), askedOnce: true },
  lstat: { ask: ({ scan }, path: string) => scan.proc.lstat(path) },
  fsMagic: { ask: ({ scan }, path: string) => scan.proc.fsMagic(path) },
  list: { ask: ({ scan }, path: string) => scan.proc.list(path), askedOnce: true },

  listFds: { ask: ({ fds }) => fds },
  readAhead: { ask: ({ folder, fds }) => folder.readAhead(fds) },
  fdLinkTold: { ask: ({ folder }, fd: number) => folder.linkTold?.(fd) },
  fdWatchedTold: { ask: ({ folder }, fd: number) => folder.watchedTold?.(fd) },
  fdLink: { ask: ({ folder }, fd: number) => folder.readLink(fd) },
  fdInfo: { ask: ({ folder }, fd: number) => folder.infoAhead(fd) ?? folder.readInfo(fd) },
  fdCount: { ask: ({ folder }) => folder.count() },
  fdLinkMode: { ask: ({ folder }, fd: number) => folder.linkMode(fd) },
  fdStat: { ask: ({ folder }, fd: number) => folder.statCached(fd) },

  socketProtocol: { ask: ({ native }, path: string) => native.socketProtocol(path) },
  statCached: { ask: ({ native }, path: string) => native.statCached(path) },
  kcmp: { ask: ({ native }, ...args: Parameters<Native['kcmp']>) => native.kcmp(...args) },
  epollTarget: {
    ask: ({ native }, ...args: Parameters<Native['epollTarget']>) => native.epollTarget(...args),
  },
  socketOptions: {
    ask: ({ native }, ...args: Parameters<Native['socketOptions']>) => native.socketOptions(...args),
  },
  fdFlags: { ask: ({ native }, pid: number, fd: number) => native.fdFlags(pid, fd) },
  /** `inodes`: those that were asked for, each after the answer to the one before. */
  unixSockets: {
    ask: ({ native }, netNs: string, inodes: string) =>
      native.unixSockets(netNs, () => (inodes === '' ? [] : inodes.split(' '))),
  },
  allUnixSockets: { ask: ({ native }, netNs: string) => native.unixSockets(netNs) },
  netlinkSockets: { ask: ({ native }, netNs: string) => native.netlinkSockets(netNs) },
  packetSockets: { ask: ({ native }, netNs: string) => native.packetSockets(netNs) },
  links: { ask: ({ native }, netNs: string) => native.links(netNs) },
  openByHandle: {
    ask: ({ native }, ...args: Parameters<Native['openByHandle']>) => native.openByHandle(...args),
  },
  namespaceOwner: { ask: ({ native }, path: string) => native.namespaceOwner(path) },
  userNamespaceUid: { ask: ({ native }, path: string) => native.userNamespaceUid(path) },

  sorted: { ask: (at, fds: number) => isSorted(at.native.kcmp, at.list(fds)) },
  expect: { ask: ({ scan }, fds: number) => scan.expect(fds) },
  hasLocks: { ask: ({ scan }) => scan.locks() !== undefined },
  locked: { ask: (at, high: number, low: number) => at.locked(high, low) },
  once: { ask: (at, reader: number) => at.scan.once(at.reader(reader)), shared: true },
  fdsLike: { ask: (at, pid: number, links: number) => at.scan.fdsLike(pid, at.keys(links)) },
  watchesOf: { ask: (at, inodes: number) => at.scan.watchesOf(at.watched(inodes)) },
  engineNamespace: { ask: ({ scan }, type: string) => scan.engineNamespace(type) },
  namespace: { ask: ({ scan }, pid: number, type: string) => scan.namespace(pid, type) },
  filesystems: { ask: ({ scan }) => scan.filesystems(), shared: true },
  mounts: { ask: ({ scan }, pid: number) => scan.mounts(pid), counts: rowsOf, shared: true },
  engineMounts: { ask: ({ scan }) => scan.engineMounts(), counts: rowsOf, shared: true },
  ownMounts: { ask: ({ scan }) => scan.ownMounts(), counts: rowsOf, shared: true },
  statOnce: { ask: ({ scan }, path: string) => scan.statOnce(path) },
  pseudoDevice: { ask: ({ scan }, sort: string, at: string) => scan.pseudoDevice(sort, at) },
  allOfNamespace: { ask: ({ scan }, pid: number) => scan.unixSockets(pid), shared: true },
  eventpolls: { ask: ({ scan }) => scan.eventpolls(), shared: true },
  netInet: {
    ask: ({ scan }, pid: number, protocol: string | undefined) => scan.net(pid).inet(protocol),
    shared: true,
  },
  netUnix: { ask: ({ scan }, pid: number) => scan.net(pid).unix(), shared: true },
  netNetlink: { ask: ({ scan }, pid: number) => scan.net(pid).netlink(), shared: true },
  netPacket: { ask: ({ scan }, pid: number) => scan.net(pid).packet(), shared: true },
  diagNetlink: { ask: ({ scan }, pid: number) => scan.diag(pid).netlink(), shared: true },
  diagPacket: { ask: ({ scan }, pid: number) => scan.diag(pid).packet(), shared: true },
} as const satisfies Readonly<Record<string, Call>>;

export type CallName = keyof typeof calls;

/** Calls between which others are made: they hold something meanwhile. And what is told of a file, of which there are many. */
export const brackets = [
  'fdTold',
  'headTold',
  'openFds',
  'closeFds',
  'holding',
  'inCgroupNs',
  'end',
] as const;
export type BracketName = (typeof brackets)[number];

const names = [...Object.keys(calls), ...brackets];
export const numberOf = Object.fromEntries(names.map((name, number) => [name, number])) as Readonly<
  Record<CallName | BracketName, number>
>;
/** What counts of a folder that is opened: of one that tells of its files nothing else is asked. */
export const openedAs = (folder: FdFolder | Failure): unknown =>
  failed(folder) ? folder : folder.told !== undefined;

/** By number; those of brackets are not among them. */
export const callList: readonly Call[] = Object.values(calls);

export type DigestAnswer = (call: Call, answer: unknown, args: readonly unknown[]) => Digest;

/** Digests of answers; of those that serve many, made once. */
export function answerDigester(digest: Digester): DigestAnswer {
  const known = new WeakMap<object, Digest>();
  return ({ counts, shared }, answer, args) => {
    const kept = shared === true && typeof answer === 'object' && answer !== null ? answer : undefined;
    const found = kept && known.get(kept);
    if (found !== undefined) return found;
    const made = digest(
      counts === undefined ? answer : (counts as (...all: unknown[]) => unknown)(answer, ...args),
    );
    if (kept === undefined) return made;
    // the next one is made in the same object
    const own = { ...made };
    known.set(kept, own);
    return own;
  };
}

/** Keys of a table by the lower half of their digest. */
export type KeyIndex = (table: ReadonlyMap<string, unknown>) => ReadonlyMap<number, readonly string[]>;

/** Made once for each table. */
export function keyIndex(digest: Digester): KeyIndex {
  const known = new WeakMap<object, ReadonlyMap<number, readonly string[]>>();
  return (table) => {
    const found = known.get(table);
    if (found !== undefined) return found;
    const index = new Map<number, readonly string[]>();
    for (const key of table.keys()) {
      const { low } = digest(key);
      index.set(low, [...(index.get(low) ?? []), key]);
    }
    known.set(table, index);
    return index;
  };
}

import { type FdOf, type Sorted, sortByDescription, toNumbers } from '../description-order.ts';
import type { Locks } from '../locks.ts';
import type { Native } from '../native/native.ts';
import { type Bytes, type FdFolder, failed, type Proc } from '../proc.ts';
import type { KeySet, Scan } from '../scan.ts';
import { type CallName, callList, type DigestAnswer, type KeyIndex, numberOf, openedAs } from './calls.ts';
import type { BytesDigester, Digester } from './digest.ts';
import type { Argument, TraceWriter } from './trace.ts';

export interface Digests {
  readonly of: Digester;
  readonly bytes: BytesDigester;
  readonly answer: DigestAnswer;
  readonly index: KeyIndex;
}

type Note = <T>(name: CallName, answer: T, ...args: readonly Argument[]) => T;

/** The same look, and each answer it gives is written down. */
export function recording(scan: Scan, writer: TraceWriter, digests: Digests): Scan {
  const note: Note = (name, answer, ...args) => {
    const number = numberOf[name];
    writer.add(number, args, digests.answer(callList[number] as (typeof callList)[number], answer, args));
    return answer;
  };
  /** Of what a look reads once: it is written down once as well. */
  const seen = new Map<string, unknown>();
  const noteOnce = <T>(name: CallName, ask: () => T, ...args: readonly Argument[]): T => {
    const key = `${name} ${args.join(' ')}`;
    if (!seen.has(key)) seen.set(key, note(name, ask(), ...args));
    return seen.get(key) as T;
  };
  /** Of one tree, all are asked for the same. */
  const sets = new Map<KeySet, number>();
  const setAt = (keys: KeySet): number => {
    const at = sets.get(keys) ?? writer.list(digestsOf(keys, digests.of));
    sets.set(keys, at);
    return at;
  };
  note('engine', scan.engine);
  const native = scan.native && recordingNative(scan.native, writer, digests, note);
  return {
    proc: recordingProc(scan.proc, writer, digests, note),
    native,
    engine: scan.engine,
    agentRoot: scan.agentRoot,
    asks: scan.asks,
    asksOf: scan.asksOf,
    heads: scan.heads,
    unixPairs: scan.unixPairs,
    pseudoLinks: scan.pseudoLinks,
    shared: scan.shared,
    once: (read) => note('once', scan.once(read), writer.reader(read)),
    fdsLike: (pid, links) => note('fdsLike', scan.fdsLike(pid, links), pid, setAt(links)),
    eventpolls: () => noteOnce('eventpolls', scan.eventpolls),
    watchesOf: (inodes) => note('watchesOf', scan.watchesOf(inodes), setAt(inodes)),
    byDescription: (fds) => {
      // nothing is asked of one alone
      if (scan.native === undefined || native === undefined || fds.length < 2) return scan.byDescription(fds);
      const { sorted, whole } = sortByDescription(scan.native.kcmp, fds);
      // their descriptions were told, and are told again
      if (areTold(sorted)) return sorted;
      // without an order of all of them it takes each comparison to tell that it is the same
      if (!whole) return sortByDescription(native.kcmp, fds).sorted;
      note('sorted', true, writer.list(toNumbers(sorted)));
      return sorted;
    },
    expect: (fds) => {
      seen.delete('hasLocks ');
      scan.expect(fds);
      note('expect', undefined, fds);
    },
    locks: () => {
      const locks = scan.locks();
      noteOnce('hasLocks', () => locks !== undefined);
      return locks && recordingLocks(locks, digests.of, note);
    },
    engineNamespace: (type) => noteOnce('engineNamespace', () => scan.engineNamespace(type), type),
    namespace: (pid, type) => noteOnce('namespace', () => scan.namespace(pid, type), pid, type),
    filesystems: () => noteOnce('filesystems', scan.filesystems),
    mounts: (pid) => noteOnce('mounts', () => scan.mounts(pid), pid),
    engineMounts: () => noteOnce('engineMounts', scan.engineMounts),
    ownMounts: () => noteOnce('ownMounts', scan.ownMounts),
    statOnce: (path) => noteOnce('statOnce', () => scan.statOnce(path), path),
    pseudoDevice: (sort, at) => {
      const key = `pseudoDevice ${sort}`;
      if (!seen.has(key)) seen.set(key, note('pseudoDevice', scan.pseudoDevice(sort, at), sort, at));
      return seen.get(key) as string | undefined;
    },
    unixSockets: (pid) => {
      // of a look that many share it may be older than what a probe would ask now
      if (scan.shared) writer.spoil();
      return noteOnce('allOfNamespace', () => scan.unixSockets(pid), pid);
    },
    net: (pid) => {
      const tables = scan.net(pid);
      return {
        inet: (protocol) => noteOnce('netInet', () => tables.inet(protocol), pid, protocol),
        unix: () => noteOnce('netUnix', tables.unix, pid),
        netlink: () => noteOnce('netNetlink', tables.netlink, pid),
        packet: () => noteOnce('netPacket', tables.packet, pid),
      };
    },
    diag: (pid) => {
      const diag = scan.diag(pid);
      return {
        netlink: () => noteOnce('diagNetlink', diag.netlink, pid),
        packet: () => noteOnce('diagPacket', diag.packet, pid),
      };
    },
  };
}

/** Whether what was told of each says the same of which are of one description. */
function areTold(sorted: Sorted<FdOf>): boolean {
  const seen = new Set<string | undefined>([undefined]);
  for (const [first, ...others] of sorted) {
    if (seen.has(first?.description) || others.some((one) => one.description !== first?.description))
      return false;
    seen.add(first?.description);
  }
  return true;
}

/** In ascending order. */
function digestsOf(keys: KeySet, digest: Digester): Int32Array {
  return Int32Array.from(keys.keys(), (key) => digest(key).low).sort();
}

/** Each inode is asked about, also where there are no locks at all: there may be some by the next time. */
function recordingLocks(locks: Locks, digest: Digester, note: Note): Locks {
  return {
    table: locks.table,
    none: false,
    has: (device, inode) => {
      const { high, low } = digest([device, inode]);
      return note('locked', locks.has(device, inode), high, low);
    },
  };
}

function recordingProc(proc: Proc, writer: TraceWriter, digests: Digests, note: Note): Proc {
  let depth = 0;
  const bracket = (name: 'openFds' | 'closeFds', answer: unknown, ...args: readonly Argument[]) =>
    writer.add(numberOf[name], args, digests.of(answer));
  return {
    root: proc.root,
    readText: (path) => note('readText', proc.readText(path), path),
    readPiece: (path) => note('readPiece', proc.readPiece(path), path),
    readLink: (path) => note('readLink', proc.readLink(path), path),
    stat: (path) => note('stat', proc.stat(path), path),
    lstat: (path) => note('lstat', proc.lstat(path), path),
    fsMagic: (path) => note('fsMagic', proc.fsMagic(path), path),
    list: (path) => note('list', proc.list(path), path),
    openFds: (pid) => {
      const folder = proc.openFds(pid);
      bracket('openFds', openedAs(folder), pid);
      if (failed(folder)) return folder;
      depth += 1;
      const own = depth;
      // of two that are open the later one is closed first, or it could not be told which was asked
      const noteHere: Note = (...call) => {
        if (depth !== own) writer.spoil();
        return note(...call);
      };
      const noteTold = (bytes: Bytes | undefined, fd: number, heads: boolean) => {
        if (depth !== own) writer.spoil();
        writer.add(heads ? numberOf.headTold : numberOf.fdTold, [fd], digests.bytes(bytes));
      };
      return recordingFds(folder, noteHere, noteTold, () => {
        if (depth !== own) writer.spoil();
        depth -= 1;
        bracket('closeFds', undefined);
        folder.close();
      });
    },
  };
}

function recordingFds(
  folder: FdFolder,
  note: Note,
  noteTold: (bytes: Bytes | undefined, fd: number, heads: boolean) => void,
  close: () => void,
): FdFolder {
  const { told, toldBy, linkTold, watchedTold } = folder;
  return {
    // of which nothing is asked that the bytes do not tell
    ...(told === undefined || toldBy === undefined || linkTold === undefined || watchedTold === undefined
      ? {}
      : {
          toldBy,
          linkTold: (fd: number) => note('fdLinkTold', linkTold(fd), fd),
          watchedTold: (fd: number) => note('fdWatchedTold', watchedTold(fd), fd),
          told: (fd: number, heads: boolean) => {
            noteTold(toldBy(fd, heads), fd, heads);
            return told(fd, heads);
          },
        }),
    list: () => note('listFds', folder.list()),
    readLink: (fd) => note('fdLink', folder.readLink(fd), fd),
    readInfo: (fd) => note('fdInfo', folder.readInfo(fd), fd),
    readAhead: (fds) => {
      folder.readAhead(fds);
      note('readAhead', undefined);
    },
    infoAhead: (fd) => {
      const text = folder.infoAhead(fd);
      return text === undefined ? undefined : note('fdInfo', text, fd);
    },
    count: () => note('fdCount', folder.count()),
    linkMode: (fd) => note('fdLinkMode', folder.linkMode(fd), fd),
    statCached: (fd) => note('fdStat', folder.statCached(fd), fd),
    close,
  };
}

function recordingNative(native: Native, writer: TraceWriter, digests: Digests, note: Note): Native {
  const begin = (name: 'holding' | 'inCgroupNs', arg: Argument) =>
    writer.add(numberOf[name], [arg], digests.of(undefined));
  const end = (failure?: unknown) => writer.add(numberOf.end, [], digests.of(failure));
  return {
    proc: native.proc,
    iterateFiles: native.iterateFiles,
    eventpollFds: native.eventpollFds,
    socketProtocol: (path) => note('socketProtocol', native.socketProtocol(path), path),
    statCached: (path) => note('statCached', native.statCached(path), path),
    kcmp: (...args) => note('kcmp', native.kcmp(...args), ...args),
    epollTarget: (...args) => note('epollTarget', native.epollTarget(...args), ...args),
    socketOptions: (pid, fd, inode) =>
      note('socketOptions', native.socketOptions(pid, fd, inode), pid, fd, inode),
    fdFlags: (pid, fd) => note('fdFlags', native.fdFlags(pid, fd), pid, fd),
    holding: (pid, act) => {
      begin('holding', pid);
      const answer = native.holding(pid, act);
      end();
      return answer;
    },
    unixSockets: (netNs, question) => {
      if (question === undefined) return note('allUnixSockets', native.unixSockets(netNs), netNs);
      const asked: string[] = [];
      const answer = native.unixSockets(netNs, function* (known) {
        for (const inode of question(known)) {
          asked.push(inode);
          yield inode;
        }
      });
      return note('unixSockets', answer, netNs, asked.join(' '));
    },
    netlinkSockets: (netNs) => note('netlinkSockets', native.netlinkSockets(netNs), netNs),
    packetSockets: (netNs) => note('packetSockets', native.packetSockets(netNs), netNs),
    links: (netNs) => note('links', native.links(netNs), netNs),
    openByHandle: (...args) => note('openByHandle', native.openByHandle(...args), ...args),
    inCgroupNs: (path, act) => {
      begin('inCgroupNs', path);
      let entered = false;
      const answer = native.inCgroupNs(path, () => {
        entered = true;
        return act();
      });
      end(entered ? undefined : answer);
      return answer;
    },
    namespaceOwner: (path) => note('namespaceOwner', native.namespaceOwner(path), path),
    userNamespaceUid: (path) => note('userNamespaceUid', native.userNamespaceUid(path), path),
  };
}

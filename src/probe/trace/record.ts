import { type FdOf, type Sorted, sortByDescription, toNumbers } from '../description-order.ts';
import type { Locks } from '../locks.ts';
import type { KeySet, Scan } from '../scan.ts';
import { type CallName, callList, numberOf } from './calls.ts';
import type { Digest, Digester } from './digest.ts';
import type { Digests, Note } from './note.ts';
import { recordingNative } from './record-native.ts';
import { recordingProc } from './record-proc.ts';
import type { Argument, TraceWriter } from './trace.ts';

/** The same look, and each answer it gives is written down. */
export function recording(scan: Scan, writer: TraceWriter, digests: Digests): Scan {
  const asked = new Map<string, string>();
  const note: Note = (name, answer, ...args) => {
    const number = numberOf[name];
    const call = callList[number] as (typeof callList)[number];
    const digest = digests.answer(call, answer, args);
    if (call.askedOnce !== true || isIdentity(args) || !isKnown(asked, [number, ...args].join(' '), digest))
      writer.add(number, args, digest);
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
  const native = scan.native && recordingNative(scan.native, writer, digests, note, () => asked.clear());
  return {
    proc: recordingProc(scan.proc, writer, digests, note),
    native,
    engine: scan.engine,
    agentRoot: scan.agentRoot,
    asks: scan.asks,
    asksOf: scan.asksOf,
    headOnly: scan.headOnly,
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

/** A process is the same one before and after it is looked at. */
const isIdentity = ([path]: readonly Argument[]): boolean =>
  typeof path === 'string' && path.endsWith('/stat');

/** Whether that was asked before, and answered the same; it is from now on. */
function isKnown(asked: Map<string, string>, question: string, { high, low }: Digest): boolean {
  const answer = `${high} ${low}`;
  if (asked.get(question) === answer) return true;
  asked.set(question, answer);
  return false;
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

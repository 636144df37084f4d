import type { FactValue } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import { addDiag } from '../kinds/unix.ts';
import type { UnixQuestion, UnixSocketDiag } from '../native/native.ts';
import { type Failure, failed } from '../proc.ts';
import { addPairs, isSymmetric, type UnixPairs } from '../unix-pairs.ts';
import { filesOfKind, type Tree } from './tree.ts';

type Table = ReadonlyMap<string, UnixSocketDiag>;
interface Sockets {
  readonly table: Table;
  /** Client that waits to be accepted → the listening socket, by inode. */
  readonly listeners: ReadonlyMap<string, string>;
}

/** Inode → processes of the tree that hold it. */
type Holders = ReadonlyMap<string, readonly number[]>;

/**
 * Where the peers of unix sockets are. /proc/net/unix does not say; sock_diag(7) does, asked in the network namespace
 * of each process (CRIU sk-unix.c).
 */
export function relateUnix(tree: Tree): void {
  const drafts = filesOfKind(tree, 'unix').map(({ draft }) => draft);
  if (drafts.length === 0) return;
  const holders: Map<string, number[]> = new Map();
  for (const { facts, pid } of drafts) {
    const inode = String(facts.inode);
    holders.set(inode, [...(holders.get(inode) ?? []), pid]);
  }
  for (const [netNs, group] of byNetNs(tree, drafts)) {
    const sockets = readSockets(tree, netNs, group);
    for (const draft of group) {
      if (failed(sockets)) Object.assign(draft.facts, unknownPeer);
      else {
        const row = sockets.table.get(String(draft.facts.inode));
        addDiag(draft.facts, row);
        addPeer(draft, sockets, holders);
      }
    }
  }
}

const unknownPeer = { peer: null, peerNamed: null, receiveQueueBytes: null, pendingTrouble: null };

/** Drafts by the network namespace of their process, which one of its pids stands for. */
function byNetNs({ scan }: Tree, drafts: readonly Draft[]): ReadonlyMap<number, readonly Draft[]> {
  const first = new Map<string, number>();
  const groups = new Map<number, Draft[]>();
  for (const draft of drafts) {
    const link = scan.namespace(draft.pid, 'net');
    const key = failed(link) ? `pid ${draft.pid}` : link;
    const pid = first.get(key) ?? draft.pid;
    first.set(key, pid);
    groups.set(pid, [...(groups.get(pid) ?? []), draft]);
  }
  return groups;
}

/** From so many on, to ask for all sockets of the namespace takes no longer than to look each up among them. */
const manySockets = 100;
/** The same where the answer serves others too. */
const manyForOne = 4;

/** The rows of these sockets and of their peers; the rest of the namespace is not asked for, as long as they are few. */
function readSockets({ scan }: Tree, pid: number, drafts: readonly Draft[]): Sockets | Failure {
  const { unixPairs } = scan;
  const own = new Map(drafts.map((draft) => [String(draft.facts.inode), draft]));
  let told = toldByPeers(own, unixPairs);
  const unknown = [...own.keys()].filter((inode) => !told.has(inode)).length;
  let all: Table = new Map();
  if (unknown > (scan.shared ? manyForOne : manySockets)) {
    const table = scan.unixSockets(pid);
    if (failed(table)) return table;
    all = table;
    told = toldByPeers(own, unixPairs);
  }
  const netNs = `${scan.proc.root}/${pid}/ns/net`;
  const known = scan.native?.unixSockets(netNs, askFor(own, told, all, unixPairs)) ?? { errno: 'ENOSYS' };
  if (failed(known)) return known;
  const link = scan.namespace(pid, 'net');
  if (!failed(link)) addPairs(unixPairs, link, known);
  const table = new Map([...told, ...rowsOf(own, all), ...known]);
  const listeners = new Map<string, string>();
  for (const inode of own.keys())
    for (const client of table.get(inode)?.pending ?? []) listeners.set(client, inode);
  return { table, listeners };
}

/**
 * Those whose peer is known from before, and is still there: it is in the tree, or this one does not hang up, as it does
 * once its peer is closed (unix_release_sock()). What is left to tell they say themselves.
 */
function toldByPeers(own: ReadonlyMap<string, Draft>, pairs: UnixPairs): Map<string, UnixSocketDiag> {
  const told = new Map<string, UnixSocketDiag>();
  const inside = new Set<string>();
  for (const { socket } of own.values()) {
    const { netNs, cookie } = identityOf(socket) ?? {};
    if (cookie !== undefined) inside.add(`${netNs} ${cookie}`);
  }
  for (const [inode, { socket }] of own) {
    const identity = identityOf(socket);
    const peer = identity && pairs.peerOf(identity.netNs, identity.cookie);
    if (identity === undefined || peer === undefined) continue;
    const row = ownRow(peer.inode, socket);
    if (row === undefined) continue;
    if (own.has(peer.inode)) {
      if (inside.has(`${identity.netNs} ${peer.cookie}`)) told.set(inode, row);
      continue;
    }
    const outside = outsideRow(inode, socket);
    if (outside !== undefined) told.set(inode, row).set(peer.inode, outside);
  }
  return told;
}

/** Of a table that may be older than the sockets: what it has of them and of their peers. */
const rowsOf = (own: ReadonlyMap<string, Draft>, all: Table): Table => {
  if (all.size === 0) return all;
  const rows = new Map<string, UnixSocketDiag>();
  for (const inode of own.keys()) {
    const row = all.get(inode);
    const peer = row?.peer === undefined ? undefined : all.get(row.peer);
    if (row !== undefined) rows.set(inode, row);
    if (peer !== undefined) rows.set(String(row?.peer), peer);
  }
  return rows;
};

/**
 * The kernel looks each up by walking all sockets of the namespace: of two that are connected with each other one is
 * asked for, and `told` is what that says of the other. What `all` has of a socket is asked for no more.
 */
const askFor = (
  own: ReadonlyMap<string, Draft>,
  told: Map<string, UnixSocketDiag>,
  all: Table,
  pairs: UnixPairs,
): UnixQuestion =>
  function* (known) {
    for (const [inode, { socket }] of own) {
      if (told.has(inode) || all.has(inode)) continue;
      yield inode;
      const row = known.get(inode);
      const other = row?.peer === undefined ? undefined : own.get(row.peer)?.socket;
      const [identity, otherIdentity] = [identityOf(socket), identityOf(other)];
      const end = row !== undefined && isSymmetric(row) ? ownRow(inode, other) : undefined;
      // one of another namespace would not have been found in this one
      if (end === undefined || identity === undefined || identity.netNs !== otherIdentity?.netNs) continue;
      const peer = String(row?.peer);
      told.set(peer, end);
      pairs.add(
        identity.netNs,
        { cookie: identity.cookie, inode },
        { cookie: otherIdentity.cookie, inode: peer },
      );
    }
    for (const { peer } of [...known.values()])
      if (peer !== undefined && peer !== '0' && !known.has(peer) && !own.has(peer)) yield peer;
  };

function identityOf(
  socket: Draft['socket'],
): { readonly netNs: string; readonly cookie: string } | undefined {
  if (socket === undefined || failed(socket) || socket.netNsInode === null) return undefined;
  const cookie = socket.unix?.cookie;
  return cookie === undefined ? undefined : { netNs: `net:[${socket.netNsInode}]`, cookie };
}

/**
 * The row of a connected socket from what it says itself. What it has sent, and what was shut down, matters only of one
 * that is not accepted yet, and the peer of such a one has no number.
 */
function ownRow(peer: string, socket: Draft['socket']): UnixSocketDiag | undefined {
  if (socket === undefined || failed(socket)) return undefined;
  const { type, unix } = socket;
  if (unix?.queuedBytes === undefined || unix.name === undefined) return undefined;
  return connectedRow(type, peer, unix.name, unix.queuedBytes);
}

/** The row of the peer of such a one, which somebody else holds: nothing but its name matters. */
function outsideRow(inode: string, socket: Draft['socket']): UnixSocketDiag | undefined {
  if (socket === undefined || failed(socket)) return undefined;
  const { type, unix } = socket;
  if (unix === undefined || unix.hungUp || unix.peerName === undefined) return undefined;
  return connectedRow(type, inode, unix.peerName, 0);
}

const connectedRow = (type: number, peer: string, name: string, receiveQueue: number): UnixSocketDiag => ({
  type,
  state: ESTABLISHED,
  peer,
  pending: [],
  receiveQueue,
  sendQueue: 0,
  shutdown: 0,
  ...(name === '' ? {} : { name }),
});

/** TCP_ESTABLISHED, include/net/tcp_states.h */
const ESTABLISHED = 1;

function addPeer(draft: Draft, { table, listeners }: Sockets, holders: Holders): void {
  const { facts } = draft;
  const row = table.get(String(facts.inode));
  if (row === undefined) return;
  facts.receiveQueueBytes = facts.listening === true ? 0 : row.receiveQueue;
  const listener = listeners.get(String(facts.inode));
  facts.listenerInTree = listener !== undefined && holders.has(listener);
  if (typeof facts.sendBufferBytes === 'number') {
    facts.messageTooLarge = facts.listening !== true && row.receiveQueue > facts.sendBufferBytes - 32;
  }
  facts.peer = peerOf(row, facts, table, holders, listener);
  const peer = row.peer === undefined ? undefined : table.get(row.peer);
  facts.peerNamed = peer?.name !== undefined && peer.name !== '';
  facts.pendingTrouble = pendingTrouble(row, facts);
  facts.pendingOutside =
    facts.listening === true && row.pending.some((client) => client !== '0' && !holders.has(client));
  facts.listenerInProcess = listener !== undefined && holders.get(listener)?.includes(draft.pid) === true;
  // one half of a pair that was connected elsewhere: CRIU finds no way back (sk-unix.c:428)
  facts.peerAsymmetric =
    facts.socketType === 'dgram' &&
    peer !== undefined &&
    holders.has(String(row.peer)) &&
    peer.peer !== String(facts.inode) &&
    !facts.peerNamed;
}

/** none · inside · outside · other-namespace · pending (connected, and not accepted yet) */
function peerOf(
  row: UnixSocketDiag,
  facts: Draft['facts'],
  table: Table,
  holders: Holders,
  listener: string | undefined,
): FactValue {
  if (listener !== undefined) return 'pending';
  if (row.peer === undefined || row.peer === '0') {
    return facts.socketState === 'connected' && row.shutdown === 0 ? 'pending' : 'none';
  }
  if (holders.has(row.peer)) return 'inside';
  return table.has(row.peer) ? 'outside' : 'other-namespace';
}

/** What waits in an accept queue and cannot be saved: a client that sent `data`, or `closed` (sk-unix.c:506, 525). */
function pendingTrouble(row: UnixSocketDiag, facts: Draft['facts']): FactValue {
  if (facts.listening === true) return row.pending.includes('0') ? 'closed' : 'none';
  return facts.peer === 'pending' && row.sendQueue > 0 && facts.listenerInTree === true ? 'data' : 'none';
}

import type { FactValue } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import type { UnixSocketDiag } from '../native/native.ts';
import { failed } from '../proc.ts';
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
  const indexed = new Map<Table, Sockets>();
  for (const draft of drafts) {
    const table = tree.scan.diag(draft.pid).unix();
    if (failed(table))
      Object.assign(draft.facts, {
        peer: null,
        peerNamed: null,
        receiveQueueBytes: null,
        pendingTrouble: null,
      });
    else addPeer(draft, socketsOf(table, indexed), holders);
  }
}

function socketsOf(table: Table, indexed: Map<Table, Sockets>): Sockets {
  const known = indexed.get(table);
  if (known) return known;
  const listeners = new Map<string, string>();
  for (const [inode, { pending }] of table) for (const client of pending) listeners.set(client, inode);
  const sockets = { table, listeners };
  indexed.set(table, sockets);
  return sockets;
}

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

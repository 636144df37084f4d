import type { FactValue } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import { diagFacts } from '../kinds/unix.ts';
import type { UnixSocketDiag } from '../native/native.ts';
import { type Failure, failed } from '../proc.ts';
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
        Object.assign(draft.facts, diagFacts(row, draft.facts.boundPath));
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

/** The rows of these sockets and of their peers; the rest of the namespace is not asked for. */
function readSockets({ scan }: Tree, pid: number, drafts: readonly Draft[]): Sockets | Failure {
  const netNs = `${scan.proc.root}/${pid}/ns/net`;
  const ask = (inodes: readonly string[]) => scan.native?.unixSockets(netNs, inodes) ?? { errno: 'ENOSYS' };
  const own = ask([...new Set(drafts.map(({ facts }) => String(facts.inode)))]);
  if (failed(own)) return own;
  const outside = [...own.values()]
    .map(({ peer }) => peer)
    .filter((peer) => peer !== undefined && peer !== '0');
  const peers = ask(outside.filter((peer) => !own.has(peer as string)) as string[]);
  if (failed(peers)) return peers;
  const listeners = new Map<string, string>();
  for (const [inode, { pending }] of own) for (const client of pending) listeners.set(client, inode);
  return { table: new Map([...peers, ...own]), listeners };
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

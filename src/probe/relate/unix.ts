import type { FactValue } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import type { UnixSocketDiag } from '../native/native.ts';
import { failed } from '../proc.ts';
import { filesOfKind, type Tree } from './tree.ts';

type Table = ReadonlyMap<string, UnixSocketDiag>;

/**
 * Where the peers of unix sockets are. /proc/net/unix does not say; sock_diag(7) does, asked in the network namespace
 * of each process (CRIU sk-unix.c).
 */
export function relateUnix(tree: Tree): void {
  const drafts = filesOfKind(tree, 'unix').map(({ draft }) => draft);
  if (drafts.length === 0) return;
  const held = new Set(drafts.map(({ facts }) => String(facts.inode)));
  for (const draft of drafts) {
    const table = tree.scan.diag(draft.pid).unix();
    if (failed(table))
      Object.assign(draft.facts, {
        peer: null,
        peerNamed: null,
        receiveQueueBytes: null,
        pendingTrouble: null,
      });
    else addPeer(draft, table, held);
  }
}

function addPeer(draft: Draft, table: Table, held: ReadonlySet<string>): void {
  const { facts } = draft;
  const row = table.get(String(facts.inode));
  if (row === undefined) return;
  facts.receiveQueueBytes = facts.listening === true ? 0 : row.receiveQueue;
  facts.peer = peerOf(row, facts, table, held);
  const peer = row.peer === undefined ? undefined : table.get(row.peer);
  facts.listenerInTree = [...table].some(
    ([inode, { pending }]) => held.has(inode) && pending.includes(String(facts.inode)),
  );
  facts.peerNamed = peer?.name !== undefined && peer.name !== '';
  facts.pendingTrouble = facts.listening === true ? pendingTrouble(row, table, held) : 'none';
  // one half of a pair that was connected elsewhere: CRIU finds no way back (sk-unix.c:428)
  facts.peerAsymmetric =
    facts.socketType === 'dgram' &&
    peer !== undefined &&
    held.has(String(row.peer)) &&
    peer.peer !== String(facts.inode) &&
    !facts.peerNamed;
}

/** none · inside · outside · other-namespace · pending (connected, and not accepted yet) */
function peerOf(
  row: UnixSocketDiag,
  facts: Draft['facts'],
  table: Table,
  held: ReadonlySet<string>,
): FactValue {
  if (row.peer === undefined || row.peer === '0')
    return facts.socketState === 'connected' && row.shutdown === 0 ? 'pending' : 'none';
  if (held.has(row.peer)) return 'inside';
  if (!table.has(row.peer)) return 'other-namespace';
  const listener = [...table].find(([, { pending }]) =>
    pending.some((inode) => inode === String(facts.inode)),
  );
  return listener ? 'pending' : 'outside';
}

/** What waits in the accept queue and cannot be saved: `data` of a client, or a client that `closed` (sk-unix.c:506, 525). */
function pendingTrouble(row: UnixSocketDiag, table: Table, held: ReadonlySet<string>): FactValue {
  if (row.pending.includes('0')) return 'closed';
  const clients = row.pending.filter((inode) => held.has(inode)).map((inode) => table.get(inode));
  return clients.some((client) => client !== undefined && client.sendQueue > 0) ? 'data' : 'none';
}

import type { UnixSocketDiag } from './native/native.ts';

/** One of two sockets that are connected with each other. */
export interface UnixEnd {
  /** SO_COOKIE, which no socket has again. */
  readonly cookie: string;
  readonly inode: string;
}

/**
 * Unix sockets that were found connected with each other: the peer of a stream or seqpacket socket is the same as long
 * as both are there. By cookie, with the link of its network namespace: the kernel once counted cookies for each of these.
 */
export interface UnixPairs {
  peerOf(netNs: string, cookie: string): UnixEnd | undefined;
  add(netNs: string, one: UnixEnd, other: UnixEnd): void;
}

export function createUnixPairs(most = 200_000): UnixPairs {
  const peers = new Map<string, UnixEnd>();
  return {
    peerOf: (netNs, cookie) => peers.get(`${netNs} ${cookie}`),
    add: (netNs, one, other) => {
      // what is closed is forgotten with the rest: those that are left are found again
      if (peers.size >= most) peers.clear();
      peers.set(`${netNs} ${one.cookie}`, other).set(`${netNs} ${other.cookie}`, one);
    },
  };
}

/** SOCK_STREAM and SOCK_SEQPACKET: there each is the peer of its peer. */
export const isSymmetric = ({ type }: Pick<UnixSocketDiag, 'type'>): boolean => type === 1 || type === 5;

/** Every pair of a table. */
export function addPairs(pairs: UnixPairs, netNs: string, table: ReadonlyMap<string, UnixSocketDiag>): void {
  for (const [inode, row] of table) {
    const { cookie, peer } = row;
    if (peer === undefined || cookie === undefined || !isSymmetric(row)) continue;
    const other = table.get(peer);
    if (other?.peer === inode && other.cookie !== undefined)
      pairs.add(netNs, { cookie, inode }, { cookie: other.cookie, inode: peer });
  }
}

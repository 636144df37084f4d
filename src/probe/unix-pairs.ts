/**
 * Unix sockets that were found connected with each other, by cookie (SO_COOKIE), which no socket has again: the peer of
 * a stream or seqpacket socket is the same as long as both are there.
 */
export interface UnixPairs {
  peerOf(cookie: string): string | undefined;
  add(cookie: string, peer: string): void;
}

export function createUnixPairs(most = 100_000): UnixPairs {
  const peers = new Map<string, string>();
  return {
    peerOf: (cookie) => peers.get(cookie),
    add: (cookie, peer) => {
      // what is closed is forgotten with the rest: they are found again in one check
      if (peers.size >= most) peers.clear();
      peers.set(cookie, peer).set(peer, cookie);
    },
  };
}

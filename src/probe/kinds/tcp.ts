import { defineKind } from '../kind.ts';
import { addInetFacts, inetFactTypes } from './inet-facts.ts';
import { socketOptionFacts } from './socket-options.ts';

/** A TCP socket, v4 or v6; tcp(7). State `CLOSE` where no table lists it: never connected, or not any more. */
export const tcp = defineKind({
  name: 'tcp',
  claim: { protocol: ['TCP', 'TCPv6'] },
  facts: { ...inetFactTypes, ...socketOptionFacts },
  openNeed: () => 'flags',
  fop: 'socket_file_ops',
  add: addInetFacts,
});

import { defineKind } from '../kind.ts';
import { addInetFacts, inetFactTypes } from './inet-facts.ts';
import { socketOptionFacts } from './socket-options.ts';

/** A UDP or UDP-Lite socket; udp(7). */
export const udp = defineKind({
  name: 'udp',
  claim: { protocol: ['UDP', 'UDPv6', 'UDP-Lite', 'UDPLITEv6'] },
  facts: { ...inetFactTypes, ...socketOptionFacts },
  openNeed: () => 'flags',
  fop: 'socket_file_ops',
  add: addInetFacts,
});

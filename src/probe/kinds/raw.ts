import { defineKind } from '../kind.ts';
import { addInetFacts, inetFactTypes } from './inet-facts.ts';
import { socketOptionFacts } from './socket-options.ts';

/** A raw or ICMP "ping" socket; raw(7), icmp(7). */
export const raw = defineKind({
  name: 'raw',
  claim: { protocol: ['RAW', 'RAWv6', 'PING', 'PINGv6'] },
  facts: { ...inetFactTypes, ...socketOptionFacts },
  openNeed: () => 'flags',
  fop: 'socket_file_ops',
  add: addInetFacts,
});

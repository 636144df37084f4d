import { defineKind } from '../kind.ts';
import { addSocketOptions, socketOptionFacts } from './socket-options.ts';

/** A socket of any other family or protocol (MPTCP, SCTP, vsock, XDP, ALG, …), or one that no table names. */
export const socket = defineKind({
  name: 'socket',
  claim: { link: 'socket' },
  facts: socketOptionFacts,
  openNeed: () => 'flags',
  fop: 'socket_file_ops',
  add: addSocketOptions,
});

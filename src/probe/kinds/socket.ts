import { defineKind } from '../kind.ts';

/** A socket of any other family or protocol (MPTCP, SCTP, vsock, XDP, ALG, …), or one that no table names. */
export const socket = defineKind({
  name: 'socket',
  claim: { link: 'socket' },
  facts: {},
  fop: 'socket_file_ops',
});

import { defineKind } from '../kind.ts';

/** A packet socket, packet(7). */
export const packet = defineKind({
  name: 'packet',
  claim: { protocol: ['PACKET'] },
  facts: {},
  fop: 'socket_file_ops',
});

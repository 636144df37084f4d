import { note } from '../draft.ts';
import { defineKind } from '../kind.ts';
import { failed } from '../proc.ts';
import { addSocketOptions, socketOptionFacts } from './socket-options.ts';

/** A packet socket, packet(7); memberships from sock_diag(7). */
export const packet = defineKind({
  name: 'packet',
  claim: { protocol: ['PACKET'] },
  facts: {
    listed: 'boolean',
    membershipTwice: 'boolean',
    membershipKindUnknown: 'boolean',
    ...socketOptionFacts,
  },
  openNeed: () => 'flags',
  fop: 'socket_file_ops',
  add: addSocketOptions,
  read: (draft, scan) => {
    const tables = scan.net(draft.pid).packet();
    const inode = String(draft.facts.inode);
    if (failed(tables)) {
      note(draft, 'read net/packet', tables, ['listed']);
      return {};
    }
    const listed = tables.has(inode);
    if (!scan.asks.has('membershipTwice')) return { listed };
    const rows = scan.diag(draft.pid).packet();
    if (failed(rows)) return { listed, membershipTwice: null, membershipKindUnknown: null };
    const memberships = rows.get(inode)?.memberships ?? [];
    const membershipTwice = memberships.some(({ count }) => count > 1);
    // PACKET_MR_MULTICAST, _PROMISC, _ALLMULTI, _UNICAST: packet(7)
    const membershipKindUnknown = memberships.some(({ type }) => type > 3);
    return { listed, membershipTwice, membershipKindUnknown };
  },
});

import type { Facts } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import { note } from '../draft.ts';
import { defineKind } from '../kind.ts';
import { failed } from '../proc.ts';
import type { Scan } from '../scan.ts';
import { addSocketOptions, socketOptionFacts } from './socket-options.ts';

/** A netlink socket, netlink(7); the rows of /proc/net/netlink. */
export const netlink = defineKind({
  name: 'netlink',
  claim: { protocol: ['NETLINK'] },
  facts: {
    receiveQueueBytes: 'number',
    portId: 'number',
    groups: 'number',
    groupsAbove32: 'boolean',
    groupsWithoutPort: 'boolean',
    ...socketOptionFacts,
  },
  openNeed: () => 'flags',
  fop: 'socket_file_ops',
  add: addSocketOptions,
  read: (draft, scan) => {
    const tables = scan.net(draft.pid).netlink();
    if (failed(tables)) {
      note(draft, 'read net/netlink', tables, ['receiveQueueBytes', 'portId', 'groups']);
      return {};
    }
    const row = tables.get(String(draft.facts.inode));
    const groups = readGroups(draft, scan);
    // one that was never bound is in no table
    if (row === undefined) return { receiveQueueBytes: 0, portId: 0, ...groups };
    return { receiveQueueBytes: row.rmem, portId: row.portId, groups: row.groups, ...groups };
  },
});

/** Groups beyond the 32 that /proc/net/netlink shows: sock_diag(7). */
function readGroups(draft: Draft, scan: Scan): Facts {
  if (!scan.asks.has('groupsAbove32')) return {};
  const table = scan.diag(draft.pid).netlink();
  if (failed(table)) return { groupsAbove32: null, groupsWithoutPort: null };
  const row = table.get(String(draft.facts.inode));
  if (row === undefined) return { groupsAbove32: false, groupsWithoutPort: false };
  return {
    groupsAbove32: row.groupsAbove32 || (row.hasGroups && row.groupCountBits > 64),
    groupsWithoutPort: row.hasGroups && row.portId === 0,
  };
}

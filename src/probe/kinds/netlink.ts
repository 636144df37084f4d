import { note } from '../draft.ts';
import { defineKind } from '../kind.ts';
import { failed } from '../proc.ts';

/** A netlink socket, netlink(7); the rows of /proc/net/netlink. */
export const netlink = defineKind({
  name: 'netlink',
  claim: { protocol: ['NETLINK'] },
  facts: { receiveQueueBytes: 'number', portId: 'number', groups: 'number' },
  fop: 'socket_file_ops',
  read: (draft, scan) => {
    const tables = scan.net(draft.pid);
    if (failed(tables)) {
      note(draft, 'read net/netlink', tables, ['receiveQueueBytes', 'portId', 'groups']);
      return {};
    }
    const row = tables.netlink.get(String(draft.facts.inode));
    if (row === undefined) return { receiveQueueBytes: 0, portId: 0 };
    return { receiveQueueBytes: row.rmem, portId: row.portId, groups: row.groups };
  },
});

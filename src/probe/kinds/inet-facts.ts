import type { Facts } from '../../facts.ts';
import { type Draft, note } from '../draft.ts';
import { failed } from '../proc.ts';
import type { Scan } from '../scan.ts';

export const inetFactTypes = {
  socketState: 'string',
  localAddress: 'string',
  remoteAddress: 'string',
  receiveQueueBytes: 'number',
  sendQueueBytes: 'number',
} as const;

/** include/net/tcp_states.h; the tables of UDP and raw use 1 and 7 of them. */
const states: Readonly<Record<number, string>> = {
  1: 'ESTABLISHED',
  2: 'SYN_SENT',
  3: 'SYN_RECV',
  4: 'FIN_WAIT1',
  5: 'FIN_WAIT2',
  6: 'TIME_WAIT',
  7: 'CLOSE',
  8: 'CLOSE_WAIT',
  9: 'LAST_ACK',
  10: 'LISTEN',
  11: 'CLOSING',
  12: 'NEW_SYN_RECV',
};

/** Facts of a row of /proc/net/{tcp,udp,raw,icmp}*, shared by the internet kinds. */
export function inetFacts(draft: Draft, scan: Scan): Facts {
  const tables = scan
    .net(draft.pid)
    .inet(typeof draft.facts.protocol === 'string' ? draft.facts.protocol : undefined);
  if (failed(tables)) {
    note(draft, 'read net tables', tables, Object.keys(inetFactTypes));
    return {};
  }
  const row = tables.get(String(draft.facts.inode));
  if (row === undefined) return { socketState: 'CLOSE', receiveQueueBytes: 0, sendQueueBytes: 0 };
  return {
    socketState: states[row.state] ?? 'other',
    localAddress: row.localAddress,
    remoteAddress: row.remoteAddress,
    receiveQueueBytes: row.rxQueue,
    sendQueueBytes: row.txQueue,
  };
}

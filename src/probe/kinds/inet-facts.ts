import type { Facts } from '../../facts.ts';
import { type Draft, note } from '../draft.ts';
import type { InetState } from '../native/native.ts';
import { failed } from '../proc.ts';
import type { Scan } from '../scan.ts';
import { readSocketOptions } from './socket-options.ts';

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

/**
 * Facts that /proc/net/{tcp,udp,raw,icmp}* has of a socket. They are had from the socket itself where that can be
 * asked: the tables list every socket of the namespace, and take as long as there are many.
 */
export function inetFacts(draft: Draft, scan: Scan): Facts {
  if (!scan.asks.has('socketState')) return {};
  const { facts: own, inet } = readSocketOptions(draft, scan);
  if (inet !== undefined) return { ...own, ...stateFacts(inet) };
  const protocol = typeof draft.facts.protocol === 'string' ? draft.facts.protocol : undefined;
  const table = scan.net(draft.pid).inet(protocol);
  if (failed(table)) {
    note(draft, 'read net tables', table, Object.keys(inetFactTypes));
    return own;
  }
  const row = table.get(String(draft.facts.inode));
  if (row === undefined) return { ...own, socketState: 'CLOSE', receiveQueueBytes: 0, sendQueueBytes: 0 };
  const {
    state,
    localAddress: local,
    remoteAddress: remote,
    rxQueue: receiveQueue,
    txQueue: sendQueue,
  } = row;
  return { ...own, ...stateFacts({ state, local, remote, receiveQueue, sendQueue }) };
}

function stateFacts({ state, local, remote, receiveQueue, sendQueue }: InetState): Facts {
  return {
    socketState: states[state] ?? 'other',
    ...(local === '' ? {} : { localAddress: local }),
    ...(remote === '' ? {} : { remoteAddress: remote }),
    receiveQueueBytes: receiveQueue,
    sendQueueBytes: sendQueue,
  };
}

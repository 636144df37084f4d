import { type Draft, note } from '../draft.ts';
import type { InetState } from '../native/native.ts';
import type { InetSocket } from '../parse/net-inet.ts';
import { failed } from '../proc.ts';
import type { Scan } from '../scan.ts';
import { addSocketOptions } from './socket-options.ts';

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
export function addInetFacts(draft: Draft, scan: Scan): void {
  if (!scan.asks.has('socketState')) return;
  const inet = addSocketOptions(draft, scan);
  if (inet !== undefined) {
    addState(draft.facts, inet);
    return;
  }
  const protocol = typeof draft.facts.protocol === 'string' ? draft.facts.protocol : undefined;
  const table = scan.net(draft.pid).inet(protocol);
  if (failed(table)) {
    note(draft, 'read net tables', table, Object.keys(inetFactTypes));
    return;
  }
  const row = table.get(String(draft.facts.inode));
  addState(draft.facts, row === undefined ? closed : stateOf(row));
}

const closed: InetState = { state: 7, local: '', remote: '', receiveQueue: 0, sendQueue: 0 };

const stateOf = ({ state, localAddress, remoteAddress, rxQueue, txQueue }: InetSocket): InetState => ({
  state,
  local: localAddress,
  remote: remoteAddress,
  receiveQueue: rxQueue,
  sendQueue: txQueue,
});

function addState(facts: Draft['facts'], { state, local, remote, receiveQueue, sendQueue }: InetState): void {
  facts.socketState = states[state] ?? 'other';
  if (local !== '') facts.localAddress = local;
  if (remote !== '') facts.remoteAddress = remote;
  facts.receiveQueueBytes = receiveQueue;
  facts.sendQueueBytes = sendQueue;
}

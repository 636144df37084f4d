import type { Situation } from './situation.ts';

const connected = /Connected TCP socket/;
const inFlight = /In-flight connection \(l\)/;
const established = ['tcp-established'];

/** TCP and MPTCP: rows A1.5, A2.*. */
export const tcpSituations: readonly Situation[] = [
  { name: 'tcp-listen', rows: ['A2.1'], dump: 'ok', restore: 'ok' },
  { name: 'tcp6-listen', rows: ['A2.1'], dump: 'ok', restore: 'ok' },
  { name: 'tcp-listen-options', rows: ['A2.10'], dump: 'ok', restore: 'ok' },
  { name: 'tcp-backlog', rows: ['A2.2'], dump: 'refused', log: inFlight, lift: ['skip-in-flight'] },
  {
    name: 'tcp-backlog-inside',
    rows: ['A2.2', 'A2.3'],
    dump: 'refused',
    log: inFlight,
    lift: ['skip-in-flight', 'tcp-established'],
  },
  { name: 'tcp-established', rows: ['A2.3'], dump: 'refused', log: connected, lift: established },
  { name: 'tcp-established-close', rows: ['A2.3'], dump: 'refused', log: connected, lift: ['tcp-close'] },
  { name: 'tcp6-established', rows: ['A2.3'], dump: 'refused', log: connected, lift: established },
  { name: 'tcp6-mapped', rows: ['A2.3'], dump: 'refused', log: connected, lift: established },
  { name: 'tcp-accepted', rows: ['A2.3'], dump: 'refused', log: connected, lift: established },
  { name: 'tcp-both-ends', rows: ['A2.3'], dump: 'refused', log: connected, lift: established, restore: 'ok' },
  { name: 'tcp-own-net', rows: ['A2.3', 'B3.1'], dump: 'refused', log: connected, lift: established, restore: 'ok' },
  { name: 'tcp-syn-sent', rows: ['A2.3'], dump: 'refused', log: connected, lift: established },
  { name: 'tcp-fin-wait', rows: ['A2.3', 'A2.8'], dump: 'refused', log: connected, lift: established },
  { name: 'tcp-close-wait', rows: ['A2.3'], dump: 'refused', log: connected, lift: established },
  { name: 'tcp-shutdown-read', rows: ['A2.8'], dump: 'refused', log: connected, lift: established },
  { name: 'tcp-repair', rows: ['A2.9'], dump: 'refused', log: connected, lift: established },
  { name: 'tcp-fastopen-syn-recv', rows: ['A2.4'], dump: 'refused', log: /Socket state 3 .* expected 7/, liftFails: true },
  { name: 'tcp-time-wait', rows: ['A2.5'], dump: 'ok' },
  { name: 'tcp-unbound', rows: ['A2.6'], dump: 'ok', restore: 'ok' },
  { name: 'tcp-bound', rows: ['A2.6'], dump: 'ok', restore: 'ok' },
  { name: 'tcp-connect-refused', rows: ['A2.6'], dump: 'ok', restore: 'ok' },
  { name: 'tcp-disconnected', rows: ['A2.6'], dump: 'ok', restore: 'ok' },
  { name: 'tcp-reset', rows: ['A2.7'], dump: 'ok', restore: 'fails' },
  { name: 'tcp-mmap', rows: ['A2.15'], dump: 'hazard' },
  { name: 'mptcp-unbound', rows: ['A1.5'], dump: 'refused', log: /Unsupported proto 262/, liftFails: true },
  { name: 'mptcp-listen', rows: ['A1.5'], dump: 'refused', log: /Unsupported proto 262/, liftFails: true },
  { name: 'mptcp-connected', rows: ['A1.5'], dump: 'refused', log: /Unsupported proto 262/, liftFails: true },
];

/** UDP, raw, ping, and families CRIU does not know: rows A1.*, A3.*. */
export const inetSituations: readonly Situation[] = [
  { name: 'udp-bound', rows: ['A1.2', 'A3.4'], dump: 'ok', restore: 'ok' },
  { name: 'udp6-connected', rows: ['A1.2', 'A3.4'], dump: 'ok', restore: 'ok' },
  { name: 'udp-unbound', rows: ['A1.2'], dump: 'ok' },
  { name: 'udplite', rows: ['A1.2'], dump: 'ok', needs: 'UDP-Lite' },
  { name: 'udp-cork', rows: ['A3.1'], dump: 'refused', log: /corked dgram socket/, liftFails: true },
  { name: 'udp6-cork', rows: ['A3.1'], dump: 'refused', log: /corked dgram socket/, liftFails: true },
  { name: 'udp-more', rows: ['A3.2'], dump: 'ok' },
  { name: 'udp-unread', rows: ['A3.3'], dump: 'ok' },
  { name: 'udp-multicast', rows: ['A3.4'], dump: 'ok' },
  { name: 'udp-reuseport', rows: ['A3.4'], dump: 'ok' },
  { name: 'raw-icmp', rows: ['A1.3'], dump: 'ok', restore: 'ok' },
  { name: 'raw-255', rows: ['A1.3'], dump: 'ok' },
  { name: 'raw6-icmp', rows: ['A1.3'], dump: 'ok' },
  { name: 'ping', rows: ['A1.4'], dump: 'ok' },
  { name: 'vsock', rows: ['A1.11'], dump: 'refused', log: /Unknown socket collected \(family 40\)/, liftFails: true },
  { name: 'xdp', rows: ['A1.11'], dump: 'refused', log: /Unknown socket collected \(family 44\)/, liftFails: true },
  {
    name: 'socket-other-family',
    rows: ['A1.12'],
    dump: 'refused',
    log: /Unknown socket collected/,
    liftFails: true,
    needs: 'AF_ALG, AF_TIPC, AF_CAN, AF_KEY or AF_QIPCRTR',
  },
  { name: 'sctp', rows: ['A1.6'], dump: 'refused', log: /Unsupported proto 132/, liftFails: true, needs: 'SCTP' },
  { name: 'unix-o-path', rows: ['A1.13'], dump: 'refused', log: /Can't get 1:39 opt/, liftFails: true },
];

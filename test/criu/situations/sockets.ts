import type { Situation } from './situation.ts';
import { inetSituations, tcpSituations } from './sockets-inet.ts';
import { queueSituations, unixSituations } from './sockets-unix.ts';

/** Netlink, packet, and what any socket can have: rows A5.*, A6.*, A7.*. */
const otherSituations: readonly Situation[] = [
  { name: 'netlink-route', rows: ['A1.9', 'A5.5'], dump: 'ok', restore: 'ok' },
  { name: 'netlink-uevent', rows: ['A1.9', 'A5.5'], dump: 'ok' },
  { name: 'netlink-unbound', rows: ['A1.9'], dump: 'ok' },
  {
    name: 'netlink-unread',
    rows: ['A5.1'],
    dump: 'refused',
    log: /The socket has data to read/,
    liftFails: true,
  },
  { name: 'netlink-group-33', rows: ['A5.2'], dump: 'refused', log: /more than 32 groups/, liftFails: true },
  { name: 'netlink-group-33-left', rows: ['A5.2'], dump: 'ok' },
  {
    name: 'netlink-group-unbound',
    rows: ['A5.4'],
    dump: 'refused',
    log: /groups but not to portid/,
    liftFails: true,
  },
  { name: 'packet-bound', rows: ['A1.10', 'A6.4'], dump: 'ok', restore: 'ok' },
  { name: 'packet-member', rows: ['A6.1'], dump: 'ok' },
  {
    name: 'packet-member-twice',
    rows: ['A6.1'],
    dump: 'refused',
    log: /Multiple MC membership/,
    liftFails: true,
  },
  { name: 'packet-ring', rows: ['A6.4'], dump: 'ok' },
  {
    name: 'packet-ring-closed',
    rows: ['A6.3'],
    dump: 'refused',
    log: /Mmap-ed socket \d+ not open/,
    liftFails: true,
  },
  { name: 'socket-filter', rows: ['A7.1'], dump: 'ok' },
  { name: 'socket-ebpf', rows: ['A7.2'], dump: 'refused', log: /socket filter len/, liftFails: true },
  { name: 'socket-ebpf-unix', rows: ['A7.2'], dump: 'refused', log: /socket filter len/, liftFails: true },
  { name: 'socket-options', rows: ['A7.3'], dump: 'ok', restore: 'ok' },
  {
    name: 'socket-device-gone',
    rows: ['A7.4'],
    dump: 'refused',
    log: /Can't get bound dev/,
    liftFails: true,
  },
  {
    name: 'packet-foreign-net',
    rows: ['A7.5'],
    dump: 'refused',
    log: /Can't find packet socket/,
    liftFails: true,
  },
  {
    name: 'tcp-listen-foreign-net',
    rows: ['A7.6'],
    dump: 'refused',
    log: /state 10 .* expected 7/,
    liftFails: true,
  },
  {
    name: 'tcp-established-foreign-net',
    rows: ['A7.6'],
    dump: 'refused',
    log: /state 1 .* expected 7/,
    liftFails: true,
  },
  { name: 'udp-foreign-net', rows: ['A7.7'], dump: 'ok' },
  { name: 'netlink-foreign-net', rows: ['A7.7'], dump: 'ok' },
  // row A7.8 is about a third namespace only: CRIU's own is known to it
  { name: 'udp-host-net', rows: ['A7.8'], dump: 'ok' },
  { name: 'netlink-host-net', rows: ['A7.8'], dump: 'ok' },
  {
    name: 'udp-third-net',
    rows: ['A7.8'],
    dump: 'refused',
    log: /external network namespace/,
    liftFails: true,
  },
  {
    name: 'netlink-third-net',
    rows: ['A7.8'],
    dump: 'refused',
    log: /external network namespace/,
    liftFails: true,
  },
];

/** Sockets: CRIU's answer to each. */
export const socketSituations: readonly Situation[] = [
  ...tcpSituations,
  ...inetSituations,
  ...unixSituations,
  ...queueSituations,
  ...otherSituations,
];

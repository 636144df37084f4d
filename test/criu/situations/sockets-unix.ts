import type { Situation } from './situation.ts';

const external = /External socket is used/;
const cut = /Unable too cut/;
const control = /Control messages in queue/;
const byInode = ['external=unix[{ino}]'];

/** Unix sockets and where their peers are: rows A4.1 to A4.15, A4.23 to A4.25. */
export const unixSituations: readonly Situation[] = [
  { name: 'unix-pair-stream', rows: ['A4.1'], dump: 'ok', restore: 'ok' },
  { name: 'unix-pair-dgram', rows: ['A4.1'], dump: 'ok', restore: 'ok' },
  { name: 'unix-pair-seqpacket', rows: ['A4.1'], dump: 'ok', restore: 'ok' },
  { name: 'unix-connected', rows: ['A4.1'], dump: 'ok', restore: 'ok' },
  { name: 'unix-pair-stream-outside', rows: ['A4.2'], dump: 'refused', log: external, lift: byInode },
  { name: 'unix-pair-seqpacket-outside', rows: ['A4.2'], dump: 'refused', log: external, lift: byInode },
  {
    name: 'unix-pair-stream-outside-peer',
    rows: ['A4.2'],
    dump: 'refused',
    log: /half of stream/,
    options: ['external=unix[{peer}]', 'ext-unix-sk'],
    lift: byInode,
  },
  { name: 'unix-client-outside-server', rows: ['A4.2'], dump: 'refused', log: external, lift: byInode },
  { name: 'unix-accepted-outside-client', rows: ['A4.2'], dump: 'refused', log: external, lift: byInode },
  {
    name: 'unix-dgram-outside-named',
    rows: ['A4.3'],
    dump: 'refused',
    log: external,
    lift: ['ext-unix-sk'],
    restore: 'ok',
  },
  { name: 'unix-dgram-outside-abstract', rows: ['A4.3'], dump: 'refused', log: external, lift: ['ext-unix-sk'] },
  { name: 'unix-dgram-outside-nameless', rows: ['A4.4'], dump: 'refused', log: external, lift: byInode },
  { name: 'unix-dgram-half', rows: ['A4.5'], dump: 'refused', log: /with unreachable peer/, liftFails: true },
  { name: 'unix-dgram-server', rows: ['A4.6'], dump: 'ok' },
  { name: 'unix-dgram-peer-other-net', rows: ['A4.7'], dump: 'refused', log: /without peer/, liftFails: true },
  { name: 'unix-client-other-net', rows: ['A4.8'], dump: 'refused', log: external, lift: byInode },
  { name: 'unix-accepted-other-net', rows: ['A4.9'], dump: 'refused', log: /socket \d+ not found/, liftFails: true },
  { name: 'unix-third-net', rows: ['A4.9'], dump: 'refused', log: /socket \d+ not found/, liftFails: true },
  { name: 'unix-foreign-net', rows: ['A7.5'], dump: 'refused', log: /socket \d+ not found/, liftFails: true },
  { name: 'unix-pending-inside', rows: ['A4.10'], dump: 'ok', restore: 'fails' },
  { name: 'unix-pending-inside-data', rows: ['A4.11'], dump: 'refused', log: /Non-empty write queue/, liftFails: true },
  { name: 'unix-pending-closed', rows: ['A4.12'], dump: 'refused', log: /closed in-flight socket/, liftFails: true },
  { name: 'unix-pending-outside', rows: ['A4.13'], dump: 'ok', restore: 'ok' },
  { name: 'unix-pending-outside-server', rows: ['A4.14'], dump: 'ok', restore: 'fails' },
  { name: 'unix-peer-closed', rows: ['A4.15'], dump: 'ok', restore: 'ok' },
  { name: 'unix-listen-unlinked', rows: ['A4.23'], dump: 'ok' },
  { name: 'unix-listen-renamed', rows: ['A4.23'], dump: 'ok' },
  { name: 'unix-relative', rows: ['A4.24'], dump: 'ok' },
  { name: 'unix-relative-dots', rows: ['A4.24'], dump: 'refused', log: cut, liftFails: true },
  { name: 'unix-relative-symlink', rows: ['A4.24'], dump: 'refused', log: cut, liftFails: true },
  { name: 'unix-relative-renamed', rows: ['A4.24'], dump: 'refused', log: cut, liftFails: true },
  { name: 'unix-relative-unlinked', rows: ['A4.24'], dump: 'ok' },
  { name: 'unix-abstract', rows: ['A4.25'], dump: 'ok', restore: 'ok' },
  { name: 'unix-autobind', rows: ['A4.25'], dump: 'ok' },
  { name: 'unix-shutdown', rows: ['A4.25'], dump: 'ok', restore: 'ok' },
];

/** What waits in their queues: rows A4.16 to A4.22. */
export const queueSituations: readonly Situation[] = [
  { name: 'unix-queue-stream', rows: ['A4.16'], dump: 'ok', restore: 'ok' },
  { name: 'unix-queue-dgram', rows: ['A4.16'], dump: 'ok', restore: 'ok' },
  { name: 'unix-queue-passcred', rows: ['A4.17'], dump: 'refused', log: control, liftFails: true },
  { name: 'unix-queue-passpidfd', rows: ['A4.17'], dump: 'refused', log: control, liftFails: true },
  { name: 'unix-queue-timestamp', rows: ['A4.17'], dump: 'refused', log: control, liftFails: true },
  { name: 'unix-passcred-empty', rows: ['A4.17'], dump: 'ok' },
  { name: 'unix-queue-sender-passcred', rows: ['A4.17'], dump: 'ok' },
  { name: 'unix-flight-file', rows: ['A4.18'], dump: 'ok', restore: 'ok' },
  { name: 'unix-flight-pipe', rows: ['A4.18'], dump: 'ok', restore: 'ok' },
  { name: 'unix-flight-socket', rows: ['A4.18'], dump: 'ok' },
  { name: 'unix-flight-tty', rows: ['A4.19'], dump: 'refused', log: /No CTL for TTY dump/, liftFails: true },
  { name: 'unix-flight-userfaultfd', rows: ['A4.20'], dump: 'refused', log: /Can't dump file .*userfaultfd/, liftFails: true },
  { name: 'unix-queue-big-dgram', rows: ['A4.21'], dump: 'refused', log: /recvmsg failed: truncated/, liftFails: true },
  { name: 'unix-queue-big-seqpacket', rows: ['A4.21'], dump: 'refused', log: /recvmsg failed: truncated/, liftFails: true },
  { name: 'unix-queue-big-stream', rows: ['A4.21'], dump: 'ok' },
  { name: 'unix-queue-empty-dgram', rows: ['A4.22'], dump: 'ok' },
];

import { groupSituations, mountSituations, namespaceSituations } from './processes-space.ts';
import { seizeSituations, shareSituations } from './processes-tree.ts';
import type { Situation } from './situation.ts';

const unknownMapping = /Can't open \d+'s mapfile link/;
const rlimit = /Can't get rlimit/;

/** What stops the injected code: rows B8.*. */
const injectSituations: readonly Situation[] = [
  {
    name: 'limit-address-space',
    rows: ['B8.2'],
    dump: 'refused',
    log: /remote mmap\(\) failed/,
    liftFails: true,
  },
  { name: 'limit-maps', rows: ['B8.3'], dump: 'refused', log: /remote_mprotect failed/, liftFails: true },
  {
    name: 'landlock-abstract-sockets',
    rows: ['B8.4'],
    dump: 'refused',
    log: /connect a transport socket/,
    liftFails: true,
  },
  { name: 'landlock-signals', rows: ['B8.4'], dump: 'ok' },
  {
    name: 'landlock-no-proc',
    rows: ['B8.5'],
    dump: 'refused',
    log: /dump \/proc\/self\/cgroup/,
    liftFails: true,
  },
  { name: 'landlock-proc', rows: ['B8.5'], dump: 'ok' },
  { name: 'seccomp-filters', rows: ['B8.6'], dump: 'ok', restore: 'ok' },
  { name: 'seccomp-strict', rows: ['B8.6'], dump: 'ok', restore: 'ok' },
  {
    name: 'mseal-unreadable',
    rows: ['B8.8'],
    dump: 'refused',
    log: /Can't dump unprotect vmas/,
    liftFails: true,
  },
  { name: 'mseal-readable', rows: ['B8.8'], dump: 'ok' },
  { name: 'hardened', rows: ['B8.9'], dump: 'ok', restore: 'ok' },
  { name: 'groups-973', rows: ['B8.10'], dump: 'ok' },
  {
    name: 'groups-974',
    rows: ['B8.10'],
    dump: 'refused',
    log: /Command 64 for daemon failed/,
    liftFails: true,
  },
  { name: 'segment-in-ldt', rows: ['B8.14'], dump: 'ok' },
  { name: 'segment-of-ldt', rows: ['B8.14'], dump: 'refused', log: /LDT descriptors/, liftFails: true },
];

/** Mappings, timers, scheduling and ids: rows B9.*, B10.*. */
const memorySituations: readonly Situation[] = [
  {
    name: 'uprobe-removed',
    rows: ['B9.1'],
    dump: 'refused',
    log: /has uprobes vma/,
    lift: ['allow-uprobes'],
  },
  { name: 'mapped-perf-event', rows: ['B9.2'], dump: 'refused', log: unknownMapping, liftFails: true },
  { name: 'mapped-io-uring', rows: ['B9.2'], dump: 'refused', log: unknownMapping, liftFails: true },
  { name: 'mapped-ring-buffer', rows: ['B9.2'], dump: 'refused', log: unknownMapping, liftFails: true },
  {
    name: 'mapped-secret',
    rows: ['B9.2'],
    dump: 'refused',
    log: unknownMapping,
    liftFails: true,
    needs: 'memfd_secret',
  },
  { name: 'mappings-plain', rows: ['B9.5'], dump: 'ok', restore: 'ok' },
  { name: 'timers', rows: ['B10.1'], dump: 'ok', restore: 'ok' },
  { name: 'scheduled-fifo', rows: ['B10.3'], dump: 'ok', restore: 'ok' },
  { name: 'scheduled-deadline', rows: ['B10.4'], dump: 'ok', restore: 'fails' },
  {
    name: 'other-user',
    rows: ['B10.5'],
    dump: 'refused',
    log: rlimit,
    liftFails: true,
    needs: 'no CAP_SYS_RESOURCE',
  },
  {
    name: 'other-saved-group',
    rows: ['B10.5'],
    dump: 'refused',
    log: rlimit,
    liftFails: true,
    needs: 'no CAP_SYS_RESOURCE',
  },
  { name: 'silently-lost', rows: ['B10.6'], dump: 'ok' },
];

/** Processes and what is around them: CRIU's answer to each. */
export const processSituations: readonly Situation[] = [
  ...seizeSituations,
  ...shareSituations,
  ...namespaceSituations,
  ...mountSituations,
  ...groupSituations,
  ...injectSituations,
  ...memorySituations,
];

import type { Situation } from './situation.ts';

const unseizable = /Unseizable non-zombie/;
const detached = /Unable to detach from \d+: No such process/;
const stopSignal = /unsupported stop signal 2[12]/;
const sigtrap = /with a pending SIGTRAP/;

/** Seizing: rows B1.*. */
export const seizeSituations: readonly Situation[] = [
  { name: 'traced', rows: ['B1.1'], dump: 'refused', log: detached, liftFails: true },
  { name: 'traced-child', rows: ['B1.1'], dump: 'refused', log: unseizable, liftFails: true },
  { name: 'traced-by-parent', rows: ['B1.1'], dump: 'refused', log: unseizable, liftFails: true },
  { name: 'zombie-root', rows: ['B1.2'], dump: 'refused', log: detached, liftFails: true },
  { name: 'zombie-child', rows: ['B1.3'], dump: 'ok', restore: 'ok' },
  { name: 'leader-exited', rows: ['B1.4'], dump: 'refused', log: detached, liftFails: true },
  {
    name: 'leader-exited-child',
    rows: ['B1.4'],
    dump: 'refused',
    log: /Zombies with threads/,
    liftFails: true,
  },
  { name: 'vfork', rows: ['B1.6', 'B2.6'], dump: 'refused', log: /found, state D/, liftFails: true },
  { name: 'vfork-executed', rows: ['B1.6'], dump: 'ok', restore: 'ok' },
  {
    name: 'frozen-v1',
    rows: ['B1.7'],
    dump: 'refused',
    log: /found, state D/,
    lift: ['freeze-cgroup={cgroup}'],
    needs: 'the freezer of cgroup v1 at /sys/fs/cgroup/freezer',
  },
  { name: 'frozen-v2', rows: ['B1.8'], dump: 'hazard', needs: 'cgroup v2 at /sys/fs/cgroup/unified' },
  { name: 'stopped-sigstop', rows: ['B1.9'], dump: 'ok' },
  { name: 'stopped-sigtstp', rows: ['B1.9'], dump: 'ok' },
  { name: 'stopped-sigttin', rows: ['B1.10'], dump: 'refused', log: stopSignal, liftFails: true },
  { name: 'stopped-sigttou', rows: ['B1.10'], dump: 'refused', log: stopSignal, liftFails: true },
  { name: 'stopped-sigttin-waited', rows: ['B1.10'], dump: 'refused', log: stopSignal, liftFails: true },
  { name: 'pending-sigtrap', rows: ['B1.12'], dump: 'refused', log: sigtrap, liftFails: true },
  { name: 'pending-sigtrap-thread', rows: ['B1.12'], dump: 'refused', log: sigtrap, liftFails: true },
  { name: 'pending-sigusr1', rows: ['B1.12'], dump: 'ok', restore: 'ok' },
  { name: 'kernel-thread', rows: ['B1.14'], dump: 'refused', log: detached, liftFails: true },
  { name: 'no-process', rows: ['B1.14'], dump: 'refused', log: detached, liftFails: true },
];

/** Sessions and sharing: rows B2.*. */
export const shareSituations: readonly Situation[] = [
  {
    name: 'session-outside',
    rows: ['B2.1'],
    dump: 'refused',
    log: /is not a session leader/,
    lift: ['shell-job'],
  },
  {
    name: 'session-zero',
    rows: ['B2.2'],
    dump: 'refused',
    log: /outside of its pid namespace/,
    liftFails: true,
  },
  { name: 'session-outside-child', rows: ['B2.3'], dump: 'ok', restore: 'fails' },
  { name: 'session-orphan', rows: ['B2.4', 'B2.12'], dump: 'ok' },
  { name: 'siblings', rows: ['B2.4'], dump: 'ok', restore: 'ok' },
  { name: 'shared-memory-map', rows: ['B2.6'], dump: 'refused', log: /Can't make VM id/, liftFails: true },
  { name: 'shared-memory-map-outside', rows: ['B2.11'], dump: 'ok' },
  {
    name: 'shared-signal-handlers',
    rows: ['B2.10'],
    dump: 'refused',
    log: /Can't make VM id/,
    liftFails: true,
  },
  { name: 'child-of-thread', rows: ['B2.12'], dump: 'ok', restore: 'ok' },
  { name: 'threads', rows: ['B2.12'], dump: 'ok', restore: 'ok' },
  { name: 'thread-own-namespaces', rows: ['B2.13'], dump: 'ok' },
  { name: 'thread-own-files', rows: ['B2.13'], dump: 'ok' },
  { name: 'thread-own-credentials', rows: ['B2.14'], dump: 'ok', restore: 'ok' },
];

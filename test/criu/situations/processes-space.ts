import type { Situation } from './situation.ts';

const unsupported = /FS mnt \.\/m .* unsupported/;
const noProc = /Parasite failed to dump \/proc\/self\/cgroup/;
const rootless = /doesn't have a proper root mount/;

const nested = (kind: string): Situation => ({
  name: `nested-${kind}`,
  rows: ['B3.2'],
  dump: 'refused',
  log: new RegExp(`Can't dump nested ${kind}\\w* namespace`),
  liftFails: true,
});

/** Namespaces: rows B3.*. */
export const namespaceSituations: readonly Situation[] = [
  { name: 'own-uts', rows: ['B3.1'], dump: 'ok', restore: 'ok' },
  { name: 'own-ipc', rows: ['B3.1'], dump: 'ok', restore: 'ok' },
  { name: 'own-net', rows: ['B3.1'], dump: 'ok', restore: 'ok' },
  { name: 'own-cgroup', rows: ['B3.1'], dump: 'ok', restore: 'ok' },
  { name: 'own-time', rows: ['B3.1'], dump: 'ok', restore: 'ok' },
  { name: 'own-pid', rows: ['B3.1'], dump: 'ok' },
  { name: 'own-user', rows: ['B3.1'], dump: 'ok' },
  { name: 'own-user-and-others', rows: ['B3.1'], dump: 'ok' },
  { name: 'own-mnt', rows: ['B3.1', 'B4.17'], dump: 'ok', restore: 'fails' },
  { name: 'own-all', rows: ['B3.1'], dump: 'ok' },
  ...['uts', 'ipc', 'cgroup', 'user', 'pid', 'time'].map(nested),
  { name: 'child-own-net', rows: ['B3.3'], dump: 'ok' },
  { name: 'child-own-net-root-host', rows: ['B3.4'], dump: 'ok', restore: 'fails' },
  // CRIU judges every mount of the machine here: it is refused where one of them is refused
  { name: 'child-own-mnt-root-host', rows: ['B3.4'], dump: 'ok', restore: 'fails' },
  {
    name: 'time-for-children',
    rows: ['B3.5'],
    dump: 'refused',
    log: /nested time namespace/,
    liftFails: true,
  },
  { name: 'pid-for-children', rows: ['B3.6'], dump: 'ok', restore: 'ok' },
  {
    name: 'pid-not-init',
    rows: ['B3.7'],
    dump: 'refused',
    log: /pid namespace without the process init/,
    lift: ['external=pid[{pidns}]:pidns'],
  },
  { name: 'pid-member-outside', rows: ['B3.8'], dump: 'ok' },
  {
    name: 'user-unmapped',
    rows: ['B3.9'],
    dump: 'refused',
    log: /Unable to convert uid or gid/,
    liftFails: true,
  },
  {
    name: 'net-of-other-user',
    rows: ['B3.10'],
    dump: 'refused',
    log: /Can't setns \d+\/net/,
    liftFails: true,
  },
  { name: 'chroot-no-proc', rows: ['B3.11'], dump: 'ok', restore: 'ok' },
  { name: 'chroot-no-proc-read-only', rows: ['B3.11'], dump: 'refused', log: noProc, liftFails: true },
  { name: 'chroot-no-proc-no-capability', rows: ['B3.11'], dump: 'refused', log: noProc, liftFails: true },
];

/** Mounts: rows B4.*. */
export const mountSituations: readonly Situation[] = [
  { name: 'mounts-known', rows: ['B4.1'], dump: 'ok' },
  { name: 'mount-ramfs', rows: ['B4.2'], dump: 'refused', log: unsupported, lift: ['enable-fs=ramfs'] },
  { name: 'mount-ramfs-skip', rows: ['B4.2'], dump: 'refused', log: unsupported, lift: ['skip-mnt=/m'] },
  {
    name: 'mount-hugetlbfs',
    rows: ['B4.2'],
    dump: 'refused',
    log: unsupported,
    lift: ['external=mnt[/m]:m'],
  },
  { name: 'mount-bpf', rows: ['B4.2'], dump: 'refused', log: unsupported, lift: ['enable-fs=all'] },
  { name: 'mount-volume', rows: ['B4.3'], dump: 'refused', log: rootless, lift: ['external=mnt[/m]:m'] },
  { name: 'mount-volume-auto', rows: ['B4.3'], dump: 'refused', log: rootless, lift: ['external=mnt[]'] },
  {
    name: 'mount-slave',
    rows: ['B4.4'],
    dump: 'refused',
    log: /has unreachable sharing/,
    lift: ['external=mnt[]:m'],
  },
  { name: 'mount-over', rows: ['B4.7'], dump: 'ok' },
  {
    name: 'mount-mqueue-filled',
    rows: ['B4.10'],
    dump: 'refused',
    log: /mqueue isn't empty/,
    lift: ['skip-mnt=/m'],
  },
  {
    name: 'mount-point-newline',
    rows: ['B4.11'],
    dump: 'refused',
    log: /Unable to dump a file system/,
    liftFails: true,
  },
  { name: 'mount-point-space', rows: ['B4.11'], dump: 'ok' },
  {
    name: 'chroot-own-mnt',
    rows: ['B4.13'],
    dump: 'refused',
    log: /root task has another root/,
    liftFails: true,
  },
  {
    name: 'own-mnt-not-executed',
    rows: ['B4.14'],
    dump: 'refused',
    log: /Can't lookup mount=/,
    liftFails: true,
  },
  {
    name: 'cwd-lazily-unmounted',
    rows: ['B4.15'],
    dump: 'refused',
    log: /Can't lookup mount=/,
    liftFails: true,
  },
];

/** Network namespace contents, System V IPC, control groups: rows B5.*, B6.*, B7.*. */
export const groupSituations: readonly Situation[] = [
  { name: 'net-known-links', rows: ['B5.1'], dump: 'ok' },
  {
    name: 'net-ifb',
    rows: ['B5.2'],
    dump: 'refused',
    log: /Unsupported link .* kind ifb/,
    lift: ['empty-ns=net'],
  },
  {
    name: 'net-vxlan',
    rows: ['B5.2'],
    dump: 'refused',
    log: /Unsupported link .* vxlan/,
    lift: ['empty-ns=net'],
  },
  {
    name: 'net-vxlan-external',
    rows: ['B5.2', 'A7.10'],
    dump: 'refused',
    log: /Unsupported link .* kind vxlan/,
    lift: ['external=net[{net}]:net'],
  },
  { name: 'net-iptables', rows: ['B5.5'], dump: 'ok', restore: 'ok' },
  { name: 'shm-attached', rows: ['B6.1'], dump: 'refused', log: /SysVIPC shmem map/, liftFails: true },
  { name: 'shm-own-ipc', rows: ['B6.2'], dump: 'ok', restore: 'ok' },
  {
    name: 'shm-own-ipc-partly',
    rows: ['B6.3'],
    dump: 'refused',
    log: /Can't open .*map_files/,
    liftFails: true,
  },
  { name: 'shm-unattached', rows: ['B6.4'], dump: 'ok' },
  { name: 'cgroup-own-v1', rows: ['B7.1'], dump: 'ok', needs: '/sys/fs/cgroup/pids' },
  { name: 'cgroup-own-v2', rows: ['B7.1'], dump: 'ok', needs: '/sys/fs/cgroup/unified' },
  { name: 'cgroup-namespace', rows: ['B3.1', 'B7.1'], dump: 'ok', needs: '/sys/fs/cgroup/unified' },
  {
    name: 'cgroup-above-root',
    rows: ['B7.2'],
    dump: 'refused',
    log: /invalid cgroup configuration/,
    liftFails: true,
    needs: '/sys/fs/cgroup/unified',
  },
  {
    name: 'cgroup-child-above-root',
    rows: ['B7.3'],
    dump: 'refused',
    log: /shorter than path prefix/,
    liftFails: true,
    needs: '/sys/fs/cgroup/unified',
  },
];

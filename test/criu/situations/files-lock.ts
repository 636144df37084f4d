import { dumps, dumpsInVain, lifted, refused, restores, type Situation } from './situation.ts';

const locked = (name: string, row: string): Situation => ({
  ...lifted(name, row, /Some file locks are hold/, 'file-locks'),
  restore: 'ok',
});

const outside = (name: string): Situation => refused(name, 'J2', /No NS ID with kid/);

/** Locks, cwd, root, exe and namespace files: rows F*, G*, J*. */
export const lockSituations: readonly Situation[] = [
  locked('lock-posix', 'G1'),
  locked('lock-flock', 'G1'),
  locked('lock-ofd', 'G1'),
  locked('lease-read', 'G1'),
  // its restore waits for as long as the launcher holds the lock
  lifted('lock-flock-of-launcher', 'G2', /Some file locks are hold/, 'file-locks'),
  dumps('lock-of-outsider', 'G3'),
  dumps('lock-awaited', 'G4'),
  // breaks the lease: the tree stands frozen for /proc/sys/fs/lease-break-time, 45 s
  { name: 'lease-write', rows: ['E17', 'G5'], dump: 'hazard' },
  {
    ...restores('lease-write-by-file-size', 'E17 G5'),
    options: ['file-locks', 'file-validation=filesize'],
  },

  restores('cwd-removed', 'F1 E27'),
  restores('chroot', 'F2'),
  refused('chroot-in-own-mntns', 'F3', /Can't parse \d+'s mountinfo/),
  dumps('chroot-removed', 'F4'),
  refused('chroot-removed-with-cwd', 'F4', /proc mount point|Parasite failed to dump \/proc\/self\/cgroup/),
  restores('exe-deleted', 'F5 E2'),
  { ...lifted('exe-deleted-2-mib', 'F5 E3', /increase limit/, 'ghost-limit=3M'), restore: 'ok' },
  restores('exe-replaced', 'F5'),
  dumpsInVain('exe-memfd', 'F6'),

  dumps('namespaces-own', 'J1'),
  dumps('namespace-of-child', 'J1'),
  outside('namespace-net-outside'),
  outside('namespace-uts-outside'),
  outside('namespace-of-dead-process'),
  dumps('namespace-by-bind-mount', 'J3'),
];

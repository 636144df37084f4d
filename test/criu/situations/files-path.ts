import { dumps, dumpsInVain, lifted, refused, restores, type Situation } from './situation.ts';

const external = (name: string, row: string, log: RegExp): Situation =>
  lifted(name, row, log, 'external=file[{key}]');

const tooLarge = /ghost file.*of \d+ size, increase limit/;
const noRemap = /Can't create link remap/;
const unaccessible = /Unaccessible path/;
const covered = /overmounted/;
const noMount = /Can't lookup mount/;

/** Files found by their path, and how deletion, mounts and servers break that: rows E*. */
export const pathSituations: readonly Situation[] = [
  restores('file', 'E1'),
  restores('file-o-path', 'E1'),
  restores('file-on-tmpfs', 'E1'),
  restores('sysfs-file', 'E1'),
  restores('directory', 'E1'),
  restores('symlink-o-path', 'E1'),
  restores('file-named-deleted', 'E1'),
  restores('file-named-with-newline', 'E1'),
  restores('file-renamed', 'E1'),
  restores('file-replaced', 'E2 E9'),
  restores('file-deleted', 'E2'),
  restores('file-deleted-1-mib', 'E2'),
  restores('file-deleted-sparse', 'E2'),
  restores('file-deleted-with-its-folder', 'E2'),
  restores('file-o-tmpfile', 'E2'),
  restores('symlink-o-path-deleted', 'E2'),
  { ...lifted('file-deleted-2-mib', 'E3', tooLarge, 'ghost-limit=3M'), restore: 'ok' },
  lifted('file-deleted-preallocated', 'E3', tooLarge, 'ghost-limit=3M'),
  { ...external('file-deleted-2-mib-external', 'E3 E12', tooLarge), restore: 'fails' },
  { ...lifted('file-deleted-other-link', 'E4', noRemap, 'link-remap'), restore: 'ok' },
  lifted('file-o-tmpfile-linked', 'E4', noRemap, 'link-remap'),
  dumps('cgroup-file', 'E1'),
  external('cgroup-file-removed', 'E5', noRemap),
  { ...refused('cgroup-file-removed-link-remap', 'E5', /Can't link remap/), options: ['link-remap'] },

  external('file-covered-by-bind', 'E9', unaccessible),
  external('file-deleted-and-another-named-so', 'E9', unaccessible),
  external('cwd-covered', 'E9 F1', unaccessible),
  external('file-hidden-by-mount', 'E10', noRemap),
  { ...refused('file-hidden-by-mount-link-remap', 'E10', /Can't link remap/), options: ['link-remap'] },
  external('file-on-covered-mount', 'E11', covered),
  external('file-on-mount-below-covered-mount', 'E11', covered),
  restores('file-on-top-mount', 'E11'),
  external('file-lazily-unmounted', 'E12', noMount),
  external('file-on-detached-clone', 'E12', noMount),
  external('file-on-detached-mount', 'E12', noMount),
  external('file-of-outside-mount-namespace', 'E12', noMount),
  external('cwd-of-outside-mount-namespace', 'E12 F1', noMount),
  external('file-kept-over-own-mntns', 'E12', noMount),
  { ...refused('file-on-skipped-mount', 'E12', noMount), options: ['skip-mnt={path}'] },
  external('mqueue-opened', 'E13', noMount),
  dumps('mqueue-by-path', 'E13'),

  lifted('sysfs-write-only', 'E16', /Build-ID .* could not be obtained/, 'file-validation=filesize'),
  lifted('sysfs-write-only-o-path', 'E16', /Build-ID .* could not be obtained/, 'file-validation=filesize'),
  restores('sysfs-write-only-append', 'E16'),
  dumps('fuse-file', 'E18'),
  refused('fuse-file-of-another-user', 'E19', /Can't stat fd.*Permission denied/),
  { name: 'fuse-server-in-tree', rows: ['E20'], dump: 'hazard' },
  restores('proc-files', 'E21'),
  restores('proc-file-of-dead-process', 'E22'),
  restores('proc-dir-of-dead-process', 'E22'),
  dumpsInVain('proc-file-of-thread', 'E23'),
  dumpsInVain('proc-dir-of-thread-as-process', 'E23'),
  dumpsInVain('proc-file-of-dead-process-elsewhere', 'E23'),
  restores('devpts-dir', 'E24'),
  dumps('autofs-dir', 'E25'),
  restores('directory-removed', 'E27'),
];

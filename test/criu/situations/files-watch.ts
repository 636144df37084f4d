import { dumps, lifted, refused, restores, type Situation } from './situation.ts';

const noHandle = (name: string, rows: string): Situation =>
  lifted(name, rows, /Can't dump that handle/, 'irmap-scan-path={path}');

/** inotify and fanotify: rows D7 to D10 and W*. */
export const watchSituations: readonly Situation[] = [
  restores('inotify-empty', 'D7'),
  restores('inotify-disk', 'W1 D7'),
  restores('inotify-tmpfs', 'W1 D7'),
  dumps('inotify-devtmpfs', 'W1'),
  dumps('inotify-cgroup', 'W1'),
  noHandle('inotify-proc', 'W2'),
  noHandle('inotify-sysfs', 'W2'),
  noHandle('inotify-devpts', 'W2'),
  noHandle('inotify-bpffs', 'W2'),
  dumps('inotify-fuse', 'W1 E18'),
  { ...noHandle('inotify-overlay', 'W3'), restore: 'ok' },
  dumps('inotify-overlay-nfs-export', 'W4'),
  refused('inotify-tmpfs-deleted', 'W5', /Can't find suitable path for handle/),
  restores('inotify-tmpfs-renamed', 'W5'),
  restores('inotify-disk-deleted', 'W6'),
  restores('inotify-disk-other-link', 'W7'),
  refused('inotify-mount-outside', 'W8', /Can't dump that handle/),
  restores('fanotify-disk', 'D8 W1'),
  noHandle('fanotify-overlay', 'D8 W3'),
  restores('fanotify-mount', 'D9'),
  refused('fanotify-mount-outside', 'D9', /Can't find mnt_id/),
  restores('fanotify-filesystem', 'D10'),
  restores('fanotify-mount-namespace', 'D10'),

  restores('overlay-file', 'E1'),
  lifted('overlay-lower-file-deleted', 'E6', /Can't create link remap/, 'external=file[{key}]'),
  {
    ...refused('overlay-lower-file-deleted-link-remap', 'E6', /Can't link remap/),
    options: ['link-remap'],
  },
  restores('overlay-upper-file-deleted', 'E6 E2'),
  lifted('overlay-lower-dir-removed', 'E7', /Can't create link remap/, 'external=file[{key}]'),
  dumps('overlay-upper-dir-removed', 'E7 E27'),
  dumps('overlay-copied-up', 'E8'),
];

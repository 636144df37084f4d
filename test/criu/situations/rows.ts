import { dumps, restores, type Situation } from './situation.ts';

/** O_PATH descriptors of what is no path file, and rows of which the other lists have none. */
export const rowSituations: readonly Situation[] = [
  ...[
    'eventfd',
    'signalfd',
    'timerfd',
    'epoll',
    'inotify',
    'fanotify',
    'pidfd',
    'pipe',
    'pipe-writer',
    'pipe-only',
    'namespace',
    'tcp',
    'udp',
    'unix-socket',
    'netlink',
  ].map((n) => restores(`${n}-o-path`, 'X')),
  dumps('user-map-without-root', 'B3.9'),
  dumps('net-gre', 'B5.2'),
  dumps('net-sit', 'B5.1'),
  dumps('mount-autofs', 'B4.9'),
  dumps('mount-autofs-without-device', 'B4.9'),
  dumps('mount-autofs-abandoned', 'B4.9'),
  dumps('pty-pair-of-outside-devpts', 'C12'),
];

import { dumps, dumpsInVain, lifted, refused, restores, type Situation } from './situation.ts';

const noRecord = /No records of type \d+ found in fdinfo/;
const noSocket = /Can't get 1:39 opt/;

/** O_PATH fds of what is no path file, and rows that the other lists have no situation of. */
export const rowSituations: readonly Situation[] = [
  refused('eventfd-o-path', 'D1', noRecord),
  refused('signalfd-o-path', 'D2', noRecord),
  refused('timerfd-o-path', 'D3', noRecord),
  restores('epoll-o-path', 'D5'),
  dumpsInVain('inotify-o-path', 'D7'),
  refused('fanotify-o-path', 'D8', noRecord),
  refused('pidfd-o-path', 'D11', /not a part of process tree/),
  refused('pipe-only-o-path', 'K6', /Can't obtain piped data size/),
  // the data of the pipe is saved through another fd of it
  dumpsInVain('pipe-o-path', 'K6'),
  dumpsInVain('pipe-writer-o-path', 'K6'),
  restores('namespace-o-path', 'J1'),
  refused('tcp-o-path', 'L12', noSocket),
  refused('udp-o-path', 'L12', noSocket),
  refused('unix-socket-o-path', 'L12', noSocket),
  refused('netlink-o-path', 'L12', noSocket),

  lifted('pty-pair-of-outside-devpts', 'C12', /Can't lookup mount/, 'shell-job'),
  refused('user-map-without-root', 'B3.9', /Unable to convert uid or gid/),
  dumps('mount-autofs', 'B4.9'),
  lifted('mount-autofs-abandoned', 'B4.9', /doesn't have a read end of the pipe/, 'skip-mnt=/m'),
];

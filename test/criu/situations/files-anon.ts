import { refused, restores, type Situation } from './situation.ts';

const unsupported = (name: string, link: string): Situation =>
  refused(name, 'D17', new RegExp(`Can't dump file 57 .*\\(anon anon_inode:${link}\\)`));

/** Anonymous inodes, epoll and pidfds: rows D* and A2. */
export const anonSituations: readonly Situation[] = [
  restores('eventfd', 'D1'),
  restores('eventfd-semaphore', 'D1'),
  restores('signalfd', 'D2'),
  restores('timerfd-realtime', 'D3'),
  restores('timerfd-monotonic', 'D3'),
  restores('timerfd-boottime', 'D3'),
  refused('timerfd-realtime-alarm', 'D4', /Unknown clock type/),
  refused('timerfd-boottime-alarm', 'D4', /Unknown clock type/),

  restores('epoll', 'D5'),
  restores('epoll-empty', 'D5'),
  restores('epoll-nested', 'D5'),
  restores('epoll-target-by-another-number', 'D5'),
  refused('epoll-target-in-child-only', 'D6', /Dump eventpoll \(pid: \d+\) failed/),
  refused('epoll-target-outside', 'D6', /Dump eventpoll \(pid: \d+\) failed/),
  restores('epoll-inherited-target-closed-in-child', 'D6'),

  restores('pidfd-self', 'D11'),
  restores('pidfd-child', 'D11'),
  restores('pidfd-zombie', 'D11'),
  restores('pidfd-reaped', 'D12'),
  refused('pidfd-outside', 'D13', /not a part of process tree/),
  refused('pidfd-thread', 'D14', /PIDFD_THREAD/),

  // a criu built with libbpf accepts the first two; Debian's is not
  refused('bpf-map-hash', 'D15', /bpf-map/),
  refused('bpf-map-array', 'D15', /bpf-map/),
  refused('bpf-map-write-only', 'D16', /bpf-?map/),
  refused('bpf-map-percpu-array', 'D16', /bpf-?map/),
  refused('bpf-map-lru-hash', 'D16', /bpf-?map/),
  refused('bpf-map-ringbuf', 'D16', /bpf-?map/),
  refused('bpf-map-program-array', 'D16', /bpf-?map/),

  refused('io-uring', 'A2 D17', /send_fds failed/),
  unsupported('bpf-program', 'bpf-prog'),
  unsupported('btf', 'btf'),
  unsupported('userfaultfd', '\\[userfaultfd\\]'),
  unsupported('perf-event', '\\[perf_event\\]'),
  unsupported('landlock-ruleset', '\\[landlock-ruleset\\]'),
  unsupported('fsopen', '\\[fscontext\\]'),
  unsupported('fspick', '\\[fscontext\\]'),
  unsupported('seccomp-notify', 'seccomp notify'),
  unsupported('kvm-vm', 'kvm-vm'),
  refused('memfd-secret', 'I5 E13', /Can't lookup mount/),
];

import type { Failure, Stat } from '../../src/probe/proc.ts';
import { stat } from './fake-proc.ts';
import { fdinfoHead } from './fake-process.ts';

/** One open file as this kernel shows it: link, fdinfo after its head, stat, protocol; taken from Linux 6.18. */
export interface Sample {
  readonly kind: string;
  readonly link: string;
  readonly fdinfo?: string;
  readonly stat?: Partial<Stat>;
  /** `system.sockprotoname`, where the native calls are there. */
  readonly protocol?: string | Failure;
  readonly fop: string;
  /** Facts worth telling. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

const anon = (extra = '', flags = '02') => fdinfoHead({ flags, mntId: 17, ino: '18' }) + extra;
const internal = (mntId: number, ino: string) => fdinfoHead({ flags: '0100002', mntId, ino });
const socket = (inode: string, more: Partial<Sample> & Pick<Sample, 'kind'>): Sample => ({
  link: `socket:[${inode}]`,
  fdinfo: fdinfoHead({ flags: '02000002', mntId: 10, ino: inode }),
  fop: 'socket_file_ops',
  ...more,
});
const device = (major: number, minor: number) => ({ type: 'char', major, minor }) as const;
const watch = 'fhandle-bytes:8 fhandle-type:1 f_handle:e8f7030000000000';

export const samples: readonly Sample[] = [
  { kind: 'regular', link: '/data/x', fop: 'ext4_file_operations' },
  { kind: 'directory', link: '/data', stat: { type: 'directory' }, fop: 'ext4_dir_operations' },
  { kind: 'symlink', link: '/data/link', stat: { type: 'symlink' }, fop: 'empty_fops' },
  { kind: 'fifo', link: '/data/fifo', stat: { type: 'fifo' }, fop: 'pipefifo_fops' },
  {
    kind: 'blockdev',
    link: '/dev/loop0',
    stat: { type: 'block', major: 7 },
    fop: 'def_blk_fops',
    facts: { major: 7 },
  },
  { kind: 'chardev', link: '/dev/null', stat: device(1, 3), fop: 'memory_fops' },
  { kind: 'chardev', link: '/dev/fuse', stat: device(10, 229), fop: 'def_chr_fops' },
  {
    kind: 'tty',
    link: '/dev/ptmx',
    fdinfo: `${fdinfoHead({ flags: '02100002', mntId: 24, ino: '91' })}tty-index:\t4\n`,
    stat: device(5, 2),
    fop: 'tty_fops',
    facts: { ttyRole: 'master', ttyIndex: 4 },
  },
  {
    kind: 'tty',
    link: '/dev/pts/300',
    stat: device(137, 44),
    fop: 'tty_fops',
    facts: { ttyRole: 'slave', ttyIndex: 300 },
  },
  { kind: 'tty', link: '/dev/tty', stat: device(5, 0), fop: 'tty_fops', facts: { ttyRole: 'current' } },
  {
    kind: 'tty',
    link: '/dev/console',
    stat: device(5, 1),
    fop: 'console_fops',
    facts: { ttyRole: 'console' },
  },
  { kind: 'tty', link: '/dev/tty1', stat: device(4, 1), fop: 'tty_fops', facts: { ttyRole: 'virtual' } },
  { kind: 'tty', link: '/dev/ttyS0', stat: device(4, 64), fop: 'tty_fops', facts: { ttyRole: 'serial' } },
  {
    kind: 'mqueue',
    link: '/jobs',
    fdinfo: internal(42, '911299'),
    fop: 'mqueue_file_operations',
    facts: { fsType: 'mqueue' },
  },
  {
    kind: 'pipe',
    link: 'pipe:[404187]',
    fdinfo: fdinfoHead({ flags: '044000', mntId: 16, ino: '404187' }),
    fop: 'pipefifo_fops',
    facts: { packetMode: true, fileType: 'fifo', fsType: 'pipefs', inode: '404187' },
  },
  {
    kind: 'namespace',
    link: 'net:[4026531833]',
    fop: 'ns_file_operations',
    facts: { namespaceType: 'net', inode: '4026531833', fsType: 'nsfs' },
  },
  {
    kind: 'eventfd',
    link: 'anon_inode:[eventfd]',
    fdinfo: anon('eventfd-count:     1ffffffff\neventfd-id: 7\neventfd-semaphore: 1\n'),
    fop: 'eventfd_fops',
    facts: { eventfdCount: '8589934591', eventfdCountOver32Bits: true, eventfdSemaphore: true },
  },
  {
    kind: 'eventpoll',
    link: 'anon_inode:[eventpoll]',
    fdinfo: anon(),
    fop: 'eventpoll_fops',
    facts: { epollTargets: 0 },
  },
  {
    kind: 'timerfd',
    link: 'anon_inode:[timerfd]',
    fdinfo: anon('clockid: 1\nticks: 0\nsettime flags: 00\nit_value: (0, 0)\nit_interval: (0, 0)\n'),
    fop: 'timerfd_fops',
    facts: { clockId: 1 },
  },
  {
    kind: 'signalfd',
    link: 'anon_inode:[signalfd]',
    fdinfo: anon('sigmask:\t0000000000000200\n'),
    fop: 'signalfd_fops',
  },
  {
    kind: 'inotify',
    link: 'anon_inode:inotify',
    fdinfo: anon(`inotify wd:1 ino:3f7e8 sdev:fe00000 mask:100 ignored_mask:0 ${watch}\n`, '00'),
    fop: 'inotify_fops',
    facts: { watches: 1 },
  },
  {
    kind: 'fanotify',
    link: 'anon_inode:[fanotify]',
    fdinfo: anon(
      `fanotify flags:0 event-flags:8000\nfanotify ino:3f7e8 sdev:fe00000 mflags:0 mask:20 ignored_mask:0 ${watch}\n`,
    ),
    fop: 'fanotify_fops',
    facts: { watches: 1 },
  },
  {
    kind: 'pidfd',
    link: 'anon_inode:[pidfd]',
    fdinfo: `${fdinfoHead({ flags: '02000002', mntId: 4, ino: '35819' })}Pid:\t3041\nNSpid:\t3041\n`,
    fop: 'pidfs_file_operations',
    facts: { watchedPid: 3041, pidfdOfThread: false },
  },
  {
    kind: 'io_uring',
    link: 'anon_inode:[io_uring]',
    fdinfo: anon('SqMask:\t0x3\nPollList:\n'),
    fop: 'io_uring_fops',
  },
  {
    kind: 'userfaultfd',
    link: 'anon_inode:[userfaultfd]',
    fdinfo: anon('pending:\t0\n'),
    fop: 'userfaultfd_fops',
  },
  { kind: 'perf_event', link: 'anon_inode:[perf_event]', fdinfo: anon(), fop: 'perf_fops' },
  {
    kind: 'bpf',
    link: 'anon_inode:bpf-map',
    fdinfo: anon('map_type:\t2\nkey_size:\t4\nmap_flags:\t0x80\nmap_id:\t50\n'),
    fop: 'bpf_map_fops',
    facts: { bpfObject: 'bpf-map', bpfMapType: 2, bpfMapFlags: 128 },
  },
  {
    kind: 'bpf',
    link: 'anon_inode:bpf_link',
    fdinfo: anon(),
    fop: 'bpf_link_fops',
    facts: { bpfObject: 'bpf_link' },
  },
  {
    kind: 'anon_inode',
    link: 'anon_inode:[landlock-ruleset]',
    fdinfo: anon(),
    fop: 'landlock-ruleset_fops',
    facts: { anonName: 'landlock-ruleset', fileType: 'none', fsRequiresDevice: false },
  },
  { kind: 'anon_inode', link: 'anon_inode:kvm-vcpu:0', fdinfo: anon(), fop: 'kvm-vcpu:0_fops' },
  {
    kind: 'memfd',
    link: '/memfd:x (deleted)',
    fdinfo: internal(0, '4958'),
    fop: 'shmem_file_operations',
    facts: { deleted: true },
  },
  { kind: 'secretmem', link: '/secretmem (deleted)', fdinfo: internal(15, '404174'), fop: 'secretmem_fops' },
  { kind: 'shmem', link: '/dev/zero (deleted)', fdinfo: internal(0, '12784'), fop: 'shmem_file_operations' },
  {
    kind: 'sysv-shm',
    link: '/SYSV00000000 (deleted)',
    fdinfo: internal(0, '11'),
    fop: 'shm_file_operations',
  },
  { kind: 'aio', link: '/[aio] (deleted)', fdinfo: internal(19, '911336'), fop: 'aio_ring_fops' },
  { kind: 'dma-buf', link: '/dmabuf:cam', fdinfo: internal(18, '77'), fop: 'dma_buf_fops' },
  socket('501', {
    kind: 'tcp',
    protocol: 'TCP',
    facts: {
      socketState: 'LISTEN',
      localAddress: '127.0.0.1:2024',
      remoteAddress: '0.0.0.0:0',
      receiveQueueBytes: 3,
    },
  }),
  socket('502', { kind: 'tcp', protocol: 'TCPv6', facts: { socketState: 'CLOSE' } }),
  socket('503', { kind: 'udp', protocol: 'UDP', facts: { socketState: 'CLOSE', receiveQueueBytes: 5 } }),
  socket('504', { kind: 'raw', protocol: 'RAW', facts: { localAddress: '0.0.0.0:1' } }),
  socket('505', {
    kind: 'unix',
    protocol: 'UNIX-STREAM',
    fdinfo: `${fdinfoHead({ mntId: 10, ino: '505' })}scm_fds: 2\n`,
    facts: {
      socketType: 'stream',
      listening: true,
      socketPath: '/run/my sock',
      inFlightFds: 2,
      socketState: 'unconnected',
    },
  }),
  socket('506', {
    kind: 'unix',
    protocol: 'UNIX',
    facts: { socketType: 'dgram', listening: false, inFlightFds: 0 },
  }),
  socket('510', {
    kind: 'unix',
    protocol: 'UNIX-STREAM',
    facts: { socketPath: 'run/sock', relativePath: true, listening: true },
  }),
  socket('507', {
    kind: 'netlink',
    protocol: 'NETLINK',
    facts: { receiveQueueBytes: 7, portId: 4312, groups: 1 },
  }),
  socket('508', { kind: 'packet', protocol: 'PACKET' }),
  socket('509', {
    kind: 'socket',
    protocol: 'AF_VSOCK',
    facts: { protocol: 'AF_VSOCK', fileType: 'socket' },
  }),
  { kind: 'unknown', link: 'something:else', fop: 'unknown', facts: { fileType: 'none' } },
];

export const statOf = (sample: Sample): Stat => stat(sample.stat);

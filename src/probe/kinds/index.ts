import type { FactType, Vocabulary } from '../../facts.ts';
import type { Kind } from '../kind.ts';
import { aio } from './aio.ts';
import { anonInode } from './anon-inode.ts';
import { blockdev } from './blockdev.ts';
import { bpf } from './bpf.ts';
import { chardev } from './chardev.ts';
import { directory } from './directory.ts';
import { dmaBuf } from './dma-buf.ts';
import { eventfd } from './eventfd.ts';
import { eventpoll } from './eventpoll.ts';
import { fanotify } from './fanotify.ts';
import { fifo } from './fifo.ts';
import { inotify } from './inotify.ts';
import { ioUring } from './io-uring.ts';
import { memfd } from './memfd.ts';
import { mountKind } from './mount.ts';
import { mqueue } from './mqueue.ts';
import { namespace } from './namespace.ts';
import { netlink } from './netlink.ts';
import { networkDevice } from './network-device.ts';
import { packet } from './packet.ts';
import { perfEvent } from './perf-event.ts';
import { pidfd } from './pidfd.ts';
import { pipe } from './pipe.ts';
import { processFacts } from './process.ts';
import { raw } from './raw.ts';
import { regular } from './regular.ts';
import { secretmem } from './secretmem.ts';
import { shmem } from './shmem.ts';
import { signalfd } from './signalfd.ts';
import { socket } from './socket.ts';
import { symlink } from './symlink.ts';
import { sysvShm } from './sysv-shm.ts';
import { tcp } from './tcp.ts';
import { timerfd } from './timerfd.ts';
import { tty } from './tty.ts';
import { udp } from './udp.ts';
import { unix } from './unix.ts';
import { unknown } from './unknown.ts';
import { userfaultfd } from './userfaultfd.ts';

export { unknown } from './unknown.ts';

/** Every kind of file there is. A new kind is a new file and its name here. */
export const kinds: readonly Kind[] = [
  anonInode,
  aio,
  blockdev,
  bpf,
  chardev,
  directory,
  dmaBuf,
  eventfd,
  eventpoll,
  fanotify,
  fifo,
  inotify,
  ioUring,
  memfd,
  mqueue,
  namespace,
  netlink,
  packet,
  perfEvent,
  pidfd,
  pipe,
  raw,
  regular,
  secretmem,
  shmem,
  signalfd,
  socket,
  symlink,
  sysvShm,
  tcp,
  timerfd,
  tty,
  udp,
  unix,
  unknown,
  userfaultfd,
];

/** Facts that any file may have. */
const commonFacts: Readonly<Record<string, FactType>> = {
  fileType: 'string',
  flags: 'list',
  accessMode: 'string',
  offset: 'string',
  mntId: 'number',
  inode: 'string',
  device: 'string',
  major: 'number',
  minor: 'number',
  mode: 'number',
  nlink: 'number',
  sizeBytes: 'number',
  allocatedBytes: 'number',
  deleted: 'boolean',
  fsType: 'string',
  fsRequiresDevice: 'boolean',
  protocol: 'string',
  perms: 'string',
  mappedBytes: 'number',
  deviceMemory: 'boolean',
  mountPoint: 'string',
  securityLabel: 'string',
  epollWatched: 'boolean',
  sharedOutside: 'boolean',
  sharingInferred: 'boolean',
  via: 'string',
  linkTooLong: 'boolean',
  mountIsRoot: 'boolean',
  procOfThread: 'boolean',
  readable: 'boolean',
  fuseForbidden: 'boolean',
  nfsSillyName: 'boolean',
  hugePagesMissing: 'boolean',
  locks: 'list',
  mountKnown: 'boolean',
  mountCovered: 'boolean',
  pathState: 'string',
  fdOpen: 'boolean',
  externalFileKey: 'string',
  externalTtyKey: 'string',
  rootOwnNamespaces: 'list',
};

export const vocabulary: Vocabulary = {
  common: commonFacts,
  kinds: {
    ...Object.fromEntries([...kinds, mountKind, networkDevice].map((kind) => [kind.name, kind.facts])),
    process: processFacts,
  },
};

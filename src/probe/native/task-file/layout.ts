import type { Size } from './assembler.ts';

/** include/uapi/linux/magic.h */
export const SOCKFS_MAGIC = 0x534f434b;
export const ANON_INODE_FS_MAGIC = 0x09041934;
export const EXT4_SUPER_MAGIC = 0xef53;
export const TMPFS_MAGIC = 0x01021994;
/** include/linux/socket.h */
export const AF_UNIX = 1;

/** d_path gives up beyond a page. */
export const TEXT_BYTES = 4096;
/** `sock_alloc_file` gives a socket the name of its `struct proto`. */
export const PROTOCOL_NAME_BYTES = 32;
/** struct sockaddr_un. */
export const UNIX_NAME_BYTES = 110;
export const IN6_BYTES = 16;

/** A member that is copied to eight bytes of the record. */
export type Read = readonly [size: Size, struct: string, path: string];
export type Reads = Readonly<Record<string, Read>>;

export const ofFile = {
  flags: [4, 'file', 'f_flags'],
  position: [8, 'file', 'f_pos'],
  /** Address of the list of those eventpolls that watch it. */
  watchedBy: [8, 'file', 'f_ep'],
} as const satisfies Reads;
export const ofInode = {
  mode: [2, 'inode', 'i_mode'],
  inode: [8, 'inode', 'i_ino'],
  links: [4, 'inode', 'i_nlink'],
  node: [4, 'inode', 'i_rdev'],
  sizeBytes: [8, 'inode', 'i_size'],
  blockBits: [1, 'inode', 'i_blkbits'],
  blocks: [8, 'inode', 'i_blocks'],
  lockContext: [8, 'inode', 'i_flctx'],
} as const satisfies Reads;
export const ofSuperblock = {
  device: [4, 'super_block', 's_dev'],
  magic: [8, 'super_block', 's_magic'],
} as const satisfies Reads;

export const ofSock = {
  family: [2, 'sock', '__sk_common.skc_family'],
  state: [1, 'sock', '__sk_common.skc_state'],
  boundDevice: [4, 'sock', '__sk_common.skc_bound_dev_if'],
  cookie: [8, 'sock', '__sk_common.skc_cookie'],
  remotePort: [2, 'sock', '__sk_common.skc_dport'],
  remoteAddress: [4, 'sock', '__sk_common.skc_daddr'],
  boundAddress: [4, 'sock', '__sk_common.skc_rcv_saddr'],
  type: [2, 'sock', 'sk_type'],
  protocol: [2, 'sock', 'sk_protocol'],
  error: [4, 'sock', 'sk_err'],
  shutdown: [1, 'sock', 'sk_shutdown'],
  received: [4, 'sock', 'sk_receive_queue.qlen'],
  errors: [4, 'sock', 'sk_error_queue.qlen'],
  sendBufferBytes: [4, 'sock', 'sk_sndbuf'],
  receiveMemory: [4, 'sock', 'sk_backlog.rmem_alloc.counter'],
  sendMemory: [4, 'sock', 'sk_wmem_alloc.refs.counter'],
  waiting: [4, 'sock', 'sk_ack_backlog'],
  filter: [8, 'sock', 'sk_filter'],
  userData: [8, 'sock', 'sk_user_data'],
} as const satisfies Reads;
export const ofInet = {
  ownAddress: [4, 'inet_sock', 'inet_saddr'],
  ownPort: [2, 'inet_sock', 'inet_sport'],
} as const satisfies Reads;
export const ofUnix = {
  boundDentry: [8, 'unix_sock', 'path.dentry'],
  fdsInFlight: [4, 'unix_sock', 'scm_stat.nr_fds.counter'],
} as const satisfies Reads;

/** Of `private_data` of an eventfd. */
export const ofEvent = {
  eventCount: [8, 'eventfd_ctx', 'count'],
  eventFlags: [4, 'eventfd_ctx', 'flags'],
  eventId: [4, 'eventfd_ctx', 'id'],
} as const satisfies Reads;

/** Those that are made in other ways than by copying a member, in bytes. */
const others = {
  fd: 8,
  /** Not 0: it is an eventpoll, and has the part of one. */
  eventpoll: 8,
  /** Of the text, with the NUL at its end. */
  textBytes: 8,
  /** Address of the description. */
  description: 8,
  /** Address of its f_op. */
  operations: 8,
  showsFdinfo: 8,
  ownGetattr: 8,
  mntId: 8,
  closeOnExec: 8,
  /** Not 0: stat(2) may count other blocks than the inode does. */
  unsettled: 8,
} as const;
/** Of the root of the tree of an eventpoll, and what that watches: `eventpoll-program.ts`. */
const ofEventpoll = {
  entry: 8,
  firstEntry: 8,
  left: 8,
  right: 8,
  targetFd: 8,
  events: 8,
  data: 8,
  /** Address of the description that is watched. */
  target: 8,
  targetPosition: 8,
  targetInode: 8,
  targetDevice: 8,
  leftThen: 8,
  rightThen: 8,
  firstEntryThen: 8,
  entryThen: 8,
} as const;
const othersOfSocket = { sock: 8, netNs: 8, protocolName: PROTOCOL_NAME_BYTES } as const;
const othersOfInet = {
  corked: 8,
  boundAddress6: IN6_BYTES,
  ownAddress6: IN6_BYTES,
  remoteAddress6: IN6_BYTES,
} as const;
const othersOfUnix = {
  passes: 8,
  timestamps: 8,
  peer: 8,
  nameBytes: 8,
  name: UNIX_NAME_BYTES,
  peerNameBytes: 8,
  peerName: UNIX_NAME_BYTES,
} as const;

/** A part of a record: where it begins and ends. */
export type Part = readonly [start: number, end: number];

/**
 * Where each value is. A record has what is of a file; then of an anonymous inode the part of an eventpoll or else that of
 * an eventfd, of a socket that of sockets and that of its family; then the text of its link. Parts of which there is but
 * one begin at the same place.
 */
export interface Layout {
  readonly at: Readonly<Record<Value, number>>;
  readonly file: Part;
  readonly event: Part;
  readonly eventpoll: Part;
  readonly socket: Part;
  readonly inet: Part;
  readonly unix: Part;
  readonly text: Part;
}

export type Value =
  | keyof (typeof others & typeof ofFile & typeof ofInode & typeof ofSuperblock)
  | keyof typeof ofEvent
  | keyof typeof ofEventpoll
  | keyof (typeof othersOfSocket & typeof ofSock)
  | keyof (typeof othersOfInet & typeof ofInet)
  | keyof (typeof othersOfUnix & typeof ofUnix);

export const layout: Layout = createLayout();

function createLayout(): Layout {
  const at: Record<string, number> = {};
  let length = 0;
  const part = (start: number, sizes: Readonly<Record<string, number>>, reads: Reads): Part => {
    length = start;
    for (const [name, bytes] of Object.entries(sizes)) {
      at[name] = length;
      length += (bytes + 7) & ~7;
    }
    for (const name of Object.keys(reads)) {
      at[name] = length;
      length += 8;
    }
    return [start, length];
  };
  const file = part(0, others, { ...ofFile, ...ofInode, ...ofSuperblock });
  const event = part(file[1], {}, ofEvent);
  const eventpoll = part(file[1], ofEventpoll, {});
  const socket = part(file[1], othersOfSocket, ofSock);
  const inet = part(socket[1], othersOfInet, ofInet);
  const unix = part(socket[1], othersOfUnix, ofUnix);
  const end = Math.max(event[1], eventpoll[1], inet[1], unix[1]);
  const text = [end, end + TEXT_BYTES] as const;
  return { at: at as Layout['at'], file, event, eventpoll, socket, inet, unix, text };
}

import type { CachedStat, Failure, Proc } from '../proc.ts';
import type { Ahead } from './ahead.ts';

/**
 * What node:fs cannot do. Each call is a few system calls, takes microseconds and leaves nothing behind: every
 * descriptor is closed before it returns. Nothing throws for an errno, but one: see `NamespaceLost`.
 */
export interface Native {
  /** The same reads as those of `fallback`, faster. */
  proc(fallback: Proc, ahead?: Ahead): Proc;
  /**
   * From now on the open files of a process are read by the kernel's iterator over them, where that is to be had: the same
   * answers for a fraction of the system calls. Why not, undefined where so. `fallback` as that of `proc`.
   */
  iterateFiles(fallback: Proc): string | undefined;
  /** Fds of all eventpolls of the node, once files are iterated; undefined where they have to be looked for. */
  eventpollFds(): readonly { readonly pid: number; readonly fd: number }[] | undefined;
  /** getxattr(`system.sockprotoname`): the name of the protocol of a socket, e.g. `TCP`, `MPTCP`, `UNIX-STREAM`. */
  socketProtocol(path: string): string | Failure;
  /** statx(AT_STATX_DONT_SYNC): what the kernel has in memory, without asking a server. */
  statCached(path: string): CachedStat | Failure;
  /** kcmp(2), of processes or threads. `file` needs both fds; ENOENT where one is not open. */
  kcmp(type: KcmpType, pidA: number, pidB: number, fdA?: number, fdB?: number): KcmpOrder | Failure;
  /** kcmp(KCMP_EPOLL_TFD): whether `fd` of `pid` is what `epollFd` watches as `tfd`, its `offset`th entry so named. */
  epollTarget(
    pid: number,
    fd: number,
    epollPid: number,
    epollFd: number,
    tfd: number,
    offset: number,
  ): boolean | Failure;
  /**
   * Through a duplicate (pidfd_getfd(2)) held for some microseconds. Ask at once after its link was read: closing the
   * duplicate of another file can flush it, and wait for its server. ENOENT: it is no socket any more, or another than
   * that with this inode.
   */
  socketOptions(pid: number, fd: number, inode?: string): SocketOptions | Failure;
  /** O_… of the open file description, through such a duplicate: of a pipe, whose closing waits for nothing. */
  fdFlags(pid: number, fd: number): number | Failure;
  /** Duplicates taken of the process meanwhile are had through one pidfd. */
  holding<T>(pid: number, act: () => T): T;
  /**
   * sock_diag(7) in the network namespace of a file such as `/proc/4312/ns/net`, by inode. EPROTONOSUPPORT where the
   * kernel lacks the module for the family; ETIMEDOUT after a second without answer.
   */
  unixSockets(netNs: string, inodes?: UnixQuestion): ReadonlyMap<string, UnixSocketDiag> | Failure;
  netlinkSockets(netNs: string): ReadonlyMap<string, NetlinkSocketDiag> | Failure;
  packetSockets(netNs: string): ReadonlyMap<string, PacketSocketDiag> | Failure;
  /** rtnetlink(7): the network devices of a namespace. */
  links(netNs: string): readonly NetworkLink[] | Failure;
  /**
   * open_by_handle_at(2), O_PATH: where the file with this handle is. ESTALE: no such file, ENOTDIR: the mount is of
   * one file. May hang on a network or FUSE filesystem.
   */
  openByHandle(mountPath: string, handleType: number, handleHex: string): { readonly path: string } | Failure;
  /** Runs something that reads procfs in the cgroup namespace of a file such as `/proc/4312/ns/cgroup`; setns(2). */
  inCgroupNs<T>(path: string, act: () => T): T | Failure;
  /** NS_GET_USERNS: inode of the user namespace that owns the namespace. EPERM where that is above our own. */
  namespaceOwner(path: string): string | Failure;
  /** NS_GET_OWNER_UID: who made that user namespace, and has every capability in it from outside. */
  userNamespaceUid(path: string): number | Failure;
}

export type KcmpType = 'file' | 'vm' | 'files' | 'fs' | 'sighand';

/** 0 the same; 1 before, 2 after, in an order that holds until reboot; 3 different, without order. */
export type KcmpOrder = 0 | 1 | 2 | 3;

export interface SocketOptions {
  /** As `socketProtocol` names it; undefined where the kernel does not. */
  readonly protocolName: string | undefined;
  /** AF_… */
  readonly domain: number;
  /** SOCK_… */
  readonly type: number;
  /** IPPROTO_… */
  readonly protocol: number;
  /** SO_ACCEPTCONN */
  readonly listening: boolean;
  /** UDP_CORK; undefined where it is not UDP. */
  readonly corked: boolean | undefined;
  /** SO_PEERNAME succeeds: it is connected, or was (where getpeername(2) no more tells). Of netlink always. */
  readonly hasPeer: boolean;
  /** Of a unix socket: what it receives carries control data, for SO_PASSCRED, SO_PASSPIDFD, SO_PASSSEC or SO_TIMESTAMP. */
  readonly passControl: boolean;
  /** The attached filter is eBPF, which cannot be read back. */
  readonly ebpfFilter: boolean;
  /** SO_BINDTODEVICE to a device that is gone. */
  readonly boundDeviceGone: boolean;
  /** SO_SNDBUF, of a unix socket. */
  readonly sendBufferBytes: number | undefined;
  /** O_… of the open file description: fcntl(2) F_GETFL. */
  readonly flags: number;
  /** SIOCGSKNS; null where the kernel does not say (it needs CAP_NET_ADMIN in that namespace). */
  readonly netNsInode: string | null;
  /** Of an internet socket. */
  readonly inet: InetState | undefined;
  readonly unix: UnixState | undefined;
}

/** What a unix socket says of itself. */
export interface UnixState {
  /** Something waits to be read or accepted, or will never come: poll(2). */
  readonly readable: boolean;
  /** SIOCINQ, as `receiveQueue` of `UnixSocketDiag`. */
  readonly queuedBytes: number | undefined;
  /** It was shut down both ways, or has an error; a connected one always when its peer is closed. */
  readonly hungUp: boolean;
  /** As in `UnixSocketDiag`, '' where it has none; undefined where that could not be asked. */
  readonly name: string | undefined;
  /** The same of its peer; undefined also where it has none. */
  readonly peerName: string | undefined;
  /** SO_COOKIE: no other socket has it. */
  readonly cookie: string | undefined;
  /** Where the file it is bound to really is (SIOCUNIXFILE), as `latin1`. */
  readonly boundPath: string | undefined;
}

export interface InetState {
  /** TCP_… of include/net/tcp_states.h; of UDP and raw ones 1 connected, 7 not. */
  readonly state: number;
  /** Bytes of memory (not of data); of a listening one, connections that wait to be accepted. */
  readonly receiveQueue: number;
  readonly sendQueue: number;
  /** `127.0.0.1:80`; '' where it has none. */
  readonly local: string;
  readonly remote: string;
}

export interface UnixSocketDiag {
  /** As SO_COOKIE. */
  readonly cookie?: string;
  /** SOCK_… */
  readonly type: number;
  /** TCP_… of include/net/tcp_states.h: 1 established, 7 close (unconnected), 10 listening. */
  readonly state: number;
  /** Inode; undefined where it has no peer, `0` where no file holds the peer (closed, or not accepted yet). */
  readonly peer: string | undefined;
  /** Of a listening one: inodes of the clients whose connections wait to be accepted; `0` for a closed one. */
  readonly pending: readonly string[];
  /** Bytes, of `dgram` those of the first message; of a listening one, waiting connections. */
  readonly receiveQueue: number;
  /** Memory taken by what the peer has not read; of a listening one, the backlog. */
  readonly sendQueue: number;
  /** RCV_SHUTDOWN 1, SEND_SHUTDOWN 2. */
  readonly shutdown: number;
  /** Bytes as `latin1`; of the abstract namespace when it begins with NUL. */
  readonly name?: string;
}

/** Inodes to ask for, one after the other: `known` is what has been answered so far. */
export type UnixQuestion = (known: ReadonlyMap<string, UnixSocketDiag>) => Iterable<string>;

export interface NetlinkSocketDiag {
  /** NETLINK_… */
  readonly protocol: number;
  readonly portId: number;
  /** Member of a group past the 32nd, which bind(2) cannot name. */
  readonly groupsAbove32: boolean;
  /** Size of the group bitmap; 0 where none is told. */
  readonly groupCountBits: number;
  /** Member of any group. */
  readonly hasGroups: boolean;
}

export interface PacketSocketDiag {
  readonly memberships: readonly {
    /** Of the device. */
    readonly index: number;
    readonly count: number;
    /** PACKET_MR_… */
    readonly type: number;
  }[];
  readonly hasRing: boolean;
}

export interface NetworkLink {
  readonly index: number;
  readonly name: string;
  /** IFLA_INFO_KIND: `veth`, `bridge`, `tun`, …; empty where the driver names none, as of `lo` and hardware. */
  readonly kind: string;
  readonly hasKind: boolean;
  /** ARPHRD_… */
  readonly type: number;
}

/** Thrown when this thread could not return to its own network namespace: the process must end. */
export class NamespaceLost extends Error {
  override readonly name = 'NamespaceLost';
}

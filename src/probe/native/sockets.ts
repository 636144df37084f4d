import { readFileSync } from 'node:fs';
import { type Failure, failed } from '../proc.ts';
import { inetReader } from './inet-state.ts';
import { relatedInode } from './namespace.ts';
import type { InetState, Native, SocketOptions } from './native.ts';
import { IFNAMSIZ, type OptionReader, optionReader, SO, SOL_SOCKET } from './socket-option.ts';
import type { System } from './system.ts';
import { unixState } from './unix-state.ts';

/** include/linux/socket.h, include/uapi/asm-generic/socket.h (x86 and arm64 use the generic one) */
const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
/** include/net/tcp_states.h */
const TCP_LISTEN = 10;
/** SO_TIMESTAMP, SO_TIMESTAMPNS, and either with 64 bits. Of SO_TIMESTAMPING nothing arrives on a unix socket. */
const timestamps = [29, 35, 63] as const;
/** include/uapi/linux/udp.h */
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
const IPPROTO_UDPLITE = 136;
const UDP_CORK = 1;
/** include/uapi/linux/sockios.h */
const SIOCGSKNS = 0x894c;

const protocolNameAttribute = Buffer.from('system.sockprotoname\0');

export function socketCalls(
  system: System,
): Pick<Native, 'socketProtocol' | 'socketOptions' | 'fdFlags' | 'holding'> {
  const { pidfdOpen, pidfdGetfd } = system.numbers;
  const name = Buffer.alloc(64);
  const ask = optionReader(system);
  const labels = hasSocketLabels();
  const inet = inetReader(system);
  const netNs = netNsReader(system, ask);
  const protocolOf = (length: number) =>
    length < 0 ? undefined : name.toString('latin1', 0, length).replace(/\0.*$/, '');

  let held: { readonly pid: number; readonly pidfd: number } | undefined;

  function duplicate(pid: number, fd: number): number | Failure {
    const pidfd = held?.pid === pid ? held.pidfd : system.call(pidfdOpen, pid, 0);
    if (pidfd < 0) return system.failure();
    const own = system.call(pidfdGetfd, pidfd, fd, 0);
    const failure = own < 0 ? system.failure() : undefined;
    if (pidfd !== held?.pidfd) system.close(pidfd);
    if (failure === undefined) return own;
    return failure.errno === 'EBADF' ? { errno: 'ENOENT' } : failure;
  }

  return {
    holding: (pid, act) => {
      const pidfd = held === undefined ? system.call(pidfdOpen, pid, 0) : -1;
      if (pidfd < 0) return act();
      held = { pid, pidfd };
      try {
        return act();
      } finally {
        held = undefined;
        system.close(pidfd);
      }
    },
    fdFlags: (pid, fd) => {
      const own = duplicate(pid, fd);
      if (typeof own !== 'number') return own;
      const flags = system.flags(own);
      const answer = flags < 0 ? system.failure() : flags;
      system.close(own);
      return answer;
    },
    socketProtocol: (path) => {
      const length = system.getxattr(path, protocolNameAttribute, name);
      return protocolOf(length) ?? system.failure();
    },
    socketOptions: (pid, fd, inode) => {
      const own = duplicate(pid, fd);
      if (typeof own !== 'number') return own;
      try {
        if (inode !== undefined && system.inodeOf(own) !== inode) return { errno: 'ENOENT' };
        const protocolName = protocolOf(system.fgetxattr(own, protocolNameAttribute, name));
        const identity = impliedBy[protocolName ?? ''] ?? readIdentity(own, ask);
        if (failed(identity)) return identity;
        return readOptions(own, protocolName, identity, system, ask, labels, inet, netNs);
      } finally {
        system.close(own);
      }
    },
  };
}

type Identity = Pick<SocketOptions, 'domain' | 'type' | 'protocol'>;

/** What has a name of its own need not be asked what it is: inet_protosw and inetsw_array of the kernel. */
const impliedBy: Readonly<Record<string, Identity>> = {
  TCP: { domain: AF_INET, type: SOCK_STREAM, protocol: IPPROTO_TCP },
  TCPv6: { domain: AF_INET6, type: SOCK_STREAM, protocol: IPPROTO_TCP },
  UDP: { domain: AF_INET, type: SOCK_DGRAM, protocol: IPPROTO_UDP },
  UDPv6: { domain: AF_INET6, type: SOCK_DGRAM, protocol: IPPROTO_UDP },
  'UNIX-STREAM': { domain: AF_UNIX, type: SOCK_STREAM, protocol: 0 },
};

function readIdentity(fd: number, ask: OptionReader): Identity | Failure {
  const domain = ask.number(fd, SOL_SOCKET, SO.domain);
  if (failed(domain)) return domain.errno === 'ENOTSOCK' ? { errno: 'ENOENT' } : domain; // replaced meanwhile
  const type = ask.number(fd, SOL_SOCKET, SO.type);
  if (failed(type)) return type;
  const protocol = ask.number(fd, SOL_SOCKET, SO.protocol);
  return failed(protocol) ? protocol : { domain, type, protocol };
}

function readOptions(
  fd: number,
  protocolName: string | undefined,
  { domain, type, protocol }: Identity,
  system: System,
  ask: OptionReader,
  labels: boolean,
  inet: ReturnType<typeof inetReader>,
  netNs: (fd: number) => string | null,
): SocketOptions {
  const flag = (option: number) => isOn(ask.number(fd, SOL_SOCKET, option));
  const inetState = isInet(domain) ? inet(fd, protocol === IPPROTO_TCP) : undefined;
  const unix = domain === AF_UNIX ? unixState(system, ask, fd) : undefined;
  const sendBufferBytes = unix === undefined ? undefined : ask.number(fd, SOL_SOCKET, SO.sendBuffer);
  return {
    protocolName,
    domain,
    type,
    protocol,
    listening:
      inetState === undefined || protocol !== IPPROTO_TCP
        ? type !== SOCK_DGRAM && flag(SO.acceptConnections)
        : inetState.state === TCP_LISTEN,
    corked: isUdp(domain, type, protocol) ? isOn(ask.number(fd, IPPROTO_UDP, UDP_CORK)) : undefined,
    hasPeer: hasPeer(fd, protocol, inetState, ask),
    passControl: domain === AF_UNIX && passesControl(flag, type, labels),
    ebpfFilter: ask.errno(fd, SO.getFilter, 0) === 'EACCES',
    boundDeviceGone: ask.errno(fd, SO.bindToDevice, IFNAMSIZ) === 'ENODEV',
    sendBufferBytes: typeof sendBufferBytes === 'number' ? sendBufferBytes : undefined,
    flags: system.flags(fd),
    netNsInode: netNs(fd),
    unix,
    inet: inetState,
  };
}

/** Unlike getpeername(2), SO_PEERNAME also knows the peer of a connection that is closed. */
function hasPeer(fd: number, protocol: number, inet: InetState | undefined, ask: OptionReader): boolean {
  if (inet !== undefined && inet.remote !== '') return true;
  if (inet !== undefined && (protocol === IPPROTO_UDP || inet.state === TCP_LISTEN)) return false;
  return ask.errno(fd, SO.peerName, 2) === undefined;
}

/** The namespace of a socket: asked for once for each cookie (SO_NETNS_COOKIE, Linux 5.14), which no two ever share. */
function netNsReader(system: System, ask: OptionReader): (fd: number) => string | null {
  const known = new Map<string, string>();
  return (fd) => {
    const cookie = ask.number64(fd, SO.netNsCookie);
    const found = cookie === undefined ? undefined : known.get(cookie);
    if (found !== undefined) return found;
    const inode = relatedInode(system, fd, SIOCGSKNS);
    if (failed(inode)) return null;
    if (known.size >= maxKnownNamespaces) known.clear();
    if (cookie !== undefined) known.set(cookie, inode);
    return inode;
  };
}

const maxKnownNamespaces = 4096;

const isOn = (value: number | Failure): boolean => !failed(value) && value !== 0;

/** SO_INQ of Linux 6.17 also does, and cannot be asked for. */
const passesControl = (flag: (option: number) => boolean, type: number, labels: boolean): boolean =>
  flag(SO.passCredentials) ||
  flag(SO.passPidfd) ||
  (labels && flag(SO.passSecurity)) ||
  (type !== SOCK_STREAM && timestamps.some(flag));

const isInet = (domain: number): boolean => domain === AF_INET || domain === AF_INET6;

const isUdp = (domain: number, type: number, protocol: number): boolean =>
  isInet(domain) && type === SOCK_DGRAM && (protocol === IPPROTO_UDP || protocol === IPPROTO_UDPLITE);

/** Whether messages have a security label that SO_PASSSEC would pass on: SELinux and Smack have. */
function hasSocketLabels(): boolean {
  try {
    return /\t(selinuxfs|smackfs)$/m.test(readFileSync('/proc/filesystems', 'latin1'));
  } catch {
    return true;
  }
}

import { cookieText, unixName } from '../diag.ts';
import { addressOf } from '../inet-state.ts';
import type { InetState, SocketOptions, UnixState } from '../native.ts';
import { AF_UNIX, IN6_BYTES, layout, PROTOCOL_NAME_BYTES, UNIX_NAME_BYTES } from './layout.ts';
import { areZero, type FileRecord, flagsOf, infoOf, isZero, low } from './record.ts';

/** include/linux/socket.h, include/linux/net.h, include/uapi/linux/in.h */
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
/** include/net/tcp_states.h */
const ESTABLISHED = 1;
const SYN_SENT = 2;
const CLOSE = 7;
const LISTEN = 10;

const { at } = layout;

/**
 * Whether the socket has nothing about it that would have to be looked into: no filter, no data of a unix socket, no
 * option that changes what it receives. Else it is to be asked.
 */
export function isQuiet(record: FileRecord): boolean {
  if (isZero(record, at.sock) || !areZero(record, special)) return false;
  const domain = low(record, at.family);
  // it has a cookie from when it is asked for it
  if (domain === AF_UNIX) return !isZero(record, at.cookie) && areZero(record, specialOfUnix);
  if (domain !== AF_INET && domain !== AF_INET6) return false;
  return isTcp(record) || (isUdp(record) && isZero(record, at.corked));
}

const special = [at.filter, at.boundDevice, at.userData];
const specialOfUnix = [
  ...[at.received, at.errors, at.error, at.shutdown, at.fdsInFlight, at.boundDentry],
  ...[at.passes, at.timestamps],
];

const isTcp = (record: FileRecord): boolean =>
  low(record, at.type) === SOCK_STREAM && low(record, at.protocol) === IPPROTO_TCP;
const isUdp = (record: FileRecord): boolean =>
  low(record, at.type) === SOCK_DGRAM && low(record, at.protocol) === IPPROTO_UDP;

/** As getxattr(2) of `system.sockprotoname` gives it: sockfs_xattr_get() in net/socket.c. */
export const protocolNameOf = (record: FileRecord): string =>
  textAt(record, at.protocolName, PROTOCOL_NAME_BYTES).replace(/\0.*$/s, '');

/** The answers of getsockopt(2) and the like of a quiet one. */
export function socketOptionsOf(record: FileRecord): SocketOptions {
  const domain = low(record, at.family);
  const type = low(record, at.type);
  const isUnix = domain === AF_UNIX;
  const inet = isUnix ? undefined : inetState(record, domain, isTcp(record));
  const listening = low(record, at.state) === LISTEN && type !== SOCK_DGRAM;
  return {
    protocolName: protocolNameOf(record),
    domain,
    type,
    protocol: low(record, at.protocol),
    listening,
    corked: isUnix || type !== SOCK_DGRAM ? undefined : false,
    hasPeer:
      inet === undefined
        ? !isZero(record, at.peer)
        : inet.remote !== '' || (type === SOCK_STREAM && !listening && !isZero(record, at.remotePort)),
    passControl: false,
    ebpfFilter: false,
    boundDeviceGone: false,
    sendBufferBytes: isUnix ? low(record, at.sendBufferBytes) | 0 : undefined,
    flags: flagsOf(record),
    netNsInode: String(low(record, at.netNs)),
    unix: isUnix ? unixState(record, type) : undefined,
    inet,
  };
}

/** fdinfo of such a socket: unix_show_fdinfo() adds how many fds are on their way to it. */
export const socketInfoOf = (record: FileRecord): string =>
  low(record, at.family) === AF_UNIX ? `${infoOf(record)}scm_fds: 0\n` : infoOf(record);

/** unix_poll(), unix_dgram_poll(), unix_getname() and unix_inq_len() in net/unix/af_unix.c, of one without anything to read. */
function unixState(record: FileRecord, type: number): UnixState {
  const state = low(record, at.state);
  const hungUp = type !== SOCK_DGRAM && state === CLOSE;
  return {
    readable: hungUp,
    hungUp,
    queuedBytes: state === LISTEN ? undefined : 0,
    cookie: cookieText(low(record, at.cookie), low(record, at.cookie + 4)),
    name: unixNameAt(record, at.nameBytes, at.name),
    peerName: isZero(record, at.peer) ? undefined : unixNameAt(record, at.peerNameBytes, at.peerName),
    boundPath: undefined,
  };
}

function unixNameAt(record: FileRecord, length: number, place: number): string {
  const bytes = Math.min(low(record, length), UNIX_NAME_BYTES);
  return unixName(textAt(record, place, bytes).slice(2)); // after the family
}

/** tcp_get_info(), inet_getname() and inet6_getname(), sk_get_meminfo() in net/core/sock.c. */
function inetState(record: FileRecord, domain: number, isTcp: boolean): InetState {
  const own = low(record, at.state);
  const listening = isTcp && own === LISTEN;
  const connected = !isZero(record, at.remotePort) && own !== CLOSE && own !== SYN_SENT;
  const remote = !listening && connected ? remoteName(record, domain) : '';
  return {
    state: isTcp ? own : remote === '' ? CLOSE : ESTABLISHED,
    receiveQueue: listening ? low(record, at.waiting) : low(record, at.receiveMemory),
    sendQueue: listening ? 0 : low(record, at.sendMemory) - 1, // a reference of its own counts as one
    local: ownName(record, domain),
    remote,
  };
}

function remoteName(record: FileRecord, domain: number): string {
  const address =
    domain === AF_INET ? bytesAt(record, at.remoteAddress, 4) : bytesAt(record, at.remoteAddress6, IN6_BYTES);
  return nameOf(domain, bytesAt(record, at.remotePort, 2), address);
}

function ownName(record: FileRecord, domain: number): string {
  const isV4 = domain === AF_INET;
  const length = isV4 ? 4 : IN6_BYTES;
  const bound = bytesAt(record, isV4 ? at.boundAddress : at.boundAddress6, length);
  const any = bound.every((byte) => byte === 0);
  const address = any ? bytesAt(record, isV4 ? at.ownAddress : at.ownAddress6, length) : bound;
  return nameOf(domain, bytesAt(record, at.ownPort, 2), address);
}

/** struct sockaddr_in, struct sockaddr_in6 */
function nameOf(domain: number, port: Buffer, address: Buffer): string {
  const name = Buffer.alloc(domain === AF_INET ? 16 : 28);
  name.writeUInt16LE(domain, 0);
  port.copy(name, 2);
  address.copy(name, domain === AF_INET ? 4 : 8);
  return addressOf(name);
}

const bytesAt = ({ buffer, start }: FileRecord, place: number, length: number): Buffer =>
  buffer.subarray(start + place, start + place + length);
const textAt = (record: FileRecord, place: number, length: number): string =>
  bytesAt(record, place, length).toString('latin1');

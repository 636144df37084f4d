import { failed } from '../proc.ts';
import type { InetState } from './native.ts';
import type { System } from './system.ts';

/** include/uapi/linux/in.h, tcp.h; include/uapi/asm-generic/socket.h */
const IPPROTO_TCP = 6;
const TCP_INFO = 11;
const SOL_SOCKET = 1;
const SO_MEMINFO = 55;
const AF_INET = 2;
/** include/net/tcp_states.h */
const ESTABLISHED = 1;
const CLOSE = 7;
const LISTEN = 10;
/** struct tcp_info: tcpi_state, and tcpi_unacked, which of a listening socket is its accept queue. */
const INFO_UNACKED = 24;
/** SK_MEMINFO_RMEM_ALLOC, SK_MEMINFO_WMEM_ALLOC, 32 bits each. */
const MEMORY_RECEIVE = 0;
const MEMORY_SEND = 8;

/** State, queues and addresses of an internet socket, as /proc/net would list them, without reading those tables. */
export function inetReader(system: System): (fd: number, isTcp: boolean) => InetState | undefined {
  const info = Buffer.alloc(104);
  const memory = Buffer.alloc(64);
  const length = Buffer.alloc(4);
  const ask = (fd: number, level: number, option: number, value: Buffer): boolean => {
    length.writeUInt32LE(value.length);
    value.fill(0);
    return system.getOption(fd, level, option, value, length) >= 0;
  };
  return (fd, isTcp) => {
    if (isTcp && !ask(fd, IPPROTO_TCP, TCP_INFO, info)) return undefined;
    if (!ask(fd, SOL_SOCKET, SO_MEMINFO, memory)) return undefined;
    const listening = isTcp && info.readUInt8(0) === LISTEN;
    const remote = listening ? '' : addressOf(system.socketName(fd, 'peer'));
    const state = isTcp ? info.readUInt8(0) : remote === '' ? CLOSE : ESTABLISHED;
    return {
      state,
      receiveQueue: listening ? info.readUInt32LE(INFO_UNACKED) : memory.readUInt32LE(MEMORY_RECEIVE),
      sendQueue: listening ? 0 : memory.readUInt32LE(MEMORY_SEND),
      local: addressOf(system.socketName(fd, 'own')),
      remote,
    };
  };
}

/** `127.0.0.1:80`, `[::1]:80` of a sockaddr_in or sockaddr_in6; '' where there is none. */
export function addressOf(name: Buffer | { readonly errno: string }): string {
  if (failed(name) || !Buffer.isBuffer(name) || name.length < 8) return '';
  const port = name.readUInt16BE(2);
  if (name.readUInt16LE(0) === AF_INET) return `${dotted(name, 4)}:${port}`;
  if (name.length < 24) return '';
  const address = name.subarray(8, 24);
  const mapped = address.subarray(0, 12).equals(mappedPrefix);
  if (mapped) return `[::ffff:${dotted(address, 12)}]:${port}`;
  const groups = Array.from({ length: 8 }, (_, i) => address.readUInt16BE(i * 2).toString(16));
  return `${new URL(`http://[${groups.join(':')}]/`).hostname}:${port}`;
}

const dotted = (bytes: Buffer, at: number): string =>
  `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;

const mappedPrefix = Buffer.from('00000000000000000000ffff', 'hex');

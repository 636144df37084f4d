import { splitFields } from './fields.ts';
import { isDecimal, parseDecimal, parseHex } from './number.ts';
import { parseTable, type Table } from './table.ts';

export interface InetSocket {
  /** `127.0.0.1:80`, `[::1]:80`. For raw sockets the port is the protocol. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** TCP_* of include/net/tcp_states.h: 1 established, 7 closed (udp: unconnected), 10 listening. */
  readonly state: number;
  /** Bytes. */
  readonly txQueue: number;
  /** Bytes; of a listening TCP socket, connections not yet accepted. */
  readonly rxQueue: number;
  readonly uid: number;
  /** `0`: no file (not yet accepted, time-wait). */
  readonly inode: string;
}

export type Endianness = 'LE' | 'BE';

function ipv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** RFC 5952: lower case, the longest run (the first of equals) of two or more zero groups as `::`, mapped IPv4 dotted. */
function ipv6(words: readonly [number, number, number, number]): string {
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return `::ffff:${ipv4(words[3])}`;
  const group = (at: number) => ((words[at >> 1] ?? 0) >>> (at % 2 === 0 ? 16 : 0)) & 0xffff;
  let zeros = 0;
  let longest = 1;
  let gapEnd = 0;
  for (let at = 0; at < 8; at++) {
    zeros = group(at) === 0 ? zeros + 1 : 0;
    if (zeros > longest) {
      longest = zeros;
      gapEnd = at + 1;
    }
  }
  const gapStart = gapEnd === 0 ? 8 : gapEnd - longest;
  let out = '';
  for (let at = 0; at < gapStart; at++)
    out += at === 0 ? group(at).toString(16) : `:${group(at).toString(16)}`;
  if (gapEnd === 0) return out;
  out += '::';
  for (let at = gapEnd; at < 8; at++)
    out += at === gapEnd ? group(at).toString(16) : `:${group(at).toString(16)}`;
  return out;
}

/** The word's 32 bits in network order. */
function wordAt(text: string, at: number, endianness: Endianness): number | undefined {
  const word = parseHex(text, at, at + 8);
  if (word === undefined || endianness === 'BE') return word;
  return ((word << 24) | ((word << 8) & 0xff0000) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

function parseAddress(text: string, endianness: Endianness): string | undefined {
  const colon = text.indexOf(':');
  const port = parseHex(text, colon + 1);
  const first = wordAt(text, 0, endianness);
  if (port === undefined || port > 0xffff || first === undefined) return undefined;
  if (colon === 8) return `${ipv4(first)}:${port}`;
  const second = wordAt(text, 8, endianness);
  const third = wordAt(text, 16, endianness);
  const fourth = wordAt(text, 24, endianness);
  if (colon !== 32 || second === undefined || third === undefined || fourth === undefined) return undefined;
  return `[${ipv6([first, second, third, fourth])}]:${port}`;
}

function parseRow(line: string, endianness: Endianness): InetSocket | undefined {
  const fields = splitFields(line, 10);
  if (fields === undefined) return undefined;
  const [, local = '', remote = '', st = '', queues = '', , , uidText = '', , inode = ''] = fields;
  const localAddress = parseAddress(local, endianness);
  const remoteAddress = parseAddress(remote, endianness);
  const state = parseHex(st);
  const colon = queues.indexOf(':');
  const txQueue = parseHex(queues, 0, colon);
  const rxQueue = parseHex(queues, colon + 1);
  const uid = parseDecimal(uidText);
  if (localAddress === undefined || remoteAddress === undefined || state === undefined) return undefined;
  if (txQueue === undefined || rxQueue === undefined || uid === undefined || !isDecimal(inode))
    return undefined;
  return { localAddress, remoteAddress, state, txQueue, rxQueue, uid, inode };
}

/**
 * /proc/PID/net/{tcp,tcp6,udp,udp6,udplite,udplite6,raw,raw6,icmp,icmp6}: proc(5), get_tcp4_sock() in net/ipv4/tcp_ipv4.c and its
 * siblings, after one line of titles:
 * `   1: 0100007F:1F91 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 9455 2 …`.
 * Addresses are network-order memory printed as host-endian 32-bit hexadecimal words, so the text alone does not say how to
 * read them: pass os.endianness(); ports are plain hexadecimal.
 * `bad` counts lines that are not like that, and a last line without its newline.
 */
export function parseNetInet(text: string, endianness: Endianness = 'LE'): Table<InetSocket> {
  return parseTable(text, 'sl ', (line) => parseRow(line, endianness));
}

import { endianness } from 'node:os';
import { type InetSocket, parseNetInet } from './parse/net-inet.ts';
import { type NetlinkSocket, parseNetNetlink } from './parse/net-netlink.ts';
import { parseNetPacket } from './parse/net-packet.ts';
import { parseNetUnix, type UnixSocket } from './parse/net-unix.ts';
import { type Failure, failed, gone, type Proc } from './proc.ts';

/** The sockets of one network namespace, by inode, as /proc/PID/net lists them. */
export interface NetTables {
  readonly inet: ReadonlyMap<string, InetRow>;
  readonly unix: ReadonlyMap<string, UnixSocket>;
  readonly netlink: ReadonlyMap<string, NetlinkSocket>;
  readonly packet: ReadonlySet<string>;
}

export interface InetRow extends InetSocket {
  readonly protocol: string;
}

/** Table → sk_prot name, as `system.sockprotoname` would say it. */
const inetTables = {
  tcp: 'TCP',
  tcp6: 'TCPv6',
  udp: 'UDP',
  udp6: 'UDPv6',
  udplite: 'UDP-Lite',
  udplite6: 'UDPLITEv6',
  raw: 'RAW',
  raw6: 'RAWv6',
  icmp: 'PING',
  icmp6: 'PINGv6',
} as const;

export function readNetTables(proc: Proc, pid: number): NetTables | Failure {
  const inet = new Map<string, InetRow>();
  const read = (name: string): string | Failure => {
    const text = proc.readText(`${pid}/net/${name}`);
    return failed(text) && gone(text) ? '' : text; // a protocol that is not built in has no table
  };
  for (const [name, protocol] of Object.entries(inetTables)) {
    const text = read(name);
    if (failed(text)) return text;
    const { rows, bad } = parseNetInet(text, endianness());
    if (bad > 0) return { errno: 'EBADMSG' };
    for (const row of rows) if (row.inode !== '0') inet.set(row.inode, { ...row, protocol });
  }
  const [unix, netlink, packet] = [read('unix'), read('netlink'), read('packet')];
  if (failed(unix)) return unix;
  if (failed(netlink)) return netlink;
  if (failed(packet)) return packet;
  return {
    inet,
    unix: uniqueByInode(parseNetUnix(unix).rows),
    netlink: new Map(parseNetNetlink(netlink).rows.map((row) => [row.inode, row])),
    packet: new Set(parseNetPacket(packet).rows.map((row) => row.inode)),
  };
}

/**
 * The kernel escapes nothing in net/unix, so a path with a newline can look like a row: of two rows with one inode
 * neither is believed.
 */
function uniqueByInode(rows: readonly UnixSocket[]): ReadonlyMap<string, UnixSocket> {
  const found = new Map<string, UnixSocket>();
  const twice = new Set<string>();
  for (const row of rows) {
    if (found.has(row.inode)) twice.add(row.inode);
    found.set(row.inode, row);
  }
  for (const inode of twice) found.delete(inode);
  return found;
}

/** The protocol of a socket that one of the tables lists; unbound sockets are in none. */
export function protocolIn(tables: NetTables, inode: string): string | undefined {
  const inet = tables.inet.get(inode);
  if (inet) return inet.protocol;
  if (tables.unix.has(inode)) return 'UNIX';
  if (tables.netlink.has(inode)) return 'NETLINK';
  return tables.packet.has(inode) ? 'PACKET' : undefined;
}

import { endianness } from 'node:os';
import { lazy } from './lazy.ts';
import { type InetSocket, parseNetInet } from './parse/net-inet.ts';
import { type NetlinkSocket, parseNetNetlink } from './parse/net-netlink.ts';
import { parseNetPacket } from './parse/net-packet.ts';
import { parseNetUnix, type UnixSocket } from './parse/net-unix.ts';
import { type Failure, failed, gone, type Proc } from './proc.ts';

type Answer<T> = T | Failure;

/** The sockets of one network namespace, by inode, as /proc/PID/net lists them; each table is read when asked for. */
export interface NetTables {
  /** Rows of one protocol, or of all where it is not known which. */
  inet(protocol: string | undefined): Answer<ReadonlyMap<string, InetRow>>;
  unix(): Answer<ReadonlyMap<string, UnixSocket>>;
  netlink(): Answer<ReadonlyMap<string, NetlinkSocket>>;
  packet(): Answer<ReadonlySet<string>>;
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

export function openNetTables(proc: Proc, pid: number): NetTables {
  const inet = new Map<string, Answer<ReadonlyMap<string, InetRow>>>();
  return {
    inet: (wanted) => {
      const all = new Map<string, InetRow>();
      for (const [name, protocol] of Object.entries(inetTables)) {
        if (wanted !== undefined && wanted !== protocol) continue;
        const rows = inet.get(name) ?? readInet(proc, `${pid}/net/${name}`, protocol);
        inet.set(name, rows);
        if (failed(rows) || wanted !== undefined) return rows;
        for (const [inode, row] of rows) all.set(inode, row);
      }
      return all;
    },
    unix: lazy(() => parsed(proc, `${pid}/net/unix`, (text) => uniqueByInode(parseNetUnix(text).rows))),
    netlink: lazy(() =>
      parsed(proc, `${pid}/net/netlink`, (text) => {
        const { rows, bad } = parseNetNetlink(text);
        return bad > 0 ? torn : new Map(rows.map((row) => [row.inode, row]));
      }),
    ),
    packet: lazy(() =>
      parsed(proc, `${pid}/net/packet`, (text) => {
        const { rows, bad } = parseNetPacket(text);
        return bad > 0 ? torn : new Set(rows.map((row) => row.inode));
      }),
    ),
  };
}

/** A line that is none: what it would have said is not known. */
const torn: Failure = { errno: 'EBADMSG' };

function readInet(proc: Proc, path: string, protocol: string): Answer<ReadonlyMap<string, InetRow>> {
  return parsed(proc, path, (text) => {
    const { rows, bad } = parseNetInet(text, endianness());
    if (bad > 0) return torn;
    const those = rows.filter(({ inode }) => inode !== '0');
    return new Map(those.map((row) => [row.inode, Object.assign(row, { protocol })]));
  });
}

/** A protocol that is not built in has no table: it has no sockets. */
function parsed<T>(proc: Proc, path: string, parse: (text: string) => Answer<T>): Answer<T> {
  const text = proc.readText(path);
  if (failed(text) && !gone(text)) return text;
  return parse(failed(text) ? '' : text);
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
export function protocolIn(tables: NetTables, inode: string): Answer<string | undefined> {
  const [inet, unix, netlink, packet] = [
    tables.inet(undefined),
    tables.unix(),
    tables.netlink(),
    tables.packet(),
  ];
  const failure = [inet, unix, netlink, packet].find(failed);
  if (failed(inet) || failed(unix) || failed(netlink) || failed(packet)) return failure;
  const row = inet.get(inode);
  if (row) return row.protocol;
  if (unix.has(inode)) return 'UNIX';
  if (netlink.has(inode)) return 'NETLINK';
  return packet.has(inode) ? 'PACKET' : undefined;
}

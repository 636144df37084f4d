import { type Failure, failed } from '../proc.ts';
import type { Native, NetlinkSocketDiag, PacketSocketDiag, UnixSocketDiag } from './native.ts';
import type { Dump, Query } from './netlink.ts';
import { decodeAttributes, decodeUint32s } from './netlink-codec.ts';

/** Of include/uapi/linux/sock_diag.h and, each, unix_diag.h, netlink_diag.h and packet_diag.h. */
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const AF_UNIX = 1;
const AF_NETLINK = 16;
const AF_PACKET = 17;

const UDIAG_SHOW_NAME_PEER_ICONS_RQLEN = 0x01 | 0x04 | 0x08 | 0x10;
const UNIX_DIAG = { name: 0, peer: 2, icons: 3, queues: 4, shutdown: 6 } as const;
const NDIAG_PROTO_ALL = 255;
const NDIAG_SHOW_GROUPS = 0x02;
const NETLINK_DIAG_GROUPS = 1;
const PACKET_SHOW_MCLIST_RING = 0x02 | 0x04;
const PACKET_DIAG = { memberships: 1, receiveRing: 2, sendRing: 3 } as const;

/** A row, and its inode; a socket without one is held by no file. */
type Found<Row> = readonly [inode: string, row: Row];

export function diagCalls({
  dump,
  query,
}: {
  readonly dump: Dump;
  readonly query: Query;
}): Pick<Native, 'unixSockets' | 'netlinkSockets' | 'packetSockets'> {
  const ask = <Row>(netNs: string, body: Buffer, decode: (body: Buffer) => Found<Row> | undefined) =>
    byInode(dump({ netNs, protocol: NETLINK_SOCK_DIAG, type: SOCK_DIAG_BY_FAMILY, body }, decode));
  return {
    unixSockets: (netNs, question) => {
      if (question === undefined) return ask(netNs, unixRequest, decodeUnixSocket);
      const request = { netNs, protocol: NETLINK_SOCK_DIAG, type: SOCK_DIAG_BY_FAMILY };
      const known = new Map<string, UnixSocketDiag>();
      const failure = query(request, requestsFor(question(known)), (body) => {
        const found = decodeUnixSocket(body);
        if (found !== undefined) known.set(...found);
      });
      return failure ?? known;
    },
    netlinkSockets: (netNs) => ask(netNs, netlinkRequest, decodeNetlinkSocket),
    packetSockets: (netNs) => ask(netNs, packetRequest, decodePacketSocket),
  };
}

const byInode = <Row>(rows: readonly Found<Row>[] | Failure): ReadonlyMap<string, Row> | Failure =>
  failed(rows) ? rows : new Map(rows);

/** struct unix_diag_req: family, protocol, pad, states, inode, show, cookie. */
const unixRequest = request(24, AF_UNIX, 0, [4, 0xffffffff], [12, UDIAG_SHOW_NAME_PEER_ICONS_RQLEN]);
/** For one socket: INET_DIAG_NOCOOKIE in both words of the cookie. */
const exactUnixRequest = (inode: string): Buffer => {
  const body = Buffer.from(unixRequest);
  body.writeUInt32LE(Number(inode) >>> 0, 8);
  body.writeUInt32LE(0xffffffff, 16);
  body.writeUInt32LE(0xffffffff, 20);
  return body;
};
function* requestsFor(inodes: Iterable<string>): Iterable<Buffer> {
  for (const inode of inodes) yield exactUnixRequest(inode);
}

/** struct netlink_diag_req, struct packet_diag_req: family, protocol, pad, inode, show, cookie. */
const netlinkRequest = request(20, AF_NETLINK, NDIAG_PROTO_ALL, [8, NDIAG_SHOW_GROUPS]);
const packetRequest = request(20, AF_PACKET, 0, [8, PACKET_SHOW_MCLIST_RING]);

function request(length: number, family: number, protocol: number, ...words: readonly [number, number][]) {
  const body = Buffer.alloc(length);
  body.writeUInt8(family, 0);
  body.writeUInt8(protocol, 1);
  for (const [offset, value] of words) body.writeUInt32LE(value, offset);
  return body;
}

/** struct unix_diag_msg; a node may have a hundred thousand of them, so no attribute is made an object. */
export function decodeUnixSocket(body: Buffer): Found<UnixSocketDiag> | undefined {
  if (body.length < 16) return undefined;
  const inode = body.readUInt32LE(4);
  if (inode === 0) return undefined;
  const row = {
    type: body.readUInt8(1),
    state: body.readUInt8(2),
    cookie: cookieText(body.readUInt32LE(8), body.readUInt32LE(12)),
    peer: undefined as string | undefined,
    pending: none,
    receiveQueue: 0,
    sendQueue: 0,
    shutdown: 0,
  };
  let name: string | undefined;
  for (let at = 16; body.length - at >= 4; ) {
    const length = body.readUInt16LE(at);
    if (length < 4 || length > body.length - at) break;
    const value = at + 4;
    switch (body.readUInt16LE(at + 2)) {
      case UNIX_DIAG.name:
        name = unixName(body.toString('latin1', value, at + length));
        break;
      case UNIX_DIAG.peer:
        if (length >= 8) row.peer = String(body.readUInt32LE(value));
        break;
      case UNIX_DIAG.icons:
        row.pending = decodeUint32s(body.subarray(value, at + length)).map(String);
        break;
      case UNIX_DIAG.queues:
        if (length >= 12)
          [row.receiveQueue, row.sendQueue] = [body.readUInt32LE(value), body.readUInt32LE(value + 4)];
        break;
      case UNIX_DIAG.shutdown:
        if (length >= 5) row.shutdown = body.readUInt8(value);
        break;
    }
    at += (length + 3) & ~3;
  }
  return [String(inode), name === undefined ? row : Object.assign(row, { name })];
}

const none: readonly string[] = [];

/** Decimal, of the two halves: below 2^53 for as long as a machine is up. */
export const cookieText = (low: number, high: number): string => String(high * 0x1_0000_0000 + low);

/** A path may end with NUL; a name of the abstract namespace begins with it, and all its bytes count. */
export const unixName = (bytes: string): string => bytes.replace(/^([^\0].*?)\0+$/s, '$1');

/** struct netlink_diag_msg. */
export function decodeNetlinkSocket(body: Buffer): Found<NetlinkSocketDiag> | undefined {
  if (body.length < 28) return undefined;
  const inode = body.readUInt32LE(16);
  if (inode === 0) return undefined;
  const groups = decodeAttributes(body.subarray(28)).get(NETLINK_DIAG_GROUPS) ?? nothing;
  const row = {
    protocol: body.readUInt8(2),
    portId: body.readUInt32LE(4),
    groupsAbove32: groups.subarray(4).some((byte) => byte !== 0),
    groupCountBits: groups.length * 8,
    hasGroups: groups.some((byte) => byte !== 0),
  };
  return [String(inode), row];
}

/** struct packet_diag_mclist */
const MEMBERSHIP_BYTES = 44;

/** struct packet_diag_msg. */
export function decodePacketSocket(body: Buffer): Found<PacketSocketDiag> | undefined {
  if (body.length < 16) return undefined;
  const inode = body.readUInt32LE(4);
  if (inode === 0) return undefined;
  const attributes = decodeAttributes(body.subarray(16));
  const list = attributes.get(PACKET_DIAG.memberships) ?? nothing;
  const memberships = Array.from({ length: Math.floor(list.length / MEMBERSHIP_BYTES) }, (_, index) => ({
    index: list.readUInt32LE(index * MEMBERSHIP_BYTES),
    count: list.readUInt32LE(index * MEMBERSHIP_BYTES + 4),
    type: list.readUInt16LE(index * MEMBERSHIP_BYTES + 8),
  }));
  const hasRing = attributes.has(PACKET_DIAG.receiveRing) || attributes.has(PACKET_DIAG.sendRing);
  return [String(inode), { memberships, hasRing }];
}

const nothing = Buffer.alloc(0);

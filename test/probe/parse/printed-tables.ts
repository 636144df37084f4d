import fc from 'fast-check';
import { type CgroupMembership, parseCgroup } from '../../../src/probe/parse/cgroup.ts';
import { type Mapping, parseMaps } from '../../../src/probe/parse/maps.ts';
import { type Mount, parseMountinfo } from '../../../src/probe/parse/mountinfo.ts';
import { parseNetInet } from '../../../src/probe/parse/net-inet.ts';
import { type NetlinkSocket, parseNetNetlink } from '../../../src/probe/parse/net-netlink.ts';
import { type PacketSocket, parseNetPacket } from '../../../src/probe/parse/net-packet.ts';
import { parseNetUnix, type UnixSocket } from '../../../src/probe/parse/net-unix.ts';
import type { MappingFlags } from '../../../src/probe/parse/smaps.ts';
import type { Table } from '../../../src/probe/parse/table.ts';
import { bytes, deviceName, endpoint, hex, hexDevice, mangled, u32, u64, uint, word } from './printed.ts';

/** A row as the parser is to give it, and the text the kernel prints for it. */
export interface Printed<Row> {
  readonly row: Row;
  readonly text: string;
}
export interface TableCase {
  readonly name: string;
  readonly titles: string;
  readonly rows: fc.Arbitrary<Printed<unknown>>;
  readonly parse: (text: string) => Table<unknown>;
  /** A line that is no row belongs to the path above it: the kernel does not escape newlines there. */
  readonly continues?: boolean;
}

const printed = <Row>(row: fc.Arbitrary<Row>, print: (row: Row) => string): fc.Arbitrary<Printed<Row>> =>
  row.map((one) => ({ row: one, text: `${print(one)}\n` }));
const address = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const perms = fc.constantFrom('r-xp', 'rw-s', '---p', 'rwxp');
const queue = fc.oneof(fc.nat(9), u32);
const pathTail = bytes(/\n/g);

const cgroup = printed<CgroupMembership>(
  fc.record({
    hierarchyId: uint(16),
    controllers: fc.array(word, { maxLength: 3 }),
    path: pathTail.map((tail) => `/${tail}`),
  }),
  ({ hierarchyId, controllers, path }) => `${hierarchyId}:${controllers.join(',')}:${path}`,
);

const maps = printed<Mapping>(
  fc.record({
    start: address,
    end: address,
    perms,
    offset: u64,
    device: deviceName,
    inode: u64,
    path: fc.oneof(
      fc.constantFrom('', '[heap]', '[anon:a b]', '/memfd:x (deleted)'),
      bytes(/\\/g).map((tail) => `/${tail}`),
    ),
  }),
  ({ start, end, perms: mode, offset, device, inode, path }) => {
    const head = `${hex(start, 8)}-${hex(end, 8)} ${mode} ${hex(offset, 8)} ${hexDevice(device)} ${inode} `;
    return path === '' ? head : `${head.padEnd(73)}${mangled(path, '\n')}`;
  },
);

export const smaps = printed<MappingFlags>(
  fc.record({
    start: address,
    end: address,
    vmFlags: fc.array(fc.constantFrom('rd', 'wr', 'ex', 'dd', 'io', 'mt')),
  }),
  ({ start, end, vmFlags }) =>
    `${hex(start, 8)}-${hex(end, 8)} rw-p 00000000 00:00 0 \nSize:                  4 kB\nVmFlags: ${vmFlags.map((flag) => `${flag} `).join('')}`,
);

const name = bytes(/\0/g);
const mountinfo = printed<Mount>(
  fc
    .record({
      id: u32,
      parentId: u32,
      device: deviceName,
      root: name.map((tail) => `/${tail}`),
      mountPoint: name.map((tail) => `/${tail}`),
      options: fc.constantFrom('rw', 'ro,nosuid,relatime'),
      optional: fc.subarray(['shared:1', 'master:22', 'propagate_from:3', 'unbindable']),
      fsType: fc.constantFrom('ext4', 'fuse.sshfs', 'nfs4'),
      source: name,
      superOptions: fc.constantFrom('rw', 'rw,lowerdir=/a\\054b:/c - d'),
    })
    .map((row) => ({ ...row, rawMountPoint: mangled(row.mountPoint) })),
  ({ id, parentId, device, root, rawMountPoint, options, optional, fsType, source, superOptions }) =>
    `${[id, parentId, device, mangled(root), rawMountPoint, options, ...optional].join(' ')} - ${fsType} ${mangled(source, ' \t\n\\#')} ${superOptions}`,
);

const inet = printed(
  fc.record({
    local: endpoint,
    remote: endpoint,
    state: uint(8),
    txQueue: queue,
    rxQueue: queue,
    uid: u32,
    inode: u64,
  }),
  ({ local, remote, state, txQueue, rxQueue, uid, inode }) =>
    `   1: ${local.printed} ${remote.printed} ${hex(state, 2)} ${hex(txQueue, 8)}:${hex(rxQueue, 8)} 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 2 0000000084b40e88 0`,
).map(({ row: { local, remote, ...rest }, text }) => ({
  row: { localAddress: local.text, remoteAddress: remote.text, ...rest },
  text,
}));

const netlink = printed<NetlinkSocket>(
  fc.record({
    protocol: uint(8),
    portId: u32,
    groups: u32,
    rmem: queue,
    wmem: queue,
    dump: uint(1),
    locks: uint(8),
    drops: u32,
    inode: u64,
  }),
  ({ protocol, portId, groups, rmem, wmem, dump, locks, drops, inode }) =>
    `00000000b1c8a9b4 ${String(protocol).padEnd(3)} ${String(portId).padEnd(10)} ${hex(groups, 8)} ${[rmem, wmem].map((bytes) => String(bytes).padEnd(8)).join(' ')} ${String(dump).padEnd(5)} ${String(locks).padEnd(8)} ${String(drops).padEnd(8)} ${inode.padEnd(8)}`,
);

const packet = printed<PacketSocket>(
  fc.record({ type: uint(4), protocol: uint(16), iface: uint(16), rmem: queue, uid: u32, inode: u64 }),
  ({ type, protocol, iface, rmem, uid, inode }) =>
    `000000000ee6e81c 3      ${String(type).padEnd(4)} ${hex(protocol, 4)}   ${String(iface).padEnd(5)} 1 ${String(rmem).padEnd(6)} ${String(uid).padEnd(6)} ${inode.padEnd(6)}`,
);

const unix = printed<UnixSocket>(
  fc.record({
    refCount: u32,
    protocol: fc.constant(0),
    flags: fc.constantFrom(0, 0x10000),
    type: fc.constantFrom(1, 2, 5),
    state: uint(3),
    inode: u64,
    path: fc.oneof(
      fc.constant(''),
      bytes(/\n/g).map((tail) => `@${tail}`),
      bytes(/\n/g).map((tail) => `/${tail}`),
    ),
  }),
  ({ refCount, protocol, flags, type, state, inode, path }) =>
    `${hex(7, 16)}: ${hex(refCount, 8)} ${hex(protocol, 8)} ${hex(flags, 8)} ${hex(type, 4)} ${hex(state, 2)} ${inode.padStart(5)}${path === '' ? '' : ` ${path}`}`,
);

/** Those in which each line is a row. */
export const tables: readonly TableCase[] = [
  { name: 'cgroup', titles: '', rows: cgroup, parse: parseCgroup },
  { name: 'maps', titles: '', rows: maps, parse: parseMaps },
  {
    name: 'mountinfo',
    titles: '',
    rows: mountinfo,
    parse: (text) => {
      const { mounts: rows, bad } = parseMountinfo(text);
      return { rows, bad };
    },
  },
  { name: 'net/tcp', titles: '  sl  local_address\n', rows: inet, parse: (text) => parseNetInet(text, 'LE') },
  { name: 'net/netlink', titles: 'sk               Eth Pid\n', rows: netlink, parse: parseNetNetlink },
  { name: 'net/packet', titles: 'sk               RefCnt\n', rows: packet, parse: parseNetPacket },
  { name: 'net/unix', titles: 'Num       RefCount\n', rows: unix, parse: parseNetUnix, continues: true },
];

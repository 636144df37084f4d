import type { FactValue } from '../../facts.ts';
import { type Draft, note } from '../draft.ts';
import type { InetState, SocketOptions } from '../native/native.ts';
import { type Failure, failed, gone } from '../proc.ts';
import type { Scan } from '../scan.ts';

export const socketOptionFacts = {
  corked: 'boolean',
  wasConnected: 'boolean',
  acceptsConnections: 'boolean',
  passControl: 'boolean',
  ebpfFilter: 'boolean',
  boundDeviceGone: 'boolean',
  socketNetNs: 'string',
  sendBufferBytes: 'number',
  boundPath: 'string',
} as const;

const names = Object.keys(socketOptionFacts);

/**
 * What only the socket itself tells: a duplicate is had for some microseconds (pidfd_getfd(2)), asked with
 * getsockopt(2), and closed. Done once, and where the policy asks for it.
 */
export function askSocket(draft: Draft, scan: Scan): SocketOptions | Failure | undefined {
  if (draft.fd === undefined || !names.some((name) => scan.asks.has(name))) return undefined;
  if (draft.socket !== undefined) return draft.socket;
  const inode = 'inode' in draft.link ? draft.link.inode : undefined;
  const options = scan.native?.socketOptions(draft.pid, draft.fd, inode) ?? { errno: 'ENOSYS' };
  // what was read of it is of another file
  if (failed(options) && gone(options)) draft.replaced = true;
  draft.socket = options;
  return options;
}

/** The facts, one by one: there are many sockets. Tells the state of an internet socket that could be asked. */
export function addSocketOptions(draft: Draft, scan: Scan): InetState | undefined {
  const options = askSocket(draft, scan);
  if (options === undefined) return undefined;
  if (failed(options)) {
    if (!gone(options)) note(draft, 'pidfd_getfd', options, names);
    return undefined;
  }
  const { facts } = draft;
  facts.wasConnected = options.hasPeer;
  facts.acceptsConnections = options.listening;
  facts.passControl = options.passControl;
  facts.ebpfFilter = options.ebpfFilter;
  facts.boundDeviceGone = options.boundDeviceGone;
  facts.socketNetNs = netNsOf(draft, options, scan);
  if (options.corked !== undefined) facts.corked = options.corked;
  if (options.sendBufferBytes !== undefined) facts.sendBufferBytes = options.sendBufferBytes;
  if (options.unix?.boundPath !== undefined) facts.boundPath = options.unix.boundPath;
  return options.inet;
}

/** own: that of its process. engine: that of CRIU. other: a third one. */
function netNsOf(draft: Draft, { netNsInode }: SocketOptions, scan: Scan): FactValue {
  const own = scan.namespace(draft.pid, 'net');
  if (netNsInode === null || failed(own)) return listedOwn(draft, scan);
  const namespace = `net:[${netNsInode}]`;
  return namespace === own ? 'own' : namespace === scan.engineNamespace('net') ? 'engine' : 'other';
}

/**
 * Without CAP_NET_ADMIN a socket does not say its namespace (SIOCGSKNS). One that the tables of its process's namespace
 * list is of that; one that was never bound or connected is in none.
 */
function listedOwn({ pid, facts }: Draft, scan: Scan): FactValue {
  const { inode, protocol } = facts;
  if (typeof inode !== 'string' || typeof protocol !== 'string') return null;
  const tables = scan.net(pid);
  const table = protocol.startsWith('UNIX')
    ? tables.unix()
    : protocol === 'NETLINK'
      ? tables.netlink()
      : protocol === 'PACKET'
        ? tables.packet()
        : tables.inet(protocol);
  return !failed(table) && table.has(inode) ? 'own' : null;
}

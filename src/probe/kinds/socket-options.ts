import type { Facts, FactValue } from '../../facts.ts';
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

export interface SocketAnswer {
  readonly facts: Facts;
  /** Of an internet socket that could be asked. */
  readonly inet?: InetState;
}

/**
 * What only the socket itself tells: a duplicate is had for some microseconds (pidfd_getfd(2)), asked with
 * getsockopt(2), and closed. Done once, and where the policy asks for it.
 */
export function askSocket(draft: Draft, scan: Scan): SocketOptions | Failure | undefined {
  if (draft.fd === undefined || !names.some((name) => scan.asks.has(name))) return undefined;
  draft.socket ??= scan.native?.socketOptions(draft.pid, draft.fd) ?? { errno: 'ENOSYS' };
  return draft.socket;
}

export function readSocketOptions(draft: Draft, scan: Scan): SocketAnswer {
  const options = askSocket(draft, scan);
  if (options === undefined) return { facts: {} };
  if (failed(options)) {
    if (!gone(options)) note(draft, 'pidfd_getfd', options, names);
    return { facts: {} };
  }
  const own = scan.namespace(draft.pid, 'net');
  const { corked, unix, inet, netNsInode } = options;
  const facts: Record<string, FactValue> = {
    wasConnected: options.hasPeer,
    acceptsConnections: options.listening,
    passControl: options.passControl,
    ebpfFilter: options.ebpfFilter,
    boundDeviceGone: options.boundDeviceGone,
    socketNetNs:
      netNsInode === null || failed(own) ? listedOwn(draft, scan) : whose(`net:[${netNsInode}]`, own, scan),
  };
  if (corked !== undefined) facts.corked = corked;
  if (options.sendBufferBytes !== undefined) facts.sendBufferBytes = options.sendBufferBytes;
  if (unix?.boundPath !== undefined) facts.boundPath = unix.boundPath;
  return { facts, ...(inet === undefined ? {} : { inet }) };
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

/** own: that of its process. engine: that of CRIU. other: a third one. */
const whose = (namespace: string, own: string, scan: Scan): string =>
  namespace === own ? 'own' : namespace === scan.engineNamespace('net') ? 'engine' : 'other';

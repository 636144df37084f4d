import type { Facts } from '../../facts.ts';
import { type Draft, note } from '../draft.ts';
import { failed, gone } from '../proc.ts';
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
 * getsockopt(2), and closed. Done where the policy asks for it.
 */
export function readSocketOptions(draft: Draft, scan: Scan): Facts {
  if (!names.some((name) => scan.asks.has(name)) || draft.fd === undefined) return {};
  const options = scan.native?.socketOptions(draft.pid, draft.fd) ?? { errno: 'ENOSYS' };
  if (failed(options)) {
    if (!gone(options)) note(draft, 'pidfd_getfd', options, names);
    return {};
  }
  const own = scan.namespace(draft.pid, 'net');
  return {
    ...(options.corked === undefined ? {} : { corked: options.corked }),
    wasConnected: options.hasPeer,
    acceptsConnections: options.listening,
    passControl: options.passControl,
    ebpfFilter: options.ebpfFilter,
    boundDeviceGone: options.boundDeviceGone,
    socketNetNs:
      options.netNsInode === null || failed(own) ? null : whose(`net:[${options.netNsInode}]`, own, scan),
    sendBufferBytes: options.sendBufferBytes,
    ...(options.boundPath === undefined ? {} : { boundPath: options.boundPath }),
  };
}

/** own: that of its process. engine: that of CRIU. other: a third one. */
const whose = (namespace: string, own: string, scan: Scan): string =>
  namespace === own ? 'own' : namespace === scan.engineNamespace('net') ? 'engine' : 'other';

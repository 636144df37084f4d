import type { Facts, FactValue } from '../../facts.ts';
import { decodeBytes } from '../bytes.ts';
import { type Draft, note } from '../draft.ts';
import { defineKind } from '../kind.ts';
import type { UnixSocketDiag } from '../native/native.ts';
import { failed } from '../proc.ts';
import type { Scan } from '../scan.ts';
import { fdinfoNumber } from './fdinfo-facts.ts';
import { readSocketOptions, socketOptionFacts } from './socket-options.ts';

const types: Readonly<Record<number, string>> = { 1: 'stream', 2: 'dgram', 5: 'seqpacket' };
/** /proc/net/unix shows the socket state, not the sock state: include/uapi/linux/net.h. */
const states: Readonly<Record<number, string>> = {
  1: 'unconnected',
  2: 'connecting',
  3: 'connected',
  4: 'disconnecting',
};
const SO_ACCEPTCON = 0x10000;

/** A unix domain socket, unix(7); the rows of /proc/net/unix (net/unix/af_unix.c). */
export const unix = defineKind({
  name: 'unix',
  claim: { protocol: ['UNIX', 'UNIX-STREAM'] },
  facts: {
    socketType: 'string',
    socketState: 'string',
    listening: 'boolean',
    socketPath: 'string',
    inFlightFds: 'number',
    peer: 'string',
    peerNamed: 'boolean',
    peerAsymmetric: 'boolean',
    pendingTrouble: 'string',
    pendingOutside: 'boolean',
    listenerInTree: 'boolean',
    listenerInProcess: 'boolean',
    receiveQueueBytes: 'number',
    listed: 'boolean',
    relativePath: 'boolean',
    nameIsTail: 'boolean',
    messageTooLarge: 'boolean',
    ...socketOptionFacts,
  },
  // descriptors in flight are told by fdinfo alone, and wait in its queue
  openNeed: ({ socket }) =>
    socket !== undefined && !failed(socket) && socket.unix?.readable === false ? 'flags' : 'fdinfo',
  fop: 'socket_file_ops',
  read: (draft, scan) => {
    const inFlightFds = fdinfoNumber(draft, 'scm_fds') ?? 0;
    const options = readSocketOptions(draft, scan).facts;
    const { fd } = draft;
    // sock_diag tells more, of just these sockets: relate/unix.ts asks it for the whole tree at once
    const later = scan.native !== undefined && fd !== undefined && scan.asks.has('peer');
    return { inFlightFds, ...options, ...(later ? {} : listedFacts(draft, scan, options.boundPath)) };
  },
});

/** What /proc/net/unix says. */
function listedFacts(draft: Draft, scan: Scan, boundPath: FactValue | undefined): Facts {
  if (!scan.asks.has('socketType')) return {};
  const table = scan.net(draft.pid).unix();
  if (failed(table)) {
    note(draft, 'read net/unix', table, ['socketType', 'socketState', 'listening', 'socketPath', 'listed']);
    return {};
  }
  const row = table.get(String(draft.facts.inode));
  // a unix socket is always listed in its own network namespace
  if (row === undefined) return { listed: false };
  return {
    listed: true,
    socketType: types[row.type] ?? 'other',
    socketState: states[row.state] ?? 'other',
    listening: (row.flags & SO_ACCEPTCON) !== 0,
    ...nameFacts(row.path, boundPath),
  };
}

/** include/net/tcp_states.h */
const TCP_ESTABLISHED = 1;
const TCP_LISTEN = 10;

/** The same from a row of sock_diag(7). */
export function diagFacts(row: UnixSocketDiag | undefined, boundPath: FactValue | undefined): Facts {
  if (row === undefined) return { listed: false };
  return {
    listed: true,
    socketType: types[row.type] ?? 'other',
    socketState: row.state === TCP_ESTABLISHED ? 'connected' : 'unconnected',
    listening: row.state === TCP_LISTEN,
    ...nameFacts((row.name ?? '').replace(/^\0/, '@').replaceAll('\0', '@'), boundPath),
  };
}

/**
 * The name it is bound to. CRIU cuts a relative one off the end of the file's real path, which works where it is
 * written just so there (sk-unix.c:698); a file that is deleted is not looked for.
 */
function nameFacts(name: string, boundPath: FactValue | undefined): Facts {
  if (name === '') return {};
  const relative = !/^[/@]/.test(name);
  const tail = `/${name.replace(/^(\.\/+)+/, '')}`;
  const isTail =
    typeof boundPath === 'string' ? boundPath.endsWith(tail) || boundPath.endsWith(' (deleted)') : null;
  return {
    socketPath: decodeBytes(name).text,
    relativePath: relative,
    ...(relative ? { nameIsTail: isTail } : {}),
  };
}

import { decodeBytes } from '../bytes.ts';
import { type Draft, note } from '../draft.ts';
import { defineKind } from '../kind.ts';
import type { UnixSocketDiag } from '../native/native.ts';
import { failed } from '../proc.ts';
import type { Scan } from '../scan.ts';
import { fdinfoNumber } from './fdinfo-facts.ts';
import { addSocketOptions, socketOptionFacts } from './socket-options.ts';

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
  add: (draft, scan) => {
    draft.facts.inFlightFds = fdinfoNumber(draft, 'scm_fds') ?? 0;
    addSocketOptions(draft, scan);
    // sock_diag tells more, of just these sockets: relate/unix.ts asks it for the whole tree at once
    const later = scan.native !== undefined && draft.fd !== undefined && scan.asks.has('peer');
    if (!later) addListed(draft, scan);
  },
});

/** What /proc/net/unix says. */
function addListed(draft: Draft, scan: Scan): void {
  if (!scan.asks.has('socketType')) return;
  const { facts } = draft;
  const table = scan.net(draft.pid).unix();
  if (failed(table)) {
    note(draft, 'read net/unix', table, ['socketType', 'socketState', 'listening', 'socketPath', 'listed']);
    return;
  }
  const row = table.get(String(facts.inode));
  // a unix socket is always listed in its own network namespace
  facts.listed = row !== undefined;
  if (row === undefined) return;
  facts.socketType = types[row.type] ?? 'other';
  facts.socketState = states[row.state] ?? 'other';
  facts.listening = (row.flags & SO_ACCEPTCON) !== 0;
  addName(facts, row.path);
}

/** include/net/tcp_states.h */
const TCP_ESTABLISHED = 1;
const TCP_LISTEN = 10;

/** The same from a row of sock_diag(7). */
export function addDiag(facts: Draft['facts'], row: UnixSocketDiag | undefined): void {
  facts.listed = row !== undefined;
  if (row === undefined) return;
  facts.socketType = types[row.type] ?? 'other';
  facts.socketState = row.state === TCP_ESTABLISHED ? 'connected' : 'unconnected';
  facts.listening = row.state === TCP_LISTEN;
  if (row.name !== undefined) addName(facts, row.name.replaceAll('\0', '@'));
}

/**
 * The name it is bound to. CRIU cuts a relative one off the end of the file's real path, which works where it is
 * written just so there (sk-unix.c:698); a file that is deleted is not looked for.
 */
function addName(facts: Draft['facts'], name: string): void {
  if (name === '') return;
  facts.socketPath = decodeBytes(name).text;
  facts.relativePath = !/^[/@]/.test(name);
  if (!facts.relativePath) return;
  const { boundPath } = facts;
  const tail = `/${name.replace(/^(\.\/+)+/, '')}`;
  facts.nameIsTail =
    typeof boundPath === 'string' ? boundPath.endsWith(tail) || boundPath.endsWith(' (deleted)') : null;
}

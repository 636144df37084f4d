import { AT, type Emitter, FILE, helpers, RECORD } from './emitter.ts';
import { IN6_BYTES, ofInet, ofSock, ofUnix, PROTOCOL_NAME_BYTES, UNIX_NAME_BYTES } from './layout.ts';

/** SOCK_PASSCRED, SOCK_PASSSEC and SOCK_PASSPIDFD of include/linux/net.h, where they are flags of a socket. */
const SOCKET_PASSES = (1 << 3) | (1 << 4) | (1 << 7);

/** What all sockets have. AT comes to the sock. */
export function addSocket(emitter: Emitter): void {
  const { code, offset, placeOf, next, copy, copyNumber, copyAll, clear, follow } = emitter;
  next(AT, FILE, 'file', 'f_path.dentry');
  follow('dentry', 'd_name.name');
  clear('protocolName', PROTOCOL_NAME_BYTES);
  copy('protocolName', PROTOCOL_NAME_BYTES, 0, helpers.probeReadKernelStr);
  code.load(8, AT, FILE, offset('file', 'private_data'));
  follow('socket', 'sk');
  code.store(8, RECORD, placeOf('sock'), AT);
  copyAll(ofSock);
  follow('sock', '__sk_common.skc_net.net');
  copyNumber('netNs', 4, offset('net', 'ns.inum'));
  code.load(8, AT, RECORD, placeOf('sock'));
}

export function addInet({ offset, copy, copyAll, follow, copyBit }: Emitter): void {
  copyAll(ofInet);
  copy('boundAddress6', IN6_BYTES, offset('sock', '__sk_common.skc_v6_rcv_saddr'));
  copy('remoteAddress6', IN6_BYTES, offset('sock', '__sk_common.skc_v6_daddr'));
  copyBit('corked', 'udp_sock', 'udp_flags', 'UDP_FLAGS_CORK');
  follow('inet_sock', 'pinet6');
  copy('ownAddress6', IN6_BYTES, offset('ipv6_pinfo', 'saddr'));
}

export function addUnix(emitter: Emitter): void {
  const { code, placeOf, copyAll, follow, copyBit } = emitter;
  const backToSock = () => code.load(8, AT, RECORD, placeOf('sock'));
  copyAll(ofUnix);
  copyBit('timestamps', 'sock', '__sk_common.skc_flags', 'SOCK_RCVTSTAMP');
  addPassing(emitter);
  backToSock();
  addName(emitter, 'nameBytes', 'name');
  backToSock();
  follow('unix_sock', 'peer');
  code.store(8, RECORD, placeOf('peer'), AT);
  addName(emitter, 'peerNameBytes', 'peerName');
}

function addName({ offset, copyBytes, copyNumber, follow }: Emitter, bytes: string, name: string): void {
  follow('unix_sock', 'addr');
  copyNumber(bytes, 4, offset('unix_address', 'len'));
  copyBytes(name, bytes, UNIX_NAME_BYTES, offset('unix_address', 'name'));
}

/** SO_PASSCRED, SO_PASSSEC, SO_PASSPIDFD: bits of the sock since Linux 6.16, before of the flags of the socket. */
function addPassing({ btf, code, offset, copyNumber, mask }: Emitter): void {
  const flags = btf.member('socket', 'flags');
  const bits = ['sk_scm_credentials', 'sk_scm_security', 'sk_scm_pidfd'];
  const found = bits.flatMap((bit) => btf.member('sock', bit) ?? []);
  const [first] = found;
  if (first === undefined) {
    if (flags === undefined) throw new Error('this kernel has no socket.flags');
    code.load(8, AT, FILE, offset('file', 'private_data'));
    copyNumber('passes', 8, flags.offset);
    mask('passes', SOCKET_PASSES);
    return;
  }
  if (found.some(({ offset: at }) => at !== first.offset)) throw new Error(`${bits} are not of one byte`);
  copyNumber('passes', 1, first.offset);
  mask(
    'passes',
    found.reduce((all, { bit }) => all | (1 << bit), 0),
  );
}

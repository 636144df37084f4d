import { type Assembler, assembler, type Register, type Size } from './assembler.ts';
import type { Btf } from './btf.ts';
import {
  IN6_BYTES,
  layout,
  ofEvent,
  ofFile,
  ofInet,
  ofInode,
  ofSock,
  ofSuperblock,
  ofUnix,
  type Part,
  PROTOCOL_NAME_BYTES,
  type Reads,
  TEXT_BYTES,
  UNIX_NAME_BYTES,
} from './layout.ts';

/** enum bpf_func_id, include/uapi/linux/bpf.h */
export const helpers = { probeReadKernel: 113, probeReadKernelStr: 115, seqWrite: 127, dPath: 147 } as const;
/** struct bpf_iter__task_file, kernel/bpf/task_iter.c; struct bpf_iter_meta begins with the seq_file. */
export const context = { meta: 0, task: 8, fd: 16, file: 24 } as const;
/** include/uapi/linux/magic.h */
const SOCKFS_MAGIC = 0x534f434b;
const ANON_INODE_FS_MAGIC = 0x09041934;
const EXT4_SUPER_MAGIC = 0xef53;
const TMPFS_MAGIC = 0x01021994;
/** include/linux/socket.h */
const AF_UNIX = 1;
const BITS_PER_LONG = 64;
/** SOCK_PASSCRED, SOCK_PASSSEC and SOCK_PASSPIDFD of include/linux/net.h, where they are flags of a socket. */
const SOCKET_PASSES = (1 << 3) | (1 << 4) | (1 << 7);

/** Of the function that the kernel calls for each file of a task. */
export const attachedTo = 'bpf_iter_task_file';

const [TEXT_AT] = layout.text;

/** Names of types, members and constants that the program is made with. */
export const names: readonly string[] = [
  ...[ofFile, ofInode, ofSuperblock, ofEvent, ofSock, ofInet, ofUnix].flatMap((reads: Reads) =>
    Object.values(reads).flatMap(([, struct, path]) => [struct, ...path.split('.')]),
  ),
  ...['file', 'f_path', 'dentry', 'mnt', 'f_op', 'f_inode', 'private_data', 'd_name', 'name', 'i_sb', 'i_op'],
  ...[
    'file_operations',
    'show_fdinfo',
    'inode_operations',
    'getattr',
    'mount',
    'mnt_id',
    'len',
    'addr',
    'peer',
  ],
  ...['task_struct', 'pid', 'tgid', 'files', 'files_struct', 'fdt', 'fdtable', 'close_on_exec', 'sk', 'net'],
  ...[
    'skc_net',
    'ns',
    'inum',
    'skc_v6_rcv_saddr',
    'skc_v6_daddr',
    'pinet6',
    'ipv6_pinfo',
    'saddr',
    'udp_sock',
  ],
  ...[
    'udp_flags',
    'socket',
    'flags',
    'UDP_FLAGS_CORK',
    'skc_flags',
    'SOCK_RCVTSTAMP',
    'sk_scm_credentials',
    'sk_scm_security',
    'sk_scm_pidfd',
    'unix_address',
    'ext4_inode_info',
    'i_reserved_data_blocks',
    'vfs_inode',
    'shmem_inode_info',
    'alloced',
    'swapped',
    'i_mapping',
    'address_space',
    'nrpages',
  ],
  attachedTo,
];

const [CONTEXT, FILE, RECORD, AT, FRAME] = [6, 7, 8, 9, 10] as const;

export type OffsetIn = (struct: string, path: string) => number;

/** Where a member is. Throws where this kernel has none, or it is a part of a byte. */
export const offsetIn =
  (btf: Btf): OffsetIn =>
  (struct, path) => {
    const found = btf.member(struct, path);
    if (found === undefined) throw new Error(`this kernel has no ${struct}.${path}`);
    if (found.bits % 8 !== 0) throw new Error(`${struct}.${path} is a bit field`);
    return found.offset;
  };

/** How such a program begins: of threads that have files of their own it says nothing. Its pid is in register 1. */
export function leaderOnly(
  { load, aluRegister, jumpIf, jumpIfRegister }: Assembler,
  offset: OffsetIn,
  out: string,
) {
  aluRegister('mov', CONTEXT, 1);
  load(8, FILE, CONTEXT, context.file);
  jumpIf('eq', FILE, 0, out);
  load(8, AT, CONTEXT, context.task);
  jumpIf('eq', AT, 0, out);
  load(4, 1, AT, offset('task_struct', 'pid'));
  load(4, 2, AT, offset('task_struct', 'tgid'));
  jumpIfRegister('ne', 1, 2, out);
}

/**
 * A program for the iterator over the files of a task (bpf_iter): it writes a record of each, as `layout.ts` says. What
 * it copies is where the kernel's own description of its types says. Throws where a type or member is missing.
 */
export function taskFileProgram(btf: Btf, mapFd: number): Buffer {
  const code = assembler();
  const { load, store, storeNumber, alu, aluRegister, jump, jumpIf, label, call } = code;
  const offset = offsetIn(btf);
  const placeOf = (name: string): number => layout.at[name as keyof typeof layout.at];

  /** Of what `base` points to, which the verifier knows the type of. */
  const loadAll = (reads: Reads, base: Register) => {
    for (const [name, [size, struct, path]] of Object.entries(reads)) {
      load(size, 1, base, offset(struct, path));
      store(8, RECORD, placeOf(name), 1);
    }
  };
  const next = (to: Register, base: Register, struct: string, path: string) =>
    load(8, to, base, offset(struct, path));

  /** Of what AT points to, which it knows nothing of: an address that is none gives zeroes. */
  const copy = (bytes: number, to: number, from: number, helper: number = helpers.probeReadKernel) => {
    aluRegister('mov', 1, RECORD);
    alu('add', 1, to);
    alu('mov', 2, bytes);
    aluRegister('mov', 3, AT);
    alu('add', 3, from);
    call(helper);
  };
  const copyNumber = (size: Size, name: string, from: number) => {
    if (size < 8) storeNumber(RECORD, placeOf(name), 0);
    copy(size, placeOf(name), from);
  };
  const copyAll = (reads: Reads) => {
    for (const [name, [size, struct, path]] of Object.entries(reads))
      copyNumber(size, name, offset(struct, path));
  };
  /** AT comes to what its member points to. */
  const follow = (struct: string, path: string) => {
    aluRegister('mov', 1, FRAME);
    alu('add', 1, -8);
    alu('mov', 2, 8);
    aluRegister('mov', 3, AT);
    alu('add', 3, offset(struct, path));
    call(helpers.probeReadKernel);
    load(8, AT, FRAME, -8);
  };

  leaderOnly(code, offset, 'out');
  code.mapValue(RECORD, mapFd);

  store(8, RECORD, placeOf('description'), FILE);
  load(4, 1, CONTEXT, context.fd);
  store(8, RECORD, placeOf('fd'), 1);
  // of the table of fds: the word that has the bit of this one
  next(AT, AT, 'task_struct', 'files');
  next(AT, AT, 'files_struct', 'fdt');
  load(8, AT, AT, offset('fdtable', 'close_on_exec'));
  alu('rsh', 1, Math.log2(BITS_PER_LONG));
  alu('lsh', 1, 3);
  aluRegister('add', AT, 1);
  copy(8, placeOf('closeOnExec'), 0);
  load(8, 1, RECORD, placeOf('closeOnExec'));
  load(4, 2, CONTEXT, context.fd);
  alu('and', 2, BITS_PER_LONG - 1);
  aluRegister('rsh', 1, 2);
  alu('and', 1, 1);
  store(8, RECORD, placeOf('closeOnExec'), 1);

  loadAll(ofFile, FILE);
  next(AT, FILE, 'file', 'f_op');
  store(8, RECORD, placeOf('operations'), AT);
  load(8, 1, AT, offset('file_operations', 'show_fdinfo'));
  store(8, RECORD, placeOf('showsFdinfo'), 1);
  next(AT, FILE, 'file', 'f_path.mnt');
  copyNumber(4, 'mntId', offset('mount', 'mnt_id') - offset('mount', 'mnt'));
  next(AT, FILE, 'file', 'f_inode');
  loadAll(ofInode, AT);
  next(2, AT, 'inode', 'i_op');
  load(8, 1, 2, offset('inode_operations', 'getattr'));
  store(8, RECORD, placeOf('ownGetattr'), 1);
  next(2, AT, 'inode', 'i_sb');
  loadAll(ofSuperblock, 2);
  addUnsettled();

  // the link, as readlink(2) of /proc/PID/fd/N gives it
  aluRegister('mov', 1, FILE);
  alu('add', 1, offset('file', 'f_path'));
  aluRegister('mov', 2, RECORD);
  alu('add', 2, TEXT_AT);
  alu('mov', 3, TEXT_BYTES);
  call(helpers.dPath);
  jumpIf('sgt', 0, 0, 'has text');
  alu('mov', 0, 0);
  label('has text');
  jumpIf('gt', 0, TEXT_BYTES, 'out');
  store(8, RECORD, placeOf('textBytes'), 0);

  load(8, 1, RECORD, placeOf('magic'));
  jumpIf('eq', 1, SOCKFS_MAGIC, 'socket');
  jumpIf('eq', 1, ANON_INODE_FS_MAGIC, 'anonymous');
  write(layout.file);
  jump('text');
  label('anonymous');
  load(8, AT, FILE, offset('file', 'private_data'));
  copyAll(ofEvent);
  write([0, layout.event[1]]);
  jump('text');
  label('socket');
  addSocket();
  load(8, 1, RECORD, placeOf('family'));
  jumpIf('eq', 1, AF_UNIX, 'unix');
  addInet();
  write([0, layout.inet[1]]);
  jump('text');
  label('unix');
  addUnix();
  write([0, layout.unix[1]]);
  label('text');
  write('text');
  label('out');
  alu('mov', 0, 0);
  code.exit();
  return code.finish();

  function write(part: Part | 'text'): void {
    load(8, 1, CONTEXT, context.meta);
    load(8, 1, 1, 0);
    aluRegister('mov', 2, RECORD);
    if (part === 'text') {
      alu('add', 2, TEXT_AT);
      load(8, 3, RECORD, placeOf('textBytes'));
      // for the verifier, which does not know any more
      jumpIf('gt', 3, TEXT_BYTES, 'out');
    } else {
      alu('add', 2, part[0]);
      alu('mov', 3, part[1] - part[0]);
    }
    call(helpers.seqWrite);
  }

  /** What ext4_file_getattr() adds, and whether shmem_getattr() would count anew; of other filesystems it is not known. */
  function addUnsettled(): void {
    const inInode = (struct: string, path: string): number | undefined => {
      const [inode, member] = [btf.member(struct, 'vfs_inode'), btf.member(struct, path)];
      return inode && member && member.offset - inode.offset;
    };
    const reserved = inInode('ext4_inode_info', 'i_reserved_data_blocks');
    const alloced = inInode('shmem_inode_info', 'alloced');
    const swapped = inInode('shmem_inode_info', 'swapped');
    storeNumber(RECORD, placeOf('unsettled'), 1);
    load(8, 1, RECORD, placeOf('magic'));
    jumpIf('eq', 1, EXT4_SUPER_MAGIC, 'ext4');
    jumpIf('ne', 1, TMPFS_MAGIC, 'settled');
    if (alloced !== undefined && swapped !== undefined) {
      copy(8, placeOf('unsettled'), swapped);
      next(2, AT, 'inode', 'i_mapping');
      load(8, 2, 2, offset('address_space', 'nrpages'));
      load(8, 1, RECORD, placeOf('unsettled'));
      aluRegister('add', 2, 1);
      store(8, FRAME, -16, 2);
      copy(8, placeOf('unsettled'), alloced);
      load(8, 1, RECORD, placeOf('unsettled'));
      load(8, 2, FRAME, -16);
      aluRegister('sub', 1, 2);
      store(8, RECORD, placeOf('unsettled'), 1);
    }
    jump('settled');
    label('ext4');
    if (reserved !== undefined) copyNumber(4, 'unsettled', reserved);
    label('settled');
  }

  function addSocket(): void {
    next(AT, FILE, 'file', 'f_path.dentry');
    follow('dentry', 'd_name.name');
    copy(PROTOCOL_NAME_BYTES, placeOf('protocolName'), 0, helpers.probeReadKernelStr);
    load(8, AT, FILE, offset('file', 'private_data'));
    follow('socket', 'sk');
    store(8, RECORD, placeOf('sock'), AT);
    copyAll(ofSock);
    follow('sock', '__sk_common.skc_net.net');
    copyNumber(4, 'netNs', offset('net', 'ns.inum'));
    backToSock();
  }

  function addInet(): void {
    copyAll(ofInet);
    copy(IN6_BYTES, placeOf('boundAddress6'), offset('sock', '__sk_common.skc_v6_rcv_saddr'));
    copy(IN6_BYTES, placeOf('remoteAddress6'), offset('sock', '__sk_common.skc_v6_daddr'));
    addBit('corked', 'udp_sock', 'udp_flags', 'UDP_FLAGS_CORK');
    follow('inet_sock', 'pinet6');
    copy(IN6_BYTES, placeOf('ownAddress6'), offset('ipv6_pinfo', 'saddr'));
  }

  function addUnix(): void {
    copyAll(ofUnix);
    addPassing();
    addBit('timestamps', 'sock', '__sk_common.skc_flags', 'SOCK_RCVTSTAMP');
    addUnixName('nameBytes', 'name');
    backToSock();
    follow('unix_sock', 'peer');
    store(8, RECORD, placeOf('peer'), AT);
    addUnixName('peerNameBytes', 'peerName');
  }

  function backToSock(): void {
    load(8, AT, RECORD, placeOf('sock'));
  }

  function addUnixName(bytes: string, name: string): void {
    follow('unix_sock', 'addr');
    copyNumber(4, bytes, offset('unix_address', 'len'));
    copy(UNIX_NAME_BYTES, placeOf(name), offset('unix_address', 'name'));
  }

  /** SO_PASSCRED, SO_PASSSEC, SO_PASSPIDFD: bits of the sock since Linux 6.16, before of the flags of the socket. */
  function addPassing(): void {
    const bits = ['sk_scm_credentials', 'sk_scm_security', 'sk_scm_pidfd'];
    const found = bits.flatMap((bit) => btf.member('sock', bit) ?? []);
    const [first] = found;
    if (first === undefined) {
      load(8, AT, FILE, offset('file', 'private_data'));
      copyNumber(8, 'passes', offset('socket', 'flags'));
      mask('passes', SOCKET_PASSES);
      backToSock();
      return;
    }
    if (found.some(({ offset: at }) => at !== first.offset)) throw new Error(`${bits} are not of one byte`);
    copyNumber(1, 'passes', first.offset);
    mask(
      'passes',
      found.reduce((all, { bit }) => all | (1 << bit), 0),
    );
  }

  function mask(name: string, bits: number): void {
    load(8, 1, RECORD, placeOf(name));
    alu('and', 1, bits);
    store(8, RECORD, placeOf(name), 1);
  }

  /** Whether a bit of 64 is set; where it is not known which one it is, it may be. */
  function addBit(name: string, struct: string, path: string, bit: string): void {
    const place = btf.enumerator(bit);
    const flags = btf.member(struct, path);
    storeNumber(RECORD, placeOf(name), 1);
    if (place === undefined || flags === undefined) return;
    copyNumber(8, name, flags.offset);
    mask(name, 1 << place);
  }
}

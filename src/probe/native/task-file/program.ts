import type { Btf } from './btf.ts';
import {
  AT,
  CONTEXT,
  context,
  createEmitter,
  type Emitter,
  FILE,
  FRAME,
  helpers,
  leaderOnly,
  RECORD,
} from './emitter.ts';
import { addEventpoll } from './eventpoll-program.ts';
import {
  AF_UNIX,
  ANON_INODE_FS_MAGIC,
  EXT4_SUPER_MAGIC,
  layout,
  ofEvent,
  ofFile,
  ofInode,
  ofSuperblock,
  SOCKFS_MAGIC,
  TEXT_BYTES,
  TMPFS_MAGIC,
} from './layout.ts';
import { addInet, addSocket, addUnix } from './socket-program.ts';

const BITS_PER_LONG = 64;
/** Of the link of an eventpoll: eight bytes are compared. */
const [beforeName, eventpollName] = ['anon_inode:', Buffer.from('[eventpo').readBigInt64LE()];

/**
 * A program for the iterator over the files of a task (bpf_iter): it writes a record of each, as `layout.ts` says. What
 * it copies is where the kernel's own description of its types says. Throws where a type or member is missing.
 */
export function taskFileProgram(btf: Btf, mapFd: number): Buffer {
  const emitter = createEmitter(btf);
  const { code, offset, placeOf, copyAll, write } = emitter;
  const { load, jump, jumpIf, label } = code;
  leaderOnly(code, offset, 'out');
  code.mapValue(RECORD, mapFd);
  addFile(emitter);
  addLink(emitter, 'out');
  load(8, 1, RECORD, placeOf('magic'));
  jumpIf('eq', 1, SOCKFS_MAGIC, 'socket');
  jumpIf('eq', 1, ANON_INODE_FS_MAGIC, 'anonymous');
  write(layout.file, 'out');
  jump('text');
  label('anonymous');
  load(8, AT, FILE, offset('file', 'private_data'));
  load(8, 1, RECORD, layout.text[0] + beforeName.length);
  code.number64(2, eventpollName);
  code.jumpIfRegister('eq', 1, 2, 'eventpoll');
  copyAll(ofEvent);
  write([0, layout.event[1]], 'out');
  jump('text');
  label('eventpoll');
  code.storeNumber(RECORD, placeOf('eventpoll'), 1);
  addEventpoll(emitter);
  write([0, layout.eventpoll[1]], 'out');
  jump('text');
  label('socket');
  addSocket(emitter);
  load(8, 1, RECORD, placeOf('family'));
  jumpIf('eq', 1, AF_UNIX, 'unix');
  addInet(emitter);
  write([0, layout.inet[1]], 'out');
  jump('text');
  label('unix');
  addUnix(emitter);
  write([0, layout.unix[1]], 'out');
  label('text');
  write('text', 'out');
  label('out');
  code.alu('mov', 0, 0);
  code.exit();
  return code.finish();
}

function addFile(emitter: Emitter): void {
  const { code, offset, placeOf, next, loadAll, copyNumber } = emitter;
  const { load, store } = code;
  store(8, RECORD, placeOf('description'), FILE);
  load(4, 1, CONTEXT, context.fd);
  store(8, RECORD, placeOf('fd'), 1);
  code.storeNumber(RECORD, placeOf('eventpoll'), 0);
  addCloseOnExec(emitter);
  loadAll(ofFile, FILE);
  next(AT, FILE, 'file', 'f_op');
  store(8, RECORD, placeOf('operations'), AT);
  load(8, 1, AT, offset('file_operations', 'show_fdinfo'));
  store(8, RECORD, placeOf('showsFdinfo'), 1);
  next(AT, FILE, 'file', 'f_path.mnt');
  copyNumber('mntId', 4, offset('mount', 'mnt_id') - offset('mount', 'mnt'));
  next(AT, FILE, 'file', 'f_inode');
  loadAll(ofInode, AT);
  next(2, AT, 'inode', 'i_op');
  load(8, 1, 2, offset('inode_operations', 'getattr'));
  store(8, RECORD, placeOf('ownGetattr'), 1);
  next(2, AT, 'inode', 'i_sb');
  loadAll(ofSuperblock, 2);
  addUnsettled(emitter);
}

/** Of the table of fds, the bit of the one that is in register 1. AT is at the task. */
function addCloseOnExec({ code, offset, placeOf, next, copyNumber }: Emitter): void {
  const { load, store, alu, aluRegister } = code;
  next(AT, AT, 'task_struct', 'files');
  next(AT, AT, 'files_struct', 'fdt');
  load(8, AT, AT, offset('fdtable', 'close_on_exec'));
  alu('rsh', 1, Math.log2(BITS_PER_LONG));
  alu('lsh', 1, Math.log2(BITS_PER_LONG / 8));
  aluRegister('add', AT, 1);
  copyNumber('closeOnExec', 8, 0);
  load(8, 1, RECORD, placeOf('closeOnExec'));
  load(4, 2, CONTEXT, context.fd);
  alu('and', 2, BITS_PER_LONG - 1);
  aluRegister('rsh', 1, 2);
  alu('and', 1, 1);
  store(8, RECORD, placeOf('closeOnExec'), 1);
}

/** What ext4_file_getattr() adds, and whether shmem_getattr() would count anew; of other filesystems it is not known. */
function addUnsettled({ btf, code, offset, placeOf, next, copy, copyNumber }: Emitter): void {
  const { load, store, storeNumber, aluRegister, jump, jumpIf, label } = code;
  const fromInode = (struct: string, path: string): number | undefined => {
    const [inode, member] = [btf.member(struct, 'vfs_inode'), btf.member(struct, path)];
    return inode && member && member.offset - inode.offset;
  };
  const reserved = fromInode('ext4_inode_info', 'i_reserved_data_blocks');
  const alloced = fromInode('shmem_inode_info', 'alloced');
  const swapped = fromInode('shmem_inode_info', 'swapped');
  storeNumber(RECORD, placeOf('unsettled'), 1);
  load(8, 1, RECORD, placeOf('magic'));
  jumpIf('eq', 1, EXT4_SUPER_MAGIC, 'ext4');
  jumpIf('ne', 1, TMPFS_MAGIC, 'settled');
  if (alloced !== undefined && swapped !== undefined) {
    copy('unsettled', 8, swapped);
    next(2, AT, 'inode', 'i_mapping');
    load(8, 2, 2, offset('address_space', 'nrpages'));
    load(8, 1, RECORD, placeOf('unsettled'));
    aluRegister('add', 2, 1);
    store(8, FRAME, -16, 2);
    copy('unsettled', 8, alloced);
    load(8, 1, RECORD, placeOf('unsettled'));
    load(8, 2, FRAME, -16);
    aluRegister('sub', 1, 2);
    store(8, RECORD, placeOf('unsettled'), 1);
  }
  jump('settled');
  label('ext4');
  if (reserved !== undefined) copyNumber('unsettled', 4, reserved);
  label('settled');
}

/** As readlink(2) of /proc/PID/fd/N gives it; nothing where it is too long. */
function addLink({ code, offset, placeOf }: Emitter, out: string): void {
  const { store, alu, aluRegister, jumpIf } = code;
  aluRegister('mov', 1, FILE);
  alu('add', 1, offset('file', 'f_path'));
  aluRegister('mov', 2, RECORD);
  alu('add', 2, layout.text[0]);
  alu('mov', 3, TEXT_BYTES);
  code.call(helpers.dPath);
  jumpIf('sgt', 0, 0, 'has text');
  alu('mov', 0, 0);
  code.label('has text');
  jumpIf('gt', 0, TEXT_BYTES, out);
  store(8, RECORD, placeOf('textBytes'), 0);
}

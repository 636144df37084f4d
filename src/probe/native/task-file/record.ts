import { type Bytes, type CachedStat, fileTypeOf } from '../../proc.ts';
import {
  AF_UNIX,
  ANON_INODE_FS_MAGIC,
  EXT4_SUPER_MAGIC,
  layout,
  SOCKFS_MAGIC,
  TMPFS_MAGIC,
} from './layout.ts';

const O_CLOEXEC = 0o2000000;
/** include/uapi/linux/eventfd.h */
const EFD_SEMAPHORE = 1;
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;
const S_IFCHR = 0o020000;
/** include/linux/kdev_t.h: the kernel's own dev_t. */
const MINOR_BITS = 20;
const MINOR_MASK = 2 ** MINOR_BITS - 1;

const { at } = layout;

/** What the kernel has in memory of one open file: see `layout.ts`. */
export type FileRecord = Bytes;

/** The one that begins there. */
export const recordAt = (buffer: Buffer, view: DataView, start: number): FileRecord => ({
  buffer,
  view,
  start,
  end: endAt(view, start),
});

export const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView =>
  new DataView(buffer, byteOffset, byteLength);

export const endAt = (view: DataView, start: number): number =>
  start + headBytes(view, start) + view.getUint32(start + at.textBytes, true);

export const fdAt = (view: DataView, start: number): number => view.getUint32(start + at.fd, true);

/** Before the text. */
function headBytes(view: DataView, start: number): number {
  const magic = view.getUint32(start + at.magic, true);
  if (magic === ANON_INODE_FS_MAGIC)
    return (view.getUint32(start + at.eventpoll, true) === 0 ? layout.event : layout.eventpoll)[1];
  if (magic !== SOCKFS_MAGIC) return layout.file[1];
  return (view.getUint32(start + at.family, true) === AF_UNIX ? layout.unix : layout.inet)[1];
}

export const fdOf = ({ view, start }: FileRecord): number => fdAt(view, start);
export const isSocket = (record: FileRecord): boolean => low(record, at.magic) === SOCKFS_MAGIC;

/** Whether nothing is locked, and its link is not too long. */
export const isSimple = (record: FileRecord): boolean =>
  low(record, at.textBytes) > 0 && isZero(record, at.lockContext);

/** Whether its f_op has something to add to fdinfo. */
export const showsFdinfo = (record: FileRecord): boolean => !isZero(record, at.showsFdinfo);

/** Whether any eventpoll watches it: attach_epitem() in fs/eventpoll.c. */
export const isWatched = (record: FileRecord): boolean => !isZero(record, at.watchedBy);

/** Address of its f_op. */
export const operationsOf = ({ view, start }: FileRecord): bigint =>
  view.getBigUint64(start + at.operations, true);

/** Two fds of one description have the same. */
export const descriptionOf = (record: FileRecord): string => addressAt(record, at.description);

/** As readlink(2) of /proc/PID/fd/N gives it; undefined where that is too long. */
export function linkOf(record: FileRecord): string | undefined {
  const { buffer, view, start, end } = record;
  if (low(record, at.textBytes) === 0) return undefined;
  return buffer.toString('latin1', start + headBytes(view, start), end - 1);
}

/** The head of /proc/PID/fdinfo/N: seq_show() in fs/proc/fd.c. */
export function infoOf(record: FileRecord): string {
  const { view, start } = record;
  const flags = (flagsOf(record) & ~O_CLOEXEC) | (isZero(record, at.closeOnExec) ? 0 : O_CLOEXEC);
  const position = isSmall(record, at.position)
    ? low(record, at.position)
    : view.getBigInt64(start + at.position, true);
  return `pos:\t${position}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${low(record, at.mntId)}\nino:\t${inodeOf(record)}\n`;
}

/** The same of an eventfd: eventfd_show_fdinfo() in fs/eventfd.c. */
export function eventInfoOf(record: FileRecord): string {
  const count = digitsAt(record, at.eventCount, 16).padStart(16);
  const semaphore = (low(record, at.eventFlags) & EFD_SEMAPHORE) === 0 ? 0 : 1;
  return `${infoOf(record)}eventfd-count: ${count}\neventfd-id: ${low(record, at.eventId)}\neventfd-semaphore: ${semaphore}\n`;
}

/** f_flags */
export const flagsOf = (record: FileRecord): number => low(record, at.flags);

/**
 * What statx(2) answers, where that is what the inode has (generic_fillattr() in fs/stat.c), as on filesystems that add
 * nothing to it; undefined of others.
 */
export function statOf(record: FileRecord): CachedStat | undefined {
  const mode = low(record, at.mode);
  if (!isTold(record, mode & S_IFMT)) return undefined;
  const device = low(record, at.device);
  const node = low(record, at.node);
  return {
    type: fileTypeOf(mode),
    mode: mode & 0o7777,
    nlink: low(record, at.links),
    inode: inodeOf(record),
    sizeBytes: numberAt(record, at.sizeBytes),
    blockBytes: 2 ** low(record, at.blockBits),
    allocatedBytes: numberAt(record, at.blocks) * 512,
    major: node >>> MINOR_BITS,
    minor: node & MINOR_MASK,
    device: `${device >>> MINOR_BITS}:${device & MINOR_MASK}`,
    mntId: low(record, at.mntId),
  };
}

function isTold(record: FileRecord, type: number): boolean {
  // a block device has its own block size
  if (type !== S_IFREG && type !== S_IFDIR && type !== S_IFCHR) return false;
  if (isZero(record, at.ownGetattr)) return true;
  const magic = low(record, at.magic);
  if (magic !== EXT4_SUPER_MAGIC && magic !== TMPFS_MAGIC) return false;
  if (type !== S_IFREG) return true;
  // of data that is in the inode ext4 counts blocks that it does not take
  const inInode = magic === EXT4_SUPER_MAGIC && isZero(record, at.blocks) && !isZero(record, at.sizeBytes);
  return isZero(record, at.unsettled) && !inInode;
}

const inodeOf = (record: FileRecord): string => digitsAt(record, at.inode);

/** Every digit of it. */
export const digitsAt = (record: FileRecord, place: number, radix = 10): string =>
  isSmall(record, place)
    ? low(record, place).toString(radix)
    : record.view.getBigUint64(record.start + place, true).toString(radix);
export const addressAt = (record: FileRecord, place: number): string =>
  `${low(record, place + 4)} ${low(record, place)}`;

export const low = ({ view, start }: FileRecord, place: number): number =>
  view.getUint32(start + place, true);
/** 32 bits are enough for it. */
const isSmall = (record: FileRecord, place: number): boolean => low(record, place + 4) === 0;
export const isZero = (record: FileRecord, place: number): boolean =>
  low(record, place) === 0 && isSmall(record, place);
export const areZero = (record: FileRecord, places: readonly number[]): boolean => {
  for (const place of places) if (!isZero(record, place)) return false;
  return true;
};
const numberAt = (record: FileRecord, place: number): number =>
  low(record, place + 4) * 2 ** 32 + low(record, place);

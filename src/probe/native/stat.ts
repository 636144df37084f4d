import { type CachedStat, fileTypeOf } from '../proc.ts';
import type { Native } from './native.ts';
import type { System } from './system.ts';

export const AT_STATX_DONT_SYNC = 0x4000;
const STATX_BASIC_STATS = 0x7ff;
const STATX_MNT_ID = 0x1000;
export const CACHED_MASK = STATX_BASIC_STATS | STATX_MNT_ID;

export function statCalls(system: System): Pick<Native, 'statCached'> {
  const buffer = Buffer.alloc(256);
  return {
    statCached: (path) => {
      buffer.fill(0);
      const result = system.statx(path, AT_STATX_DONT_SYNC, CACHED_MASK, buffer);
      return result < 0 ? system.failure() : decodeStatx(buffer);
    },
  };
}

/** struct statx, include/uapi/linux/stat.h. */
export function decodeStatx(buffer: Buffer): CachedStat {
  const mode = buffer.readUInt16LE(28);
  return {
    type: fileTypeOf(mode),
    mode: mode & 0o7777,
    nlink: buffer.readUInt32LE(16),
    inode: inodeAt(buffer, 32),
    sizeBytes: numberAt(buffer, 40),
    blockBytes: buffer.readUInt32LE(4),
    allocatedBytes: numberAt(buffer, 48) * 512,
    major: buffer.readUInt32LE(128),
    minor: buffer.readUInt32LE(132),
    device: `${buffer.readUInt32LE(136)}:${buffer.readUInt32LE(140)}`,
    mntId: (buffer.readUInt32LE(0) & STATX_MNT_ID) === 0 ? undefined : numberAt(buffer, 144),
  };
}

/** 64 bits; beyond 2^53 the nearest number there is. */
const numberAt = (buffer: Buffer, at: number): number =>
  buffer.readUInt32LE(at + 4) * 2 ** 32 + buffer.readUInt32LE(at);

/** Every digit of it. */
function inodeAt(buffer: Buffer, at: number): string {
  const inode = numberAt(buffer, at);
  return inode <= Number.MAX_SAFE_INTEGER ? String(inode) : buffer.readBigUInt64LE(at).toString();
}

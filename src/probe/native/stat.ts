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
    inode: buffer.readBigUInt64LE(32).toString(),
    sizeBytes: Number(buffer.readBigUInt64LE(40)),
    blockBytes: buffer.readUInt32LE(4),
    allocatedBytes: Number(buffer.readBigUInt64LE(48)) * 512,
    major: buffer.readUInt32LE(128),
    minor: buffer.readUInt32LE(132),
    device: `${buffer.readUInt32LE(136)}:${buffer.readUInt32LE(140)}`,
    mntId: (buffer.readUInt32LE(0) & STATX_MNT_ID) === 0 ? undefined : Number(buffer.readBigUInt64LE(144)),
  };
}

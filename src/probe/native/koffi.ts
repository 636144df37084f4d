import { createRequire } from 'node:module';
import type { FileType, Stat } from '../proc.ts';
import { fileTypeOf } from '../proc.ts';
import type { Native } from './native.ts';

type Call = (...args: readonly unknown[]) => number;
interface Koffi {
  load(name: string): { func(declaration: string): Call };
  errno(): number;
  os: { readonly errno: Readonly<Record<string, number>> };
}

/**
 * The system calls node:fs lacks, through the optional `koffi` (prebuilt, no compiler). Undefined with the reason
 * where it cannot be had: then what depends on it is `unknown`.
 */
export function loadNative(): { readonly native?: Native; readonly missing?: string } {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    return { native: bind(koffi) };
  } catch (error) {
    return { missing: (error as Error).message.split('\n')[0] ?? 'koffi cannot be loaded' };
  }
}

const AT_FDCWD = -100;
/** statx(2): take what is cached, never ask the server of a network or FUSE filesystem. */
const AT_STATX_DONT_SYNC = 0x4000;
const STATX_BASIC_STATS = 0x7ff;

function bind(koffi: Koffi): Native {
  const libc = koffi.load('libc.so.6');
  const getxattr = libc.func('int64_t getxattr(void *path, const char *name, void *value, size_t size)');
  const statx = libc.func('int statx(int dirfd, void *path, int flags, unsigned int mask, void *buffer)');
  const names = new Map(Object.entries(koffi.os.errno).map(([name, number]) => [number, name]));
  const failure = () => ({ errno: names.get(koffi.errno()) ?? `errno ${koffi.errno()}` });
  const nameBuffer = Buffer.alloc(64);
  const statxBuffer = Buffer.alloc(256);
  return {
    socketProtocol: (path) => {
      const length = getxattr(cString(path), 'system.sockprotoname', nameBuffer, nameBuffer.length);
      return length < 0 ? failure() : nameBuffer.toString('latin1', 0, length).replace(/\0.*$/, '');
    },
    statCached: (path) => {
      const result = statx(AT_FDCWD, cString(path), AT_STATX_DONT_SYNC, STATX_BASIC_STATS, statxBuffer);
      return result < 0 ? failure() : toStat(statxBuffer);
    },
  };
}

/** A path is bytes, not text. */
const cString = (path: string): Buffer => Buffer.from(`${path}\0`, 'latin1');

/** struct statx, include/uapi/linux/stat.h. */
function toStat(buffer: Buffer): Stat {
  const mode = buffer.readUInt16LE(28);
  const type: FileType = fileTypeOf(mode);
  return {
    type,
    mode: mode & 0o7777,
    nlink: buffer.readUInt32LE(16),
    inode: buffer.readBigUInt64LE(32).toString(),
    sizeBytes: Number(buffer.readBigUInt64LE(40)),
    allocatedBytes: Number(buffer.readBigUInt64LE(48)) * 512,
    major: buffer.readUInt32LE(128),
    minor: buffer.readUInt32LE(132),
    device: `${buffer.readUInt32LE(136)}:${buffer.readUInt32LE(140)}`,
  };
}

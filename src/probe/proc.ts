import {
  type BigIntStats,
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  statfsSync,
  statSync,
} from 'node:fs';
import type { SocketOptions } from './native/native.ts';

/** A read that did not succeed: the name of the errno. ENOENT and ESRCH mean "gone", which is normal in procfs. */
export interface Failure {
  readonly errno: string;
}

export type FileType = 'regular' | 'directory' | 'symlink' | 'block' | 'char' | 'fifo' | 'socket' | 'none';

export interface Stat {
  readonly type: FileType;
  /** Permission bits. */
  readonly mode: number;
  readonly nlink: number;
  /** `major:minor` of the filesystem. */
  readonly device: string;
  readonly inode: string;
  /** Of a device node. */
  readonly major: number;
  readonly minor: number;
  readonly sizeBytes: number;
  /** st_blksize: of a file on huge pages the page size. */
  readonly blockBytes: number;
  /** st_blocks · 512: what a ghost file would cost. */
  readonly allocatedBytes: number;
}

/**
 * The only toucher of procfs. Paths are below the root of a proc tree, which is /proc or a fixture. Names and
 * texts are `latin1`: one character a byte, since a file name may be any bytes. Nothing throws for an errno.
 */
export interface Proc {
  readonly root: string;
  readText(path: string): string | Failure;
  /** Of a file that the kernel writes in one piece (single_open(), as fdinfo): no second read asks for its end. */
  readPiece(path: string): string | Failure;
  readLink(path: string): string | Failure;
  /** Follows the link. May hang on a network or FUSE filesystem: ask `mounts.ts` first. */
  stat(path: string): Stat | Failure;
  /** Of the link itself. */
  lstat(path: string): Stat | Failure;
  /** f_type of statfs(2). May hang as `stat` may. */
  fsMagic(path: string): number | Failure;
  list(path: string): readonly string[] | Failure;
  /** `PID/fd` and `PID/fdinfo`. Whoever opens it closes it. */
  openFds(pid: number): FdFolder | Failure;
}

/** The open files of one process by number: `fd/N` and `fdinfo/N`. */
export interface FdFolder {
  /** In ascending order. */
  list(): readonly number[] | Failure;
  readLink(fd: number): string | Failure;
  readInfo(fd: number): string | Failure;
  /**
   * What the kernel has in memory of it, all of one moment; fds are to be asked for in ascending order. Undefined where
   * reads have to tell, absent where they always have to. `headOnly`: nobody wants what the f_op adds to fdinfo.
   */
  readonly told?: (fd: number, headOnly: boolean) => OpenFile | undefined;
  /** Link text alone, of any file. */
  readonly linkTold?: (fd: number) => string | undefined;
  /** Whether any eventpoll watches it, of any file. */
  readonly watchedTold?: (fd: number) => boolean | undefined;
  /** The bytes that `told` makes its answer of; undefined where there is none. */
  readonly toldBy?: (fd: number, headOnly: boolean) => Bytes | undefined;
  /** fdinfo of all these is going to be asked for, in this order. */
  readAhead(fds: readonly number[]): void;
  /** What was read of it since; undefined where nothing was. */
  infoAhead(fd: number): string | undefined;
  /** How many there are, by the size of the folder (Linux 6.2); undefined where that does not tell. */
  count(): number | undefined;
  /** Permission bits of the link itself, which say how the file is open: proc(5). */
  linkMode(fd: number): number | Failure;
  /** As `Native.statCached`; undefined where that is not to be had. */
  statCached(fd: number): CachedStat | Failure | undefined;
  close(): void;
}

/** An open file as the kernel has it in memory. */
export interface OpenFile {
  readonly fd: number;
  /** As readlink(2) of /proc/PID/fd/N gives it. */
  readonly link: string;
  /** Text of /proc/PID/fdinfo/N. */
  readonly info: string;
  /** It has more lines than `info`. */
  readonly isHead: boolean;
  /** Whether any eventpoll watches it. */
  readonly watched: boolean;
  /** The same of all fds of one description, and of no others. */
  readonly description: string;
  /** As `FdFolder.statCached` answers; undefined where it has to be asked. */
  readonly stat: CachedStat | undefined;
  /** Of a socket. */
  readonly protocolName: string | undefined;
  /** Of a socket, where it is told. */
  readonly socket: SocketOptions | undefined;
  /** Of an eventpoll that is told of, with one entry: `description` of what it watches. */
  readonly watches: string | undefined;
}

/** Part of a buffer, which is good until the next is asked for. */
export interface Bytes {
  readonly buffer: Buffer;
  /** Of all of it: V8 reads a number of it without a call, which takes longer than the number. */
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** What the kernel has in memory of a file. */
export interface CachedStat extends Stat {
  /** STATX_MNT_ID, as in mountinfo; undefined before Linux 5.8. */
  readonly mntId: number | undefined;
}

/** Without a folder that is held open: each by its path. */
export function fdsByPath(proc: Omit<Proc, 'openFds'>, pid: number): FdFolder {
  return {
    list: () => {
      const names = proc.list(`${pid}/fd`);
      return failed(names) ? names : names.map(Number).sort((a, b) => a - b);
    },
    readLink: (fd) => proc.readLink(`${pid}/fd/${fd}`),
    readInfo: (fd) => proc.readPiece(`${pid}/fdinfo/${fd}`),
    readAhead: () => {},
    infoAhead: () => undefined,
    count: () => undefined,
    linkMode: (fd) => {
      const stat = proc.lstat(`${pid}/fd/${fd}`);
      return failed(stat) ? stat : stat.mode;
    },
    statCached: () => undefined,
    close: () => {},
  };
}

export const failed = (answer: unknown): answer is Failure =>
  typeof answer === 'object' && answer !== null && 'errno' in answer;

/** The process, fd or mapping is not there any more: no finding, it just changed. */
export const gone = ({ errno }: Failure): boolean => errno === 'ENOENT' || errno === 'ESRCH';

export function realProc(root = '/proc'): Proc {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  const at = (path: string) => Buffer.from(`${root}/${path}`, 'latin1');
  const proc = {
    root,
    readText: (path: string) => attempt(() => readAll(at(path), buffer, 0)),
    readPiece: (path: string) => attempt(() => readAll(at(path), buffer, buffer.length)),
    readLink: (path: string) => attempt(() => readlinkSync(at(path), 'latin1')),
    stat: (path: string) => attempt(() => toStat(statSync(at(path), { bigint: true }))),
    lstat: (path: string) => attempt(() => toStat(lstatSync(at(path), { bigint: true }))),
    fsMagic: (path: string) => attempt(() => statfsSync(at(path)).type),
    list: (path: string) => attempt(() => readdirSync(at(path), 'latin1')),
  };
  return { ...proc, openFds: (pid) => fdsByPath(proc, pid) };
}

/** Until a read gives less than `enough`, or nothing. As readFileSync, which for the small files of procfs takes four times as long: it asks for a size that is 0. */
function readAll(path: Buffer, buffer: Buffer, enough: number): string {
  const fd = openSync(path, 'r');
  try {
    let text = '';
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, null);
      text += buffer.toString('latin1', 0, length);
      if (length === 0 || length < enough) return text;
    }
  } finally {
    closeSync(fd);
  }
}

/** The errno of what node:fs throws; anything else is a bug and thrown on. */
export function attempt<T>(read: () => T): T | Failure {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return { errno: code };
  }
}

/** S_IFMT of inode(7); `none` for the inodes that have no type, as the anonymous ones. */
export const fileTypeOf = (mode: number): FileType => types[mode >> 12] ?? 'none';

/** By the four bits above the permissions: S_IFMT >> 12. */
const types: Readonly<Record<number, FileType>> = {
  1: 'fifo',
  2: 'char',
  4: 'directory',
  6: 'block',
  8: 'regular',
  10: 'symlink',
  12: 'socket',
};

function toStat(stats: BigIntStats): Stat {
  const mode = Number(stats.mode);
  const rdev = decodeDevice(stats.rdev);
  const device = decodeDevice(stats.dev);
  return {
    type: fileTypeOf(mode),
    mode: mode & 0o7777,
    nlink: Number(stats.nlink),
    device: `${device.major}:${device.minor}`,
    inode: stats.ino.toString(),
    ...rdev,
    sizeBytes: Number(stats.size),
    blockBytes: Number(stats.blksize),
    allocatedBytes: Number(stats.blocks) * 512,
  };
}

/** glibc's dev_t: makedev(3). */
export function decodeDevice(dev: bigint): { readonly major: number; readonly minor: number } {
  return {
    major: Number(((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n)),
    minor: Number((dev & 0xffn) | ((dev >> 12n) & 0xffffff00n)),
  };
}

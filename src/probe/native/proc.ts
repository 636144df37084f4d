import { type Failure, type FdFolder, failed, type Proc, type Stat } from '../proc.ts';
import type { Ahead } from './ahead.ts';
import { AT_STATX_DONT_SYNC, CACHED_MASK, decodeStatx } from './stat.ts';
import { O_PATH_CLOEXEC, O_RDONLY_CLOEXEC, type System } from './system.ts';
import { fdsOfTask } from './task-file/fds.ts';
import type { TaskFiles } from './task-file/reader.ts';

/** fs/proc and fs/seq_file.c give at most so much at once where a line is not longer. */
const BUFFER_BYTES = 64 * 1024;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_STATS = 0x7ff;
const STATX_MODE = 0x2;
const STATX_SIZE = 0x200;
const ownRoot = 'self/root/';
const AT_EMPTY_PATH = 0x1000;

/**
 * The reads of `Proc` by system calls of their own: a check makes thousands of them, and node:fs takes two to four times
 * as long for each, most of all for the ones that fail, since it makes an error with a stack of it.
 */
export function nativeProc(
  system: System,
  fallback: Proc,
  ahead?: Ahead,
  taskFiles: () => TaskFiles | undefined = () => undefined,
): Proc {
  const { root } = fallback;
  const buffer = Buffer.alloc(BUFFER_BYTES);
  const statBuffer = Buffer.alloc(256);

  function read(path: string, enough: number): string | Failure {
    return readOpen(system.open(`${root}/${path}`, O_RDONLY_CLOEXEC), enough);
  }

  function readOpen(fd: number, enough: number): string | Failure {
    if (fd < 0) return system.failure();
    const text = readAll(fd, enough);
    system.close(fd);
    return text;
  }

  function readAll(fd: number, enough: number): string | Failure {
    let text = '';
    for (;;) {
      const length = system.read(fd, buffer);
      if (length < 0) return system.failure();
      text += buffer.toString('latin1', 0, length);
      if (length === 0 || length < enough) return text;
    }
  }

  /** Our own root is where paths begin: without a walk through procfs a look-up takes half the time. */
  const pathOf = (path: string): string =>
    path.startsWith(ownRoot) && root === '/proc' ? path.slice(ownRoot.length - 1) : `${root}/${path}`;

  function stat(path: string, flags: number): Stat | Failure {
    const result = system.statx(pathOf(path), flags, STATX_BASIC_STATS, statBuffer);
    return result < 0 ? system.failure() : decodeStatx(statBuffer);
  }

  function list<T>(path: string, add: (length: number, found: T[]) => void): readonly T[] | Failure {
    const fd = system.open(`${root}/${path}`, O_RDONLY_CLOEXEC);
    if (fd < 0) return system.failure();
    const found = readFolder(fd, add);
    system.close(fd);
    return found;
  }

  function openFds(pid: number): FdFolder | Failure {
    const fds = openFolders(pid);
    const files = taskFiles();
    return failed(fds) || files === undefined ? fds : fdsOfTask(fds, files, pid);
  }

  function openFolders(pid: number): FdFolder | Failure {
    const links = system.open(`${root}/${pid}/fd`, O_PATH_CLOEXEC);
    if (links < 0) return system.failure();
    const infos = system.open(`${root}/${pid}/fdinfo`, O_PATH_CLOEXEC);
    if (infos < 0) {
      const failure = system.failure();
      system.close(links);
      return failure;
    }
    let reading: Ahead | undefined;
    return {
      list: () => {
        const fds = list<number>(`${pid}/fd`, (length, found) => addNumbers(buffer, length, found));
        return failed(fds) ? fds : [...fds].sort((a, b) => a - b);
      },
      readLink: (fd) => system.readLinkAt(links, String(fd)),
      readInfo: (fd) => readOpen(system.openAt(infos, String(fd), O_RDONLY_CLOEXEC), buffer.length),
      readAhead: (fds) => {
        reading = ahead;
        ahead?.begin(pid, fds);
      },
      infoAhead: (fd) => reading?.take(fd),
      count: () => {
        const result = system.statxAt(links, '', AT_EMPTY_PATH, STATX_SIZE, statBuffer);
        const size = result < 0 ? 0 : statBuffer.readUInt32LE(40); // stx_size
        return size === 0 ? undefined : size;
      },
      linkMode: (fd) => {
        const result = system.statxAt(links, String(fd), AT_SYMLINK_NOFOLLOW, STATX_MODE, statBuffer);
        return result < 0 ? system.failure() : statBuffer.readUInt16LE(28) & 0o7777; // stx_mode
      },
      statCached: (fd) => {
        statBuffer.fill(0);
        const result = system.statxAt(links, String(fd), AT_STATX_DONT_SYNC, CACHED_MASK, statBuffer);
        return result < 0 ? system.failure() : decodeStatx(statBuffer);
      },
      close: () => {
        reading?.end();
        system.close(infos);
        system.close(links);
      },
    };
  }

  function readFolder<T>(fd: number, add: (length: number, found: T[]) => void): readonly T[] | Failure {
    const found: T[] = [];
    for (;;) {
      const length = system.listDirectory(fd, buffer);
      if (length < 0) return system.failure();
      if (length === 0) return found;
      add(length, found);
    }
  }

  return {
    root,
    readText: (path) => read(path, 0),
    readPiece: (path) => read(path, buffer.length),
    readLink: (path) => system.readLink(`${root}/${path}`),
    stat: (path) => stat(path, 0),
    lstat: (path) => stat(path, AT_SYMLINK_NOFOLLOW),
    fsMagic: fallback.fsMagic,
    list: (path) => list<string>(path, (length, found) => addNames(buffer, length, found)),
    openFds,
  };
}

/** struct linux_dirent64: u64 ino, s64 off, u16 reclen, u8 type, name up to NUL. */
const NAME_AT = 19;

export function addNames(buffer: Buffer, length: number, names: string[]): void {
  for (let at = 0; at + NAME_AT < length; ) {
    const next = at + ((buffer[at + 16] ?? 0) | ((buffer[at + 17] ?? 0) << 8));
    let end = at + NAME_AT;
    while (end < next && buffer[end] !== 0) end++;
    const name = buffer.toString('latin1', at + NAME_AT, end);
    if (name !== '.' && name !== '..') names.push(name);
    if (next <= at) return;
    at = next;
  }
}

/** Of a folder whose entries are called by numbers; another name is left out. */
export function addNumbers(buffer: Buffer, length: number, numbers: number[]): void {
  for (let at = 0; at + NAME_AT < length; ) {
    const next = at + ((buffer[at + 16] ?? 0) | ((buffer[at + 17] ?? 0) << 8));
    let number = 0;
    let end = at + NAME_AT;
    for (; end < next && isDigit(buffer[end]); end++) number = number * 10 + ((buffer[end] ?? 0) - 48);
    if (end > at + NAME_AT && buffer[end] === 0) numbers.push(number);
    if (next <= at) return;
    at = next;
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

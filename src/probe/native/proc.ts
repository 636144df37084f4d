import type { Failure, Proc, Stat } from '../proc.ts';
import { decodeStatx } from './stat.ts';
import { O_RDONLY_CLOEXEC, type System } from './system.ts';

/** fs/proc and fs/seq_file.c give at most so much at once where a line is not longer. */
const BUFFER_BYTES = 64 * 1024;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC_STATS = 0x7ff;

/**
 * The reads of `Proc` by system calls of their own: a check makes thousands of them, and node:fs takes two to four times
 * as long for each, most of all for the ones that fail, since it makes an error with a stack of it.
 */
export function nativeProc(system: System, fallback: Proc): Proc {
  const { root } = fallback;
  const buffer = Buffer.alloc(BUFFER_BYTES);
  const statBuffer = Buffer.alloc(256);

  function read(path: string, enough: number): string | Failure {
    const fd = system.open(`${root}/${path}`, O_RDONLY_CLOEXEC);
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

  function stat(path: string, flags: number): Stat | Failure {
    const result = system.statx(`${root}/${path}`, flags, STATX_BASIC_STATS, statBuffer);
    return result < 0 ? system.failure() : decodeStatx(statBuffer);
  }

  function list(path: string): readonly string[] | Failure {
    const fd = system.open(`${root}/${path}`, O_RDONLY_CLOEXEC);
    if (fd < 0) return system.failure();
    const names = readNames(fd);
    system.close(fd);
    return names;
  }

  function readNames(fd: number): readonly string[] | Failure {
    const names: string[] = [];
    for (;;) {
      const length = system.listDirectory(fd, buffer);
      if (length < 0) return system.failure();
      if (length === 0) return names;
      addNames(buffer, length, names);
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
    list,
  };
}

/** struct linux_dirent64: u64 ino, s64 off, u16 reclen, u8 type, name up to NUL. */
export function addNames(buffer: Buffer, length: number, names: string[]): void {
  for (let at = 0; at + 19 < length; ) {
    const next = at + ((buffer[at + 16] ?? 0) | ((buffer[at + 17] ?? 0) << 8));
    let end = at + 19;
    while (end < next && buffer[end] !== 0) end++;
    const name = buffer.toString('latin1', at + 19, end);
    if (name !== '.' && name !== '..') names.push(name);
    if (next <= at) return;
    at = next;
  }
}

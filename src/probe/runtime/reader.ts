import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import type { Failure } from '../proc.ts';

/** Reads a runtime's state: regular files of limited size, and folders. Nothing throws for an errno. */
export interface StateReader {
  /** UTF-8. EFBIG where it is larger than `limit` bytes. */
  readText(path: string, limit: number): string | Failure;
  list(path: string): readonly string[] | Failure;
}

export const realStateReader: StateReader = {
  readText: (path, limit) => attempt(() => readLimited(path, limit)),
  list: (path) => attempt(() => readdirSync(path)),
};

function readLimited(path: string, limit: number): string | Failure {
  // neither a link nor a fifo or device that might be waited for
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return { errno: 'EINVAL' };
    if (stat.size > limit) return { errno: 'EFBIG' };
    const buffer = Buffer.alloc(stat.size);
    for (let length = 0, read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(fd, buffer, length, buffer.length - length, null);
    }
    return buffer.toString('utf8');
  } finally {
    closeSync(fd);
  }
}

function attempt<T>(read: () => T): T | Failure {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return { errno: code };
  }
}

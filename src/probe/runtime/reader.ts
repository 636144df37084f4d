import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { attempt, type Failure } from '../proc.ts';
import { readRegular } from '../regular-file.ts';

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
    return readRegular(fd, limit);
  } finally {
    closeSync(fd);
  }
}

import { fstatSync, readSync } from 'node:fs';
import type { Failure } from './proc.ts';

/**
 * Text (UTF-8) of a regular file of limited size, which others may write to meanwhile. EINVAL: it is another kind of
 * file, which might be waited for; EFBIG: it is larger than the limit.
 */
export function readRegular(fd: number, limitBytes: number): string | Failure {
  const stat = fstatSync(fd);
  if (!stat.isFile()) return { errno: 'EINVAL' };
  if (stat.size > limitBytes) return { errno: 'EFBIG' };
  const buffer = Buffer.alloc(stat.size);
  let length = 0;
  while (length < buffer.length) {
    const more = readSync(fd, buffer, length, buffer.length - length, length);
    if (more === 0) break;
    length += more;
  }
  return buffer.toString('utf8', 0, length);
}

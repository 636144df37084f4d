import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';

const maxBytes = 1024 * 1024;

/** A file of the configuration: its bytes, or why not. A secret one must not be for all to read. */
export function readFile(path: string, { secret }: { readonly secret: boolean }): Buffer | string {
  try {
    const fd = openSync(path, 'r');
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return 'expected a file';
      if (stat.size > maxBytes) return `expected at most ${maxBytes} bytes, got ${stat.size}`;
      if (secret && (stat.mode & 0o007) !== 0) {
        return `expected a file that others may not open, as with chmod o=: its mode is 0${(stat.mode & 0o777).toString(8)}`;
      }
      return readFileSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}

/** Changes whenever one of the files is written or replaced: a secret of Kubernetes is a link to another folder then. */
export function stampOf(paths: readonly string[]): string {
  return paths.map(stamp).join(' ');
}

function stamp(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unread';
  }
}

import { parseMaps } from './parse/maps.ts';

/** A file that is mapped, once however many mappings it has. */
export interface MappedFile {
  /** Its first mapping in /proc/PID/map_files, below the proc root. */
  readonly at: string;
  /** Latin1, as in maps. */
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  /** Union of the permissions of its mappings: `rwxps`. */
  readonly perms: string;
}

/** The mapped files of /proc/PID/maps; anonymous memory, [heap], [stack], [vdso] and the like are none. */
export function mappedFiles(pid: number, text: string): readonly MappedFile[] {
  const files = new Map<string, MappedFile>();
  for (const { start, end, path, device, inode, perms } of parseMaps(text).rows) {
    if (path === '' || path.startsWith('[')) continue;
    const key = `${device} ${inode} ${path}`;
    const before = files.get(key);
    const at = before?.at ?? `${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
    const union = [...new Set(`${before?.perms ?? ''}${perms}`)].filter((letter) => letter !== '-').join('');
    files.set(key, { at, path, device, inode, perms: union });
  }
  return [...files.values()];
}

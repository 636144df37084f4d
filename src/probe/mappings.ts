import type { Mapping } from './parse/maps.ts';

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
  /** How much of it is mapped, each part once. */
  readonly mappedBytes: number;
  /** Addresses where its private mappings begin. */
  readonly privateStarts: readonly bigint[];
}

/** The files among the mappings; anonymous memory, [heap], [stack], [vdso] and the like are none. */
export function mappedFiles(pid: number, mappings: readonly Mapping[]): readonly MappedFile[] {
  const files = new Map<string, MappedFile & { readonly offsets: Set<string> }>();
  for (const { start, end, offset, path, device, inode, perms } of mappings) {
    if (path === '' || path.startsWith('[')) continue;
    const key = `${device} ${inode} ${path}`;
    const before = files.get(key);
    const offsets = before?.offsets ?? new Set<string>();
    const again = offsets.has(offset);
    offsets.add(offset);
    files.set(key, {
      ...{ path, device, inode, offsets },
      at: before?.at ?? `${pid}/map_files/${start.toString(16)}-${end.toString(16)}`,
      perms: [...new Set(`${before?.perms ?? ''}${perms}`)].filter((letter) => letter !== '-').join(''),
      mappedBytes: (before?.mappedBytes ?? 0) + (again ? 0 : Number(end - start)),
      privateStarts: [...(before?.privateStarts ?? []), ...(perms.endsWith('p') ? [start] : [])],
    });
  }
  return [...files.values()];
}

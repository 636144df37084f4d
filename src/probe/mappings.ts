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
  const groups = new Map<string, Mapping[]>();
  for (const mapping of mappings) {
    const { path, device, inode } = mapping;
    if (path === '' || path.startsWith('[')) continue;
    const key = `${device} ${inode} ${path}`;
    const group = groups.get(key);
    if (group) group.push(mapping);
    else groups.set(key, [mapping]);
  }
  return [...groups.values()].map((group) => mappedFile(pid, group));
}

function mappedFile(pid: number, group: readonly Mapping[]): MappedFile {
  const { path, device, inode, start, end } = group[0] as Mapping;
  const offsets = new Set<string>();
  const perms = new Set<string>();
  const privateStarts: bigint[] = [];
  let mappedBytes = 0;
  for (const mapping of group) {
    for (const letter of mapping.perms) if (letter !== '-') perms.add(letter);
    if (!offsets.has(mapping.offset)) mappedBytes += Number(mapping.end - mapping.start);
    offsets.add(mapping.offset);
    if (mapping.perms.endsWith('p')) privateStarts.push(mapping.start);
  }
  const at = `${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
  return { at, path, device, inode, perms: [...perms].join(''), mappedBytes, privateStarts };
}

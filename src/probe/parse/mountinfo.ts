import { isDecimal, parseDecimal } from './number.ts';
import { decodeOctal } from './octal.ts';
import { parseTable } from './table.ts';

export interface Mount {
  readonly id: number;
  readonly parentId: number;
  /** `254:0`, of the superblock; files on btrfs or overlay may stat as another. */
  readonly device: string;
  /** What of the filesystem is mounted: `/`, a folder of it for a bind mount, `net:[…]` for nsfs; `//deleted` at its end when gone. */
  readonly root: string;
  readonly mountPoint: string;
  /** As in the text, escapes and all: for those who compare with what another tool prints. */
  readonly rawMountPoint: string;
  /** Of this mount: `rw,relatime`. */
  readonly options: string;
  /** `shared:1`, `master:2`, `propagate_from:3`, `unbindable`. */
  readonly optional: readonly string[];
  /** `ext4`, `fuse.sshfs`. */
  readonly fsType: string;
  /** May be ''. */
  readonly source: string;
  /** Of the superblock, escapes left in: values hold commas as `\054`. */
  readonly superOptions: string;
}

function isDevice(text: string): boolean {
  const colon = text.indexOf(':');
  return colon > 0 && isDecimal(text.slice(0, colon)) && isDecimal(text.slice(colon + 1));
}

function parseMount(line: string): Mount | undefined {
  const separator = line.indexOf(' - ');
  const typeEnd = line.indexOf(' ', separator + 3);
  const sourceEnd = line.indexOf(' ', typeEnd + 1);
  if (separator < 0 || typeEnd < 0 || sourceEnd < 0) return undefined;
  const head = line.slice(0, separator).split(' ');
  const [idText = '', parentText = '', device = '', root = '', rawMountPoint = '', options = ''] = head;
  const id = parseDecimal(idText);
  const parentId = parseDecimal(parentText);
  if (id === undefined || parentId === undefined || !isDevice(device)) return undefined;
  if (root === '' || rawMountPoint === '' || options === '' || typeEnd === separator + 3) return undefined;
  return {
    id,
    parentId,
    device,
    root: decodeOctal(root),
    mountPoint: decodeOctal(rawMountPoint),
    rawMountPoint,
    options,
    optional: head.slice(6),
    fsType: decodeOctal(line.slice(separator + 3, typeEnd)),
    source: decodeOctal(line.slice(typeEnd + 1, sourceEnd)),
    superOptions: line.slice(sourceEnd + 1),
  };
}

/**
 * /proc/PID/mountinfo: proc(5), show_mountinfo() in fs/proc_namespace.c:
 * `36 35 98:0 /mnt1 /mnt\0402 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`; one space between fields, so an empty
 * source is two spaces. Space, tab, newline, backslash (and `#` in the source) are octal escapes, decoded in root,
 * mountPoint, fsType and source.
 * `bad` counts lines that are not like that, and a last line without its newline.
 */
export function parseMountinfo(text: string): { readonly mounts: readonly Mount[]; readonly bad: number } {
  const { rows, bad } = parseTable(text, '', parseMount);
  return { mounts: rows, bad };
}

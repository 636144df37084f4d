import { parseDevicePair } from './device.ts';
import { skipBlanks, splitFields } from './fields.ts';
import { hexToBigint, hexToDecimal, isDecimal } from './number.ts';
import { parseTable, type Table } from './table.ts';

export interface AddressRange {
  readonly start: bigint;
  /** First address after it. */
  readonly end: bigint;
}

export interface Mapping extends AddressRange {
  /** `r-xp`, `rw-s`. */
  readonly perms: string;
  /** Offset into the file in bytes, decimal. */
  readonly offset: string;
  /** `254:0` as in mountinfo. */
  readonly device: string;
  /** `0`: no file. */
  readonly inode: string;
  /** A file's path (perhaps with ` (deleted)`), `[heap]`, `[anon:name]`, `anon_inode:[x]`, or '' for anonymous memory. */
  readonly path: string;
}

/** `55b548147000-55b548148000`. */
export function parseRange(text: string): AddressRange | undefined {
  const dash = text.indexOf('-');
  if (dash < 0) return undefined;
  const start = hexToBigint(text.slice(0, dash));
  const end = hexToBigint(text.slice(dash + 1));
  return start === undefined || end === undefined ? undefined : { start, end };
}

function parseMapping(line: string): Mapping | undefined {
  const fields = splitFields(line, 5);
  if (fields === undefined) return undefined;
  const [rangeText = '', perms = '', offsetText = '', deviceHex = '', inode = '', rest = ''] = fields;
  const range = parseRange(rangeText);
  const offset = hexToDecimal(offsetText);
  const device = parseDevicePair(deviceHex);
  if (range === undefined || offset === undefined || device === undefined) return undefined;
  if (perms.length !== 4 || !isDecimal(inode)) return undefined;
  let path = rest.slice(skipBlanks(rest));
  if (path.includes('\\012')) path = path.replaceAll('\\012', '\n');
  return { start: range.start, end: range.end, perms, offset, device, inode, path };
}

/**
 * /proc/PID/maps: proc(5), show_map_vma() in fs/proc/task_mmu.c:
 * `55b548148000-55b548149000 r-xp 00001000 fe:00 26723      /usr/bin/my prog`; all hexadecimal but the inode.
 * The path is the rest of the line. Of it the kernel escapes only the newline, not the backslash, so a name that really
 * holds the four characters `\012` cannot be told from one with a newline, and is read as the latter.
 * `bad` counts lines that are not like that, and a last line without its newline.
 */
export function parseMaps(text: string): Table<Mapping> {
  return parseTable(text, '', parseMapping);
}

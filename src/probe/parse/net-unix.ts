import { splitFields } from './fields.ts';
import { isDecimal, isHex, parseHex } from './number.ts';
import { hasTitles, type Table } from './table.ts';

export interface UnixSocket {
  readonly refCount: number;
  readonly protocol: number;
  /** 0x10000: listening. */
  readonly flags: number;
  /** 1 stream, 2 datagram, 5 seqpacket. */
  readonly type: number;
  /** 1 unconnected, 2 connecting, 3 connected, 4 disconnecting. */
  readonly state: number;
  /** `0`: connected, not yet accepted. */
  readonly inode: string;
  /** '' without a name. `@` first: abstract, its zero bytes written as `@` (a relative path may begin so too). */
  readonly path: string;
}

function parseRow(line: string): UnixSocket | undefined {
  const fields = splitFields(line, 7);
  if (fields === undefined) return undefined;
  const [slot = '', refs = '', protocolText = '', flagsText = '', typeText = '', st = '', inode = ''] =
    fields;
  const refCount = parseHex(refs);
  const protocol = parseHex(protocolText);
  const flags = parseHex(flagsText);
  const type = parseHex(typeText);
  const state = parseHex(st);
  if (refCount === undefined || protocol === undefined || flags === undefined) return undefined;
  if (type === undefined || state === undefined || !isDecimal(inode)) return undefined;
  if (!slot.endsWith(':') || !isHex(slot.slice(0, -1))) return undefined;
  return { refCount, protocol, flags, type, state, inode, path: fields[7]?.slice(1) ?? '' };
}

/**
 * /proc/PID/net/unix: proc(5), unix_seq_show() in net/unix/af_unix.c, after one line of titles:
 * `0000000084b40e88: 00000002 00000000 00010000 0001 01  9463 /tmp/so ck`; all hexadecimal but the inode; the path is the rest.
 * The kernel escapes nothing there: a path may hold a newline. A line that is no row continues the path above it; a path
 * can thus also hold what looks like a row, so of two rows with one inode (other than 0) either may be forged.
 * `bad` counts lines that neither are rows nor follow a path, and a last line without its newline.
 */
export function parseNetUnix(text: string): Table<UnixSocket> {
  const rows: UnixSocket[] = [];
  const lines = text.split('\n');
  let bad = lines.pop() === '' ? 0 : 1;
  for (let at = hasTitles(lines[0], 'Num ') ? 1 : 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const row = parseRow(line);
    const last = rows.at(-1);
    if (row !== undefined) rows.push(row);
    else if (last !== undefined && last.path !== '') {
      rows[rows.length - 1] = { ...last, path: `${last.path}\n${line}` };
    } else bad++;
  }
  return { rows, bad };
}

import { skipBlanks } from './fields.ts';
import { isDecimal, isSigned, parseDecimal, parseOctal } from './number.ts';

export interface Fdinfo {
  /** File position in bytes, decimal; negative for files with unsigned offsets past 2^63 (/proc/PID/mem). */
  readonly pos: string;
  /** Open flags (O_*) of the architecture. */
  readonly flags: number;
  /** Mount id, as in mountinfo of the mount namespace the file was opened in. */
  readonly mntId: number;
  /** Inode number; absent before Linux 5.14. */
  readonly ino: string | undefined;
  /** Every other line, in order: key → values. */
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

const NO_EXTRA: ReadonlyMap<string, readonly string[]> = new Map();

/** End of the line at `at` when it begins with `key`, else -1. */
function lineEnd(text: string, key: string, at: number): number {
  return text.startsWith(key, at) ? text.indexOf('\n', at) : -1;
}

/**
 * /proc/PID/fdinfo/FD: proc(5), seq_show() in fs/proc/fd.c and each file_operations' show_fdinfo().
 * The head is `pos`, `flags` (octal), `mnt_id`, `ino`, in this order, each `key:\tvalue`. By its place it cannot be forged
 * by a name further down that holds a newline (a dma-buf's, say); such a name can add keys to `extra`.
 * The rest is kept by key, blanks before the value dropped: `eventfd-count:   3` → 'eventfd-count' → ['3'];
 * `inotify wd:1 …` → 'inotify' → ['wd:1 …']. A line that begins with a blank or has no colon belongs to the key above it
 * (io_uring's lists) and is added to its values as it is.
 * Undefined when the head is not as above or the last line has no newline.
 */
export function parseFdinfo(text: string): Fdinfo | undefined {
  const posEnd = lineEnd(text, 'pos:\t', 0);
  if (posEnd < 0) return undefined;
  const flagsEnd = lineEnd(text, 'flags:\t', posEnd + 1);
  if (flagsEnd < 0) return undefined;
  const mntIdEnd = lineEnd(text, 'mnt_id:\t', flagsEnd + 1);
  if (mntIdEnd < 0) return undefined;
  const inoEnd = lineEnd(text, 'ino:\t', mntIdEnd + 1);
  const headEnd = inoEnd < 0 ? mntIdEnd + 1 : inoEnd + 1;
  if (!text.endsWith('\n')) return undefined;

  const pos = text.slice(5, posEnd);
  const flags = parseOctal(text, posEnd + 8, flagsEnd);
  const mntId = parseDecimal(text, flagsEnd + 9, mntIdEnd);
  const ino = inoEnd < 0 ? undefined : text.slice(mntIdEnd + 6, inoEnd);
  if (!isSigned(pos) || flags === undefined || mntId === undefined) return undefined;
  if (ino !== undefined && !isDecimal(ino)) return undefined;
  const extra = headEnd === text.length ? NO_EXTRA : parseExtra(text, headEnd);
  return { pos, flags, mntId, ino, extra };
}

/** Lines whose key ends at a space, not at the first colon (fs/notify/fdinfo.c); else -1. */
function spacedKeyEnd(text: string, start: number): number {
  if (text.startsWith('inotify ', start)) return start + 7;
  return text.startsWith('fanotify ', start) ? start + 8 : -1;
}

function parseExtra(text: string, from: number): ReadonlyMap<string, readonly string[]> {
  const extra = new Map<string, string[]>();
  let key = '';
  let colon = -1;
  let end = 0;
  for (let start = from; start < text.length; start = end + 1) {
    end = text.indexOf('\n', start);
    if (colon < start) {
      colon = text.indexOf(':', start);
      if (colon < 0) colon = text.length;
    }
    let valueStart = start;
    if (colon < end && skipBlanks(text, start) === start) {
      const spaced = spacedKeyEnd(text, start);
      const keyEnd = spaced < 0 ? colon : spaced;
      key = text.slice(start, keyEnd);
      valueStart = skipBlanks(text, keyEnd + 1);
    }
    const value = text.slice(valueStart, end);
    const values = extra.get(key);
    if (values === undefined) extra.set(key, [value]);
    else values.push(value);
  }
  return extra;
}

import { parseDevicePair } from './device.ts';
import { skipBlanks, splitFields } from './fields.ts';
import { isDecimal, parseDecimal, parseSigned } from './number.ts';

export interface Lock {
  /** Number of the line; waiters carry that of the lock they wait for. */
  readonly id: number;
  readonly waiting: boolean;
  /** POSIX, FLOCK, OFDLCK, LEASE, DELEG, ACCESS, UNKNOWN. */
  readonly type: string;
  /** ADVISORY, MANDATORY, MSNFS; of a lease ACTIVE, BREAKING, BREAKER. */
  readonly mode: string;
  /** READ, WRITE, UNLCK; RW and NONE of old share locks. */
  readonly access: string;
  /** -1 for OFDLCK; 0 when the holder is not in the reader's pid namespace. */
  readonly pid: number;
  /** `254:0` as in mountinfo; undefined, as the inode, when the lock has no inode (`<none>:0`). */
  readonly device: string | undefined;
  readonly inode: string | undefined;
  /** First byte, decimal. */
  readonly start: string;
  /** Last byte, decimal, or EOF. */
  readonly end: string;
}

/**
 * A line of /proc/locks or a `lock` value of fdinfo: proc(5), lock_get_status() in fs/locks.c:
 * `1: -> POSIX  ADVISORY  WRITE 4346 fe:00:2146350 5 14`; device hexadecimal, the rest decimal. ` -> ` marks a waiter and is
 * indented by how deep it waits.
 */
export function parseLock(line: string): Lock | undefined {
  const colon = line.indexOf(':');
  const id = parseDecimal(line, skipBlanks(line), colon);
  if (id === undefined) return undefined;
  let at = skipBlanks(line, colon + 1);
  const waiting = line.startsWith('-> ', at);
  if (waiting) at += 3;
  const fields = splitFields(line.slice(at), 7);
  if (fields === undefined) return undefined;
  const [type = '', mode = '', access = '', pidText = '', where = '', start = '', end = '', rest = ''] =
    fields;
  const pid = parseSigned(pidText);
  if (pid === undefined || !isDecimal(start) || skipBlanks(rest) !== rest.length) return undefined;
  if (end !== 'EOF' && !isDecimal(end)) return undefined;
  if (where === '<none>:0') {
    return { id, waiting, type, mode, access, pid, device: undefined, inode: undefined, start, end };
  }
  const inodeAt = where.lastIndexOf(':');
  const device = parseDevicePair(where.slice(0, Math.max(inodeAt, 0)));
  const inode = where.slice(inodeAt + 1);
  if (device === undefined || !isDecimal(inode)) return undefined;
  return { id, waiting, type, mode, access, pid, device, inode, start, end };
}

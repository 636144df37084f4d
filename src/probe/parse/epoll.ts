import { type Device, parseSdev } from './device.ts';
import { trimBlanks } from './fields.ts';
import { hexToDecimal, isHex, isSigned, parseDecimal } from './number.ts';

export interface Tfd {
  /** The number the file had in the table of whoever added it; it may be another file by now. */
  readonly fd: number;
  /** Event mask, hexadecimal. */
  readonly events: string;
  /** The caller's 64 bits, hexadecimal. */
  readonly data: string;
  /** Position of the watched file, decimal. */
  readonly pos: string;
  /** Inode of the watched file, decimal (hexadecimal in the text). */
  readonly inode: string;
  /** Device of the watched file's superblock. */
  readonly device: Device;
}

/**
 * A `tfd` value of an epoll's fdinfo: proc(5), ep_show_fdinfo() in fs/eventpoll.c:
 * `       6 events: 80000019 data:                6  pos:0 ino:24b1 sdev:f`; fd and pos decimal, the rest hexadecimal.
 * Undefined before Linux 4.13, which lacks pos, ino and sdev.
 */
export function parseTfd(value: string): Tfd | undefined {
  const eventsAt = value.indexOf(' events:');
  const dataAt = value.indexOf(' data:', eventsAt + 1);
  const posAt = value.indexOf(' pos:', dataAt + 1);
  const inoAt = value.indexOf(' ino:', posAt + 1);
  const sdevAt = value.indexOf(' sdev:', inoAt + 1);
  if (eventsAt < 0 || dataAt < 0 || posAt < 0 || inoAt < 0 || sdevAt < 0) return undefined;
  const fd = parseDecimal(trimBlanks(value.slice(0, eventsAt)));
  const events = trimBlanks(value.slice(eventsAt + 8, dataAt));
  const data = trimBlanks(value.slice(dataAt + 6, posAt));
  const pos = trimBlanks(value.slice(posAt + 5, inoAt));
  const inode = hexToDecimal(trimBlanks(value.slice(inoAt + 5, sdevAt)));
  const device = parseSdev(trimBlanks(value.slice(sdevAt + 6)));
  if (fd === undefined || inode === undefined || device === undefined) return undefined;
  if (!isHex(events) || !isHex(data) || !isSigned(pos)) return undefined;
  return { fd, events, data, pos, inode, device };
}

/** An entry of an eventpoll; `offset` counts those of the same number before it, as kcmp(2) does. */
export interface Target extends Tfd {
  readonly offset: number;
}

/** All `tfd` values of one eventpoll. */
export function parseTargets(values: readonly string[] = []): readonly Target[] {
  const before = new Map<number, number>();
  return values
    .map(parseTfd)
    .filter((tfd) => tfd !== undefined)
    .map((tfd) => {
      const offset = before.get(tfd.fd) ?? 0;
      before.set(tfd.fd, offset + 1);
      return Object.assign(tfd, { offset });
    });
}

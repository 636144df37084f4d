import { parseHex } from './number.ts';

export interface Device {
  readonly major: number;
  readonly minor: number;
}

/** `sdev:` of fdinfo: hexadecimal of the kernel's own dev_t, major << 20 | minor (include/linux/kdev_t.h). */
export function parseSdev(text: string): Device | undefined {
  const dev = parseHex(text);
  if (dev === undefined || dev > 0xffffffff) return undefined;
  return { major: dev >>> 20, minor: dev & 0xfffff };
}

/** `fe:00` of maps and locks (hexadecimal) → `254:0`, as mountinfo writes it. */
export function parseDevicePair(text: string): string | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const major = parseHex(text, 0, colon);
  const minor = parseHex(text, colon + 1);
  return major === undefined || minor === undefined ? undefined : `${major}:${minor}`;
}

/** The same device as maps, locks and mountinfo write it: `254:0`. */
export function deviceText(device: Device): string {
  return `${device.major}:${device.minor}`;
}

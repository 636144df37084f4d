import { arch } from 'node:os';

// include/uapi/asm-generic/fcntl.h; arm64 swaps two pairs (arch/arm64/include/uapi/asm/fcntl.h)
const arm = arch() === 'arm64' || arch() === 'arm';
export const O_PATH = 0o10000000;
const names: readonly (readonly [number, string])[] = [
  [0o2000, 'O_APPEND'],
  [0o4000, 'O_NONBLOCK'],
  [0o20000, 'O_ASYNC'],
  [arm ? 0o200000 : 0o40000, 'O_DIRECT'],
  [arm ? 0o40000 : 0o200000, 'O_DIRECTORY'],
  [0o1000000, 'O_NOATIME'],
  [0o2000000, 'O_CLOEXEC'],
  [O_PATH, 'O_PATH'],
];

/** Names of the set flags of fdinfo `flags:`, those a rule or a reader may care for. */
export function flagNames(flags: number): readonly string[] {
  return names.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
}

/** The same from the permissions of the link of an fd, proc(5); undefined where they are none: O_PATH, or a file that only ioctl(2) works on. */
export function accessModeOfLink(mode: number): string | undefined {
  const [read, write] = [(mode & 0o400) !== 0, (mode & 0o200) !== 0];
  return read ? (write ? 'read-write' : 'read') : write ? 'write' : undefined;
}

/** read · write · read-write · path (O_PATH: neither). */
export function accessMode(flags: number): string {
  if (flags & O_PATH) return 'path';
  return ['read', 'write', 'read-write'][flags & 3] ?? 'read-write';
}

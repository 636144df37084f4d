import type { Failure } from '../proc.ts';
import { cookieText } from './diag.ts';
import type { System } from './system.ts';

/** include/linux/socket.h, include/uapi/asm-generic/socket.h (x86 and arm64 use the generic one) */
export const SOL_SOCKET = 1;
export const SO = {
  type: 3,
  sendBuffer: 7,
  passCredentials: 16,
  bindToDevice: 25,
  getFilter: 26,
  peerName: 28,
  acceptConnections: 30,
  passSecurity: 34,
  protocol: 38,
  domain: 39,
  cookie: 57,
  netNsCookie: 71,
  passPidfd: 76,
} as const;
/** include/uapi/linux/if.h */
export const IFNAMSIZ = 16;

export interface OptionReader {
  number(fd: number, level: number, option: number): number | Failure;
  /** Asks for so many bytes of an option of SOL_SOCKET: undefined when they are had. */
  errno(fd: number, option: number, bytes: number): string | undefined;
  /** An option of SOL_SOCKET of 64 bits, decimal. */
  number64(fd: number, option: number): string | undefined;
}

/** getsockopt(2) */
export function optionReader(system: System): OptionReader {
  const value = Buffer.alloc(IFNAMSIZ);
  const length = Buffer.alloc(4);
  return {
    number: (fd, level, option) => {
      length.writeUInt32LE(4);
      value.writeUInt32LE(0); // UDP writes only so many bytes as it likes
      const result = system.getOption(fd, level, option, value, length);
      return result < 0 ? system.failure() : value.readInt32LE();
    },
    number64: (fd, option) => {
      length.writeUInt32LE(8);
      const result = system.getOption(fd, SOL_SOCKET, option, value, length);
      return result < 0 ? undefined : cookieText(value.readUInt32LE(0), value.readUInt32LE(4));
    },
    errno: (fd, option, bytes) => {
      length.writeUInt32LE(bytes);
      const result = system.getOption(fd, SOL_SOCKET, option, value, length);
      return result < 0 ? system.failure().errno : undefined;
    },
  };
}

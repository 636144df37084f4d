import { constants } from 'node:fs';
import { failed } from '../proc.ts';
import type { Native } from './native.ts';
import type { System } from './system.ts';

const O_CLOEXEC = 0o2000000;
const O_PATH = 0o10000000;
const { O_DIRECTORY, O_NONBLOCK } = constants; // differ by machine
/** MAX_HANDLE_SZ, include/linux/exportfs.h. */
const MAX_HANDLE_BYTES = 128;

/** A file is opened as a path only: no driver, lease or server learns of it. The mount has to be a directory. */
export function handleCalls(system: System): Pick<Native, 'openByHandle'> {
  return {
    openByHandle: (mountPath, handleType, handleHex) => {
      const handle = encodeHandle(handleType, handleHex);
      if (handle === undefined) return { errno: 'EINVAL' };
      const mount = system.open(mountPath, O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
      if (mount < 0) return system.failure();
      const file = system.openByHandleAt(mount, handle, O_PATH | O_CLOEXEC);
      const failure = file < 0 ? system.failure() : undefined;
      system.close(mount);
      if (failure !== undefined) return failure;
      const path = system.readLink(`/proc/self/fd/${file}`);
      system.close(file);
      return failed(path) ? path : { path };
    },
  };
}

/** struct file_handle, include/linux/fs.h; undefined where the text is no handle. */
export function encodeHandle(type: number, hex: string): Buffer | undefined {
  const bytes = hex.length / 2;
  if (!/^[0-9a-f]*$/i.test(hex) || !Number.isInteger(bytes) || bytes > MAX_HANDLE_BYTES) return undefined;
  const handle = Buffer.alloc(8 + bytes);
  handle.writeUInt32LE(bytes, 0);
  handle.writeInt32LE(type | 0, 4);
  handle.write(hex, 8, 'hex');
  return handle;
}

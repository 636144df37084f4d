import { type Device, parseSdev } from './device.ts';
import { labelled } from './fields.ts';
import { hexToDecimal, isDecimal, parseHex } from './number.ts';

export interface FileHandle {
  /** For open_by_handle_at(2); undefined when the kernel printed no handle (the filesystem has none, or an old kernel). */
  readonly fhandleType: number | undefined;
  /** The handle's bytes, hexadecimal. */
  readonly fhandle: string | undefined;
}

export interface InotifyWatch extends FileHandle {
  readonly wd: number;
  /** Decimal (hexadecimal in the text). */
  readonly inode: string;
  readonly device: Device;
  /** IN_* bits. */
  readonly mask: number;
}

interface FanotifyMask {
  /** FAN_MARK_* bits. */
  readonly mflags: number;
  /** FAN_* event bits. */
  readonly mask: number;
  readonly ignoredMask: number;
}

export type FanotifyLine =
  /** The first line of every group: FAN_CLASS_*, FAN_REPORT_* … and the flags of the fds it opens. */
  | { readonly mark: 'group'; readonly flags: number; readonly eventFlags: number }
  | ({ readonly mark: 'inode'; readonly inode: string; readonly device: Device } & FileHandle & FanotifyMask)
  | ({ readonly mark: 'mount'; readonly mntId: number } & FanotifyMask)
  | ({ readonly mark: 'filesystem'; readonly device: Device } & FanotifyMask)
  /** Inode of the mount namespace, decimal. Linux 6.14. */
  | ({ readonly mark: 'mntns'; readonly inode: string } & FanotifyMask)
  /** A mark on something that this parser does not know. */
  | ({ readonly mark: 'unknown' } & FanotifyMask);

function hexOf(value: string, name: string): number | undefined {
  const text = labelled(value, name);
  return text === undefined ? undefined : parseHex(text);
}

function deviceOf(value: string): Device | undefined {
  return parseSdev(labelled(value, 'sdev:') ?? '');
}

/** Undefined: a handle that is cut or garbled. */
function handleOf(value: string): FileHandle | undefined {
  const fhandle = labelled(value, 'f_handle:');
  if (fhandle === undefined && !value.includes(' fhandle-'))
    return { fhandleType: undefined, fhandle: undefined };
  const bytes = hexOf(value, 'fhandle-bytes:');
  const fhandleType = hexOf(value, 'fhandle-type:');
  if (fhandle === undefined || bytes === undefined || fhandleType === undefined) return undefined;
  if (fhandle.length !== bytes * 2 || !/^[0-9a-f]*$/.test(fhandle)) return undefined;
  return { fhandleType, fhandle };
}

/**
 * An `inotify` value of fdinfo: inotify_fdinfo() in fs/notify/fdinfo.c:
 * `wd:1 ino:3f7e8 sdev:fe00000 mask:fff ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:e8f7030000000000`,
 * every number hexadecimal.
 */
export function parseInotify(value: string): InotifyWatch | undefined {
  const wd = hexOf(value, 'wd:');
  const inode = hexToDecimal(labelled(value, 'ino:') ?? '');
  const device = deviceOf(value);
  const mask = hexOf(value, 'mask:');
  const handle = handleOf(value);
  if (wd === undefined || inode === undefined || mask === undefined) return undefined;
  if (device === undefined || handle === undefined) return undefined;
  return { wd, inode, device, mask, fhandleType: handle.fhandleType, fhandle: handle.fhandle };
}

/**
 * A `fanotify` value of fdinfo: fanotify_fdinfo() in fs/notify/fdinfo.c. What it begins with tells what is marked:
 * `flags:` the group itself, `ino:` an inode, `mnt_id:` a mount, `sdev:` a filesystem, `mnt_ns:` a mount namespace.
 * Numbers are hexadecimal (mnt_id too), except mnt_ns.
 */
export function parseFanotify(value: string): FanotifyLine | undefined {
  if (value.startsWith('flags:')) {
    const flags = hexOf(value, 'flags:');
    const eventFlags = hexOf(value, 'event-flags:');
    return flags === undefined || eventFlags === undefined ? undefined : { mark: 'group', flags, eventFlags };
  }
  const mflags = hexOf(value, 'mflags:');
  const mask = hexOf(value, 'mask:');
  const ignoredMask = hexOf(value, 'ignored_mask:');
  if (mflags === undefined || mask === undefined || ignoredMask === undefined) return undefined;
  if (value.startsWith('ino:')) {
    const inode = hexToDecimal(labelled(value, 'ino:') ?? '');
    const device = deviceOf(value);
    const handle = handleOf(value);
    if (inode === undefined || device === undefined || handle === undefined) return undefined;
    return { mark: 'inode', inode, device, ...handle, mflags, mask, ignoredMask };
  }
  if (value.startsWith('mnt_id:')) {
    const mntId = hexOf(value, 'mnt_id:');
    return mntId === undefined ? undefined : { mark: 'mount', mntId, mflags, mask, ignoredMask };
  }
  if (value.startsWith('sdev:')) {
    const device = deviceOf(value);
    return device === undefined ? undefined : { mark: 'filesystem', device, mflags, mask, ignoredMask };
  }
  if (value.startsWith('mnt_ns:')) {
    const inode = labelled(value, 'mnt_ns:') ?? '';
    return isDecimal(inode) ? { mark: 'mntns', inode, mflags, mask, ignoredMask } : undefined;
  }
  return { mark: 'unknown', mflags, mask, ignoredMask };
}

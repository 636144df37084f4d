import type { FactValue } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import type { Mounts } from '../mounts.ts';
import { type FanotifyLine, type InotifyWatch, parseFanotify, parseInotify } from '../parse/inotify.ts';
import { failed } from '../proc.ts';
import { filesOfKind, type Tree } from './tree.ts';

/** A watched inode, by device and handle. */
type Marked = Pick<InotifyWatch, 'device' | 'fhandle' | 'fhandleType'>;

/**
 * Whether every inode that an inotify or fanotify instance watches can be found again: CRIU opens the handle that
 * fdinfo prints on a mount of its device (fsnotify.c), and so do we; nothing else of the file is touched.
 */
export function relateWatches(tree: Tree): void {
  for (const { draft } of filesOfKind(tree, 'inotify')) {
    const watches = (draft.fdinfo?.extra.get('inotify') ?? []).map(parseInotify);
    draft.facts.watchedMount = mountOfWatches(tree, draft, watches);
    draft.facts.watchTrouble = watches.includes(undefined)
      ? 'unreadable'
      : worst(watches.map((watch) => handleTrouble(tree, draft, watch as InotifyWatch)));
  }
  for (const { draft } of filesOfKind(tree, 'fanotify')) {
    const marks = (draft.fdinfo?.extra.get('fanotify') ?? []).map(parseFanotify);
    const inodes = marks.filter((mark) => mark?.mark === 'inode');
    draft.facts.watchedMount = mountOfWatches(tree, draft, inodes);
    draft.facts.watchTrouble = marks.includes(undefined)
      ? 'unreadable'
      : worst(marks.map((mark) => markTrouble(tree, draft, mark as FanotifyLine)));
    draft.facts.marksLost = marks.some((mark) => mark?.mark === 'filesystem' || mark?.mark === 'mntns');
  }
}

/** Mount point of the first watched inode whose handle does not open: below it an irmap scan finds the inode. */
function mountOfWatches(tree: Tree, draft: Draft, watches: readonly (Marked | undefined)[]): string {
  const watch = watches.find((one) => one !== undefined && handleTrouble(tree, draft, one) === 'undecodable');
  const device = watch === undefined ? '' : `${watch.device.major}:${watch.device.minor}`;
  return mountsOf(tree, draft)?.byDevice(device)?.mountPoint ?? '';
}

/** null (cannot be told) is worse than none or lost, and better than a known trouble. */
function worst(troubles: readonly FactValue[]): FactValue {
  return (
    troubles.find((trouble) => trouble !== 'none' && trouble !== 'lost' && trouble !== null) ??
    (troubles.includes(null) ? null : troubles.includes('lost') ? 'lost' : 'none')
  );
}

function markTrouble(tree: Tree, draft: Draft, line: FanotifyLine): FactValue {
  switch (line.mark) {
    case 'inode':
      return handleTrouble(tree, draft, line);
    case 'mount':
      return mountsOf(tree, draft)?.byId(line.mntId) === undefined ? 'mount-outside' : 'none';
    default:
      return 'none';
  }
}

/** none · no-mount · undecodable (the filesystem opens no handles) · no-path (deleted on tmpfs) · lost (on disk) */
function handleTrouble(tree: Tree, draft: Draft, { device, fhandle, fhandleType }: Marked): FactValue {
  const mounts = mountsOf(tree, draft);
  if (mounts === undefined) return null;
  const on = mounts.rows.filter((mount) => mount.device === `${device.major}:${device.minor}`);
  if (on.length === 0) return 'no-mount';
  if (fhandle === undefined || fhandleType === undefined) return 'undecodable';
  const { native, proc } = tree.scan;
  if (native === undefined) return null;
  for (const mount of on) {
    const found = native.openByHandle(
      `${proc.root}/${draft.pid}/root${mount.mountPoint}`,
      fhandleType,
      fhandle,
    );
    if (!failed(found)) {
      const memory = mount.fsType === 'tmpfs' || mount.fsType === 'devtmpfs';
      if (!found.path.endsWith(' (deleted)')) return 'none';
      return memory ? 'no-path' : 'lost';
    }
    if (found.errno === 'EPERM' || found.errno === 'EACCES') return null;
  }
  return 'undecodable';
}

function mountsOf({ scan }: Tree, { pid }: Draft): Mounts | undefined {
  const mounts = scan.mounts(pid);
  return failed(mounts) ? undefined : mounts;
}

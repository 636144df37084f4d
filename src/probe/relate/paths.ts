import type { FactValue } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import { isBelow, type Mounts, mayHang } from '../mounts.ts';
import type { Mount } from '../parse/mountinfo.ts';
import { failed, gone } from '../proc.ts';
import type { ProcessDraft } from '../process.ts';
import { listFact, type Tree } from './tree.ts';

/** Kinds that are found again by their path (CRIU files-reg.c); terminals and memfds have ways of their own. */
const byPath = new Set([
  'regular',
  'directory',
  'symlink',
  'fifo',
  'chardev',
  'blockdev',
  'mqueue',
  'secretmem',
]);
/** Filesystems whose paths CRIU does not verify. */
const unverified = new Set(['proc', 'devpts']);

/** Whether each path file is on a mount of the tree, on one that can be reached, and still where its path says. */
export function relatePaths(tree: Tree): void {
  const tables = mountTables(tree);
  const known = new Map<Mount, boolean>();
  const covered = (table: Mounts, mount: Mount): boolean => {
    const answer = known.get(mount) ?? isCovered(mount, table);
    known.set(mount, answer);
    return answer;
  };
  for (const process of tree.processes) {
    const walker = walkerOf(tree, process);
    for (const { draft, kind } of process.files) {
      const { facts, link } = draft;
      if (link.form !== 'path' || !(byPath.has(kind.name) || kind.name === 'tty')) continue;
      addHexKeys(draft);
      if (tables === undefined || facts.mntId === undefined) facts.mountKnown = null;
      else {
        const table = tables.find((mounts) => mounts.byId(Number(facts.mntId)));
        facts.mountKnown = table !== undefined;
        if (table) facts.mountCovered = covered(table, table.byId(Number(facts.mntId)) as Mount);
      }
      if (draft.mount !== undefined) facts.mountPoint = draft.mount.mountPoint;
      if (byPath.has(kind.name)) facts.pathState = pathState(tree, process, draft, walker);
    }
  }
}

/** The mount tables CRIU collects: the engine's, and one for each mount namespace of the tree's own. */
function mountTables({ processes, scan }: Tree): readonly Mounts[] | undefined {
  const seen = new Map<unknown, Mounts>();
  for (const { pid, facts, stat } of processes) {
    if (stat.state === 'Z' || seen.has(facts.mntNamespace)) continue;
    const mounts = scan.mounts(pid);
    if (failed(mounts)) return undefined;
    seen.set(facts.mntNamespace, mounts);
  }
  return [...seen.values()];
}

/**
 * CRIU's mnt_is_overmounted (mount.c): a child on the same mount point, or, on the way up, a sibling mounted on the
 * way to it. The child that covers its parent is itself on top, and so is what is below it.
 */
export function isCovered(mount: Mount, mounts: Mounts): boolean {
  let from: Mount | undefined;
  for (let at: Mount | undefined = mount; at !== undefined; at = mounts.byId(at.parentId)) {
    const { id, parentId, mountPoint } = at;
    for (const other of mounts.rows) {
      if (other === at || other === from) continue;
      if (other.parentId === id && other.mountPoint === mountPoint) return true;
      if (other.parentId === parentId && other.id !== parentId && isBelow(mountPoint, other.mountPoint))
        return true;
    }
    if (parentId === id) break;
    from = at;
  }
  return false;
}

/** same: the path leads to this very file. assumed: it was not walked. other: to another. missing: nowhere. */
function pathState(
  { scan }: Tree,
  process: ProcessDraft,
  draft: Draft,
  walker: string | undefined,
): FactValue {
  const { link, stat, mount, facts } = draft;
  if (link.form !== 'path' || unverified.has(String(facts.fsType))) return 'same';
  if (stat === undefined) return null;
  if (stat.nlink === 0) return 'missing';
  if (walker === undefined) return null;
  const at = `${walker}/root${link.path}`;
  const cached = mount !== undefined && mayHang(mount);
  if (cached && scan.native === undefined) return null;
  // a path on FUSE is walked by look-ups that its server must answer: the last mile is not walked
  if (cached)
    return facts.deleted === true ? 'missing' : isHidden(scan, process, draft) ? 'other' : 'assumed';
  const found = facts.fileType === 'symlink' ? scan.proc.lstat(at) : scan.statOnce(at);
  if (!failed(found))
    return found.inode === stat.inode && found.device === stat.device ? 'same' : sameDevice(draft, found);
  return gone(found) || found.errno === 'ENOTDIR' || found.errno === 'ENAMETOOLONG' ? 'missing' : null;
}

/**
 * Whose root paths are walked from. Links are shown from the root of the mount namespace, and so CRIU opens them,
 * whatever the process's own root is.
 */
function walkerOf({ scan, processes }: Tree, process: ProcessDraft): string | undefined {
  if (!listFact(process, 'ownNamespaces').includes('mnt')) return scan.engine;
  const unchrooted = [process, ...processes].find(
    ({ facts, files }) =>
      facts.mntNamespace === process.facts.mntNamespace &&
      files.find(({ draft }) => draft.via === 'root')?.draft.text === '/',
  );
  return unchrooted && String(unchrooted.pid);
}

/** Whether another mount is on the way to it, below the one it is on. */
function isHidden(scan: Tree['scan'], { pid }: ProcessDraft, { link, mount }: Draft): boolean {
  const mounts = scan.mounts(pid);
  if (failed(mounts) || mount === undefined || link.form !== 'path') return false;
  return mounts.rows.some(
    (other) => other.parentId === mount.id && other.id !== mount.id && isBelow(link.path, other.mountPoint),
  );
}

/** Another node of the same device is one that `--evasive-devices` would take. */
function sameDevice({ stat }: Draft, found: { type: string; major: number; minor: number }): FactValue {
  const same =
    stat?.type === 'char' &&
    found.type === 'char' &&
    stat.major === found.major &&
    stat.minor === found.minor;
  return same ? 'other-node' : 'other';
}

/** CRIU's keys for external files and terminals are in hexadecimal: file[MNT:INO], tty[RDEV:DEV]. */
function addHexKeys({ facts }: Draft): void {
  const { mntId, inode, major, minor, device } = facts;
  if (typeof mntId === 'number' && typeof inode === 'string') {
    facts.externalFileKey = `${mntId.toString(16)}:${hexOf(inode)}`;
  }
  if (typeof major === 'number' && typeof minor === 'number' && typeof device === 'string') {
    const [devMajor = 0, devMinor = 0] = device.split(':').map(Number);
    facts.externalTtyKey = `${userDevice(major, minor).toString(16)}:${userDevice(devMajor, devMinor).toString(16)}`;
  }
}

function hexOf(decimal: string): string {
  const number = Number(decimal);
  return (Number.isSafeInteger(number) ? number : BigInt(decimal)).toString(16);
}

/** dev_t as stat(2) shows it to a program: new_encode_dev() in include/linux/kdev_t.h. */
const userDevice = (major: number, minor: number): number =>
  (minor & 0xff) + major * 256 + (minor & 0xfff00) * 4096;

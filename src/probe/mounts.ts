import { type Mount, parseMountinfo } from './parse/mountinfo.ts';
import { type Failure, failed, type Proc } from './proc.ts';

/** The mounts a process sees, with the look-ups the kinds need. */
export interface Mounts {
  readonly rows: readonly Mount[];
  byId(id: number): Mount | undefined;
  byDevice(device: string): Mount | undefined;
  /** The mount that shows at an absolute path: the topmost with the longest mount point above it. */
  byPath(path: string): Mount | undefined;
}

export function readMounts(proc: Proc, pid: number | string): Mounts | Failure {
  const text = proc.readText(`${pid}/mountinfo`);
  if (failed(text)) return text;
  const { mounts, bad } = parseMountinfo(text);
  return bad > 0 ? { errno: 'EBADMSG' } : indexMounts(mounts);
}

export function indexMounts(rows: readonly Mount[]): Mounts {
  const ids = new Map(rows.map((mount) => [mount.id, mount]));
  const devices = new Map(rows.map((mount) => [mount.device, mount]));
  return {
    rows,
    byId: (id) => ids.get(id),
    byDevice: (device) => devices.get(device),
    byPath: (path) => {
      let best: Mount | undefined;
      for (const mount of rows) {
        const longer = mount.mountPoint.length >= (best?.mountPoint.length ?? 0);
        if (longer && isBelow(path, mount.mountPoint)) best = mount;
      }
      return best;
    },
  };
}

export const isBelow = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || (path.startsWith(folder) && path[folder.length] === '/');

/** Filesystems that answer a stat or a look-up from another machine or process, and may never do so. */
const remote = new Set(
  'nfs nfs4 cifs smb3 smbfs ceph 9p afs coda ncpfs glusterfs lustre gfs2 ocfs2 orangefs virtiofs autofs beegfs gpfs'.split(
    ' ',
  ),
);

/** Whether touching a file on it may hang. An unknown mount may be anything, so it may. */
export function mayHang(mount: Mount | undefined): boolean {
  if (mount === undefined) return true;
  const fsType = mount.fsType.split('.')[0] ?? '';
  return fsType.startsWith('fuse') || remote.has(fsType);
}

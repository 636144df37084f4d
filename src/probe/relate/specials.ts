import type { FactValue } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import { failed } from '../proc.ts';
import type { Scan } from '../scan.ts';
import { filesOf, type Tree } from './tree.ts';

/** Facts of files whose filesystem has ways of its own: procfs, sysfs, FUSE, NFS, huge pages. */
export function relateSpecials(tree: Tree): void {
  for (const { draft } of filesOf(tree)) {
    const { facts } = draft;
    // a pseudo file is on none of them
    if (draft.link.form !== 'path') continue;
    const fsType = String(facts.fsType);
    if (fsType === 'proc') facts.procOfThread = isProcOfThread(draft, tree.scan);
    if (fsType === 'sysfs') facts.readable = isReadable(draft);
    if (fsType === 'nfs' || fsType === 'nfs4') facts.nfsSillyName = sillyName.test(draft.text);
    if (fsType.startsWith('fuse')) facts.fuseForbidden = isForbidden(draft);
    if (draft.mount === undefined) addHugePages(draft, tree.scan);
    facts.mountIsRoot = draft.mount?.mountPoint === '/';
  }
}

/**
 * `P/task/T/…`, or `T/…` of a thread: neither is there when the tree is restored. Nor are files of a process that is
 * gone, except below /proc itself, where CRIU puts a helper process in its place (files-reg.c:1217).
 */
function isProcOfThread({ text, mount }: Draft, { proc }: Scan): FactValue {
  if (mount === undefined) return null;
  const below = mount.mountPoint === '/' ? text : text.slice(mount.mountPoint.length);
  if (/^\/\d+\/task\/\d+/.test(below)) return true;
  const pid = /^\/(\d+)(\/|$)/.exec(below)?.[1];
  if (pid === undefined) return false;
  const status = proc.readText(`${pid}/status`);
  if (failed(status)) return mount.mountPoint !== '/proc';
  return /^Tgid:\t(\d+)$/m.exec(status)?.[1] !== pid;
}

/** What an NFS client calls a file that was deleted while it is open (files-reg.c:1385). */
const sillyName = /\/\.nfs[0-9a-f]{24}$/;

/** sysfs heeds the mode even for root; what is only appended to is not opened by CRIU (files-reg.c:1709). */
function isReadable({ facts }: Draft): FactValue {
  const { mode, flags, accessMode } = facts;
  if (accessMode === 'write' && Array.isArray(flags) && flags.includes('O_APPEND')) return true;
  return typeof mode === 'number' ? (mode & 0o444) !== 0 : null;
}

/** fuse.ko: only the user who mounted it, unless `allow_other`. */
function isForbidden({ mount }: Draft): FactValue {
  if (mount === undefined) return null;
  const options = mount.superOptions.split(',');
  const user = options.find((option) => option.startsWith('user_id='))?.slice('user_id='.length);
  return user !== undefined && user !== '0' && !options.includes('allow_other');
}

/** A memfd on huge pages is mapped by CRIU, which takes as many free ones (shmem.c:898). */
function addHugePages(draft: Draft, { proc }: Scan): void {
  const { stat } = draft;
  if (stat === undefined || stat.blockBytes < 1024 * 1024) return;
  const text = proc.readText(
    `self/root/sys/kernel/mm/hugepages/hugepages-${stat.blockBytes / 1024}kB/free_hugepages`,
  );
  draft.facts.hugePagesMissing = failed(text) ? null : Number(text) * stat.blockBytes < stat.sizeBytes;
}

import type { Watcher } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import { parseTfd, type Tfd } from '../parse/epoll.ts';
import { parseFdinfo } from '../parse/fdinfo.ts';
import { failed } from '../proc.ts';
import type { ProcessDraft } from '../process.ts';
import type { Scan } from '../scan.ts';
import type { Tree } from './tree.ts';

/**
 * Tells every file which eventpolls watch it, and every eventpoll how many of its targets are gone from the process:
 * closed while another holder keeps them, or their number reused. Eventpolls of processes outside the target are
 * looked for only where the policy asks (`epollWatched`), since that means a look at every process of the node.
 */
export function relateEpoll({ processes, scan }: Tree): void {
  const all = processes.flatMap((process) => process.files.map(({ draft }) => draft));
  for (const process of processes) {
    const own = process.files.map(({ draft }) => draft);
    for (const { draft, kind } of process.files) {
      if (kind.name === 'eventpoll' && draft.fd !== undefined) relateOne(draft, own, all, scan);
    }
  }
  if (scan.asks.has('epollWatched')) addOutsideWatchers(processes, all, scan);
  for (const draft of all) draft.facts.epollWatched ??= draft.watchers.length > 0;
}

function relateOne(eventpoll: Draft, own: readonly Draft[], all: readonly Draft[], scan: Scan): void {
  let missing = 0;
  for (const tfd of targetsOf(eventpoll)) {
    const watcher = { pid: eventpoll.pid, fd: eventpoll.fd ?? -1, events: tfd.events };
    const watched = own.filter((draft) => isTarget(draft, tfd, scan));
    if (watched.length === 0) missing++;
    const holders = watched.length > 0 ? watched : all.filter((draft) => isTarget(draft, tfd, scan));
    for (const draft of holders) draft.watchers.push(watcher);
  }
  if (eventpoll.fdinfo !== undefined) eventpoll.facts.epollTargetsGone = missing;
}

const targetsOf = ({ fdinfo }: Draft): readonly Tfd[] =>
  (fdinfo?.extra.get('tfd') ?? []).map(parseTfd).filter((tfd) => tfd !== undefined);

/**
 * Whether a file is the one an epoll entry was made for. Inode and device tell, except that all anonymous inodes
 * share one: of these the number must agree as well.
 */
function isTarget(draft: Draft, tfd: Tfd, scan: Scan): boolean {
  if (draft.via !== 'fd' || draft.facts.inode !== tfd.inode) return false;
  if (draft.link.form === 'anon' && draft.fd !== tfd.fd) return false;
  return deviceOf(draft, scan) === `${tfd.device.major}:${tfd.device.minor}`;
}

/** A pseudo file was not looked at yet; its stat asks no filesystem that could hang. */
function deviceOf(draft: Draft, scan: Scan): string | undefined {
  if (draft.facts.device === undefined && draft.link.form !== 'path') {
    const stat = scan.proc.stat(draft.at);
    draft.facts.device = failed(stat) ? null : stat.device;
  }
  return typeof draft.facts.device === 'string' ? draft.facts.device : undefined;
}

/** Files that another process may hold as well; an anonymous inode has no number of its own to be found by. */
const canBeFound = ({ via, link, facts }: Draft): boolean =>
  via === 'fd' && link.form !== 'anon' && !['regular', 'directory'].includes(String(facts.fileType));

function addOutsideWatchers(processes: readonly ProcessDraft[], all: readonly Draft[], scan: Scan): void {
  const inside = new Set(processes.map(({ pid }) => String(pid)));
  const byInode = new Map<string, Draft[]>();
  for (const draft of all.filter(canBeFound)) {
    const inode = String(draft.facts.inode);
    byInode.set(inode, [...(byInode.get(inode) ?? []), draft]);
  }
  const pids = byInode.size === 0 ? [] : scan.proc.list('');
  if (failed(pids)) return;
  for (const pid of pids) {
    if (!/^\d+$/.test(pid) || inside.has(pid)) continue;
    for (const { watcher, tfd } of eventpollsOf(pid, scan)) {
      for (const draft of byInode.get(tfd.inode) ?? [])
        if (isTarget(draft, tfd, scan)) draft.watchers.push(watcher);
    }
  }
}

function eventpollsOf(pid: string, { proc }: Scan): readonly { watcher: Watcher; tfd: Tfd }[] {
  const fds = proc.list(`${pid}/fd`);
  if (failed(fds)) return []; // gone, or another user's: the file cannot have come from it unseen by the fd list
  return fds
    .filter((fd) => proc.readLink(`${pid}/fd/${fd}`) === 'anon_inode:[eventpoll]')
    .flatMap((fd) => {
      const text = proc.readText(`${pid}/fdinfo/${fd}`);
      const lines = failed(text) ? [] : (parseFdinfo(text)?.extra.get('tfd') ?? []);
      const tfds = lines.map(parseTfd).filter((tfd) => tfd !== undefined);
      return tfds.map((tfd) => ({ watcher: { pid: Number(pid), fd: Number(fd), events: tfd.events }, tfd }));
    });
}

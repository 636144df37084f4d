import type { Holder } from '../../facts.ts';
import type { Draft } from '../draft.ts';
import { lazy } from '../lazy.ts';
import { parseTargets, type Target } from '../parse/epoll.ts';
import { pseudoSort } from '../parse/link.ts';
import type { ProcessDraft } from '../process.ts';
import type { Scan } from '../scan.ts';
import type { Tree } from './tree.ts';

/**
 * Tells every file which eventpolls watch it, and every eventpoll how many of its targets are gone from the process:
 * closed while another holder keeps them, or their number reused. Eventpolls of processes outside the target are
 * looked for only where the policy asks (`epollWatched`) and the kernel does not tell, since that means a look at every
 * process of the node.
 */
export function relateEpoll({ processes, files, scan }: Tree): void {
  const all = files.map(({ draft }) => draft);
  for (const [i, process] of processes.entries()) {
    const own = lazy(() => holding(process.files.map(({ draft }) => draft)));
    for (const { draft, kind } of process.files) {
      if (kind.name === 'eventpoll' && draft.fd !== undefined && draft.isHead === undefined) {
        relateOne(draft, own(), all, scan);
        const gone = draft.facts.epollTargetsGone;
        if (gone !== 0 && isSavedBefore(draft, processes.slice(0, i), scan)) draft.facts.epollTargetsGone = 0;
      }
    }
  }
  const asked = scan.asks.has('epollWatched');
  if (asked) {
    // where the kernel says that a file is watched, those who do are only looked for to be shown
    const open = scan.asksOf('', 'watchers') ? all : all.filter(({ watched }) => watched === undefined);
    addOutsideWatchers(processes, open, scan);
  }
  const unread = asked && files.some(({ draft, kind }) => kind.name === 'eventpoll' && draft.isHead === true);
  for (const draft of all) {
    if (draft.watchers.length > 0 || (asked && draft.watched === true)) draft.facts.epollWatched = true;
    // it came while the others were told of
    else if (unread && draft.via === 'fd' && draft.watched === undefined) draft.facts.epollWatched = null;
  }
}

/**
 * An eventpoll that several processes hold is saved once, by the first that is dumped: what a later one has closed
 * does not matter. The files of a process are in the order of the tree.
 */
function isSavedBefore(eventpoll: Draft, earlier: readonly ProcessDraft[], { native }: Scan): boolean {
  const others = earlier.flatMap(({ files }) => files.filter(({ kind }) => kind.name === 'eventpoll'));
  return others.some(
    ({ draft }) => native?.kcmp('file', draft.pid, eventpoll.pid, draft.fd, eventpoll.fd) === 0,
  );
}

/** The fds of one process, by number. */
type Holding = ReadonlyMap<number | undefined, Draft>;
const holding = (drafts: readonly Draft[]): Holding =>
  new Map(drafts.filter(({ via }) => via === 'fd').map((draft) => [draft.fd, draft]));

function relateOne(eventpoll: Draft, own: Holding, all: readonly Draft[], scan: Scan): void {
  let missing = 0;
  for (const tfd of parseTargets(eventpoll.fdinfo?.extra.get('tfd'))) {
    const watcher = { pid: eventpoll.pid, fd: eventpoll.fd ?? -1, events: tfd.events };
    const entry = { eventpoll: watcher, tfd, description: eventpoll.watches };
    const watched = watchedBy(entry, own, scan);
    if (watched.length === 0) missing++;
    const holders = watched.length > 0 ? watched : all.filter((draft) => isTarget(draft, entry, scan));
    for (const draft of holders) draft.watchers.push(watcher);
  }
  if (eventpoll.fdinfo !== undefined) eventpoll.facts.epollTargetsGone = missing;
}

/** The fd of that number, as a rule, and those of its description; else it is looked for among the others. */
function watchedBy(entry: Entry, own: Holding, scan: Scan): readonly Draft[] {
  const named = own.get(entry.tfd.fd);
  if (scan.native !== undefined && named !== undefined && isTarget(named, entry, scan)) {
    return named.same?.filter(({ pid }) => pid === named.pid) ?? [named];
  }
  return [...own.values()].filter((draft) => isTarget(draft, entry, scan));
}

interface Entry {
  readonly eventpoll: Holder;
  readonly tfd: Target;
  /** Of the file it was made for, where it is told. */
  readonly description?: string | undefined;
}

/**
 * Whether a file is the one an epoll entry was made for: kcmp(2) tells. Without it inode and device do, except that all
 * anonymous inodes share one: there the number must agree as well.
 */
function isTarget(draft: Draft, entry: Entry, scan: Scan): boolean {
  const { tfd } = entry;
  if (draft.via !== 'fd' || draft.facts.inode !== tfd.inode) return false;
  if (deviceOf(draft, scan) !== `${tfd.device.major}:${tfd.device.minor}`) return false;
  const same = compare(draft, entry, scan);
  return same ?? (draft.link.form !== 'anon' || draft.fd === tfd.fd);
}

function compare(draft: Draft, entry: Entry, { native }: Scan): boolean | undefined {
  const { eventpoll, tfd, description } = entry;
  if (description !== undefined && draft.description !== undefined) return draft.description === description;
  if (native === undefined || draft.fd === undefined) return undefined;
  const same = native.epollTarget(draft.pid, draft.fd, eventpoll.pid, eventpoll.fd, tfd.fd, tfd.offset);
  return typeof same === 'boolean' ? same : undefined;
}

/** A pseudo file was not looked at yet; its stat asks no filesystem that could hang. */
function deviceOf(draft: Draft, scan: Scan): string | undefined {
  if (draft.facts.device === undefined && draft.link.form !== 'path') {
    draft.facts.device = scan.pseudoDevice(pseudoSort(draft.link), draft.at) ?? null;
  }
  return typeof draft.facts.device === 'string' ? draft.facts.device : undefined;
}

/** Files that another process may hold as well; an anonymous inode has no number of its own to be found by. */
const canBeFound = ({ via, link, facts }: Draft): boolean =>
  via === 'fd' &&
  typeof facts.inode === 'string' &&
  link.form !== 'anon' &&
  !['regular', 'directory'].includes(String(facts.fileType));

function addOutsideWatchers(processes: readonly ProcessDraft[], all: readonly Draft[], scan: Scan): void {
  const found = all.filter(canBeFound);
  if (found.length === 0) return;
  const inside = new Set(processes.map(({ pid }) => pid));
  const watches = scan.watchesOf(new Set(found.map(({ facts }) => String(facts.inode))));
  for (const draft of found) {
    for (const { watcher, tfd } of watches.get(String(draft.facts.inode)) ?? [])
      if (!inside.has(watcher.pid) && isTarget(draft, { eventpoll: watcher, tfd }, scan))
        draft.watchers.push(watcher);
  }
}

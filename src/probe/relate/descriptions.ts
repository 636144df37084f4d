import type { Draft } from '../draft.ts';
import type { Fdinfo } from '../parse/fdinfo.ts';
import { parsePidStat } from '../parse/pid-stat.ts';
import { failed, gone } from '../proc.ts';
import type { Scan } from '../scan.ts';
import { filesOf, type Tree } from './tree.ts';

/**
 * The seed's other half, cr_collect_file(): an open file description is one object however many fds refer to it.
 * kcmp(2) tells which do; without it fds of the same inode, offset and flags are taken for one, and marked inferred.
 */
export function relateDescriptions(tree: Tree): void {
  const drafts = filesOf(tree)
    .map(({ draft }) => draft)
    .filter(({ via }) => via === 'fd');
  for (const group of candidates(drafts)) {
    for (const same of descriptionsOf(group, tree.scan)) {
      if (same.length === 1) continue;
      const holders = same.map(({ pid, fd }) => ({ pid, fd: fd ?? -1 }));
      for (const draft of same)
        draft.sharedWith.push(...holders.filter((one) => one.pid !== draft.pid || one.fd !== draft.fd));
    }
  }
  const inferred = tree.scan.native === undefined;
  for (const draft of drafts) draft.facts.sharingInferred = inferred && draft.sharedWith.length > 0;
  if (tree.scan.asks.has('sharedOutside')) addOutsideHolders(tree, drafts);
}

/** Two fds of one description have at least their link in common, and then more; most have it for themselves. */
const candidates = (drafts: readonly Draft[]): readonly (readonly Draft[])[] =>
  groupBy(drafts, ({ text }) => text)
    .filter(isSeveral)
    .flatMap((group) => groupBy(group, candidateKey))
    .filter(isSeveral);

const isSeveral = (group: readonly Draft[]): boolean => group.length > 1;

/** All anonymous inodes are one, but fdinfo tells them apart. */
const candidateKey = ({ facts, fdinfo }: Draft): string =>
  `${facts.inode} ${facts.mntId} ${fdinfo === undefined ? '' : anonKey(fdinfo)}`;

/** The number of an eventfd, and what an eventpoll watches. */
function anonKey({ extra }: Fdinfo): string {
  if (extra.size === 0) return '';
  return extra.get('eventfd-id')?.[0] ?? extra.get('tfd')?.join() ?? '';
}

function groupBy(drafts: readonly Draft[], key: (draft: Draft) => string): readonly (readonly Draft[])[] {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const name = key(draft);
    const found = groups.get(name);
    if (found) found.push(draft);
    else groups.set(name, [draft]);
  }
  return [...groups.values()];
}

function descriptionsOf(group: readonly Draft[], scan: Scan): readonly (readonly Draft[])[] {
  if (scan.native === undefined)
    return groupBy(group, ({ facts }) => `${facts.offset} ${facts.accessMode} ${facts.flags}`);
  // kcmp orders descriptions, so a sorted list finds the place of each in few comparisons
  const sorted: Draft[][] = [];
  for (const draft of group) insert(sorted, draft, scan);
  return sorted;
}

function insert(sorted: Draft[][], draft: Draft, { native }: Scan): void {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sorted[middle]?.[0] as Draft;
    const order = native?.kcmp('file', draft.pid, other.pid, draft.fd, other.fd);
    if (order === 0) return void sorted[middle]?.push(draft);
    if (order === 1) high = middle;
    else if (order === 2) low = middle + 1;
    else break; // it was closed meanwhile, or may not be compared: it stands alone
  }
  sorted.splice(low, 0, [draft]);
}

/** Holders among the ancestors of the tree: what they passed on when they started it. */
function addOutsideHolders({ root, scan }: Tree, drafts: readonly Draft[]): void {
  const byText = new Map(groupBy(drafts, ({ text }) => text).map((group) => [group[0]?.text ?? '', group]));
  for (const draft of drafts) draft.facts.sharedOutside = scan.native === undefined ? null : false;
  for (const ancestor of ancestorsOf(root.stat.ppid, scan)) {
    const fds = scan.proc.list(`${ancestor}/fd`);
    for (const fd of failed(fds) ? [] : fds) {
      const text = scan.proc.readLink(`${ancestor}/fd/${fd}`);
      if (failed(text) && !gone(text)) break; // one that may not be looked at
      for (const draft of failed(text) ? [] : (byText.get(text) ?? [])) {
        const order = scan.native?.kcmp('file', draft.pid, ancestor, draft.fd, Number(fd));
        // it may not be compared, as under a seccomp filter
        if (failed(order) && !gone(order)) draft.facts.sharedOutside ||= null;
        if (order !== 0) continue;
        draft.facts.sharedOutside = true;
        draft.sharedWith.push({ pid: ancestor, fd: Number(fd) });
      }
    }
  }
}

function ancestorsOf(first: number, { proc }: Scan): readonly number[] {
  const found: number[] = [];
  for (let pid = first; pid > 0 && found.length < 64; ) {
    found.push(pid);
    const text = proc.readPiece(`${pid}/stat`);
    pid = failed(text) ? 0 : (parsePidStat(text)?.ppid ?? 0);
  }
  return found;
}

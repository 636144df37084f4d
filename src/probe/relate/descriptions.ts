import { placeIn, type Sorted } from '../description-order.ts';
import { type Draft, maxHolders } from '../draft.ts';
import type { Native } from '../native/native.ts';
import type { Fdinfo } from '../parse/fdinfo.ts';
import { parsePidStat } from '../parse/pid-stat.ts';
import { failed } from '../proc.ts';
import type { KeySet, Scan } from '../scan.ts';
import { filesOf, type Tree } from './tree.ts';

/**
 * The seed's other half, cr_collect_file(): an open file description is one object however many fds refer to it.
 * kcmp(2) tells which do; without it fds of the same inode, offset and flags are taken for one, and marked inferred.
 */
export function relateDescriptions(tree: Tree): void {
  const { scan } = tree;
  const { first, groups } = byText(tree);
  const several = new Map<string, readonly Sorted<Draft>[]>();
  for (const [text, group] of groups) {
    const lists = [...groupBy(group, candidateKey).values()].map((one) => sortedOf(one, scan));
    several.set(text, lists);
    for (const same of lists.flat()) if (same.length > 1) for (const draft of same) draft.same = same;
  }
  if (scan.native === undefined) {
    markInferred(tree);
    return;
  }
  if (!scan.asks.has('sharedOutside')) return;
  addOutsideHolders(tree, scan.native.kcmp, first, (text) => {
    const alone = first.get(text);
    return several.get(text) ?? (alone === undefined ? [] : [[[alone]]]);
  });
}

/** Fds of one description have at least their link in common; most have it for themselves. */
function byText(tree: Tree): {
  readonly first: ReadonlyMap<string, Draft>;
  readonly groups: ReadonlyMap<string, readonly Draft[]>;
} {
  const first = new Map<string, Draft>();
  const groups = new Map<string, Draft[]>();
  for (const { draft } of filesOf(tree)) {
    if (draft.via !== 'fd') continue;
    const one = first.get(draft.text);
    if (one === undefined) first.set(draft.text, draft);
    else {
      const group = groups.get(draft.text);
      if (group === undefined) groups.set(draft.text, [one, draft]);
      else group.push(draft);
    }
  }
  return { first, groups };
}

/** Without kcmp(2) it is a guess who shares a description, and nobody knows who else does. */
function markInferred(tree: Tree): void {
  for (const { draft } of filesOf(tree)) {
    if (draft.via !== 'fd') continue;
    draft.facts.sharingInferred = draft.same !== undefined;
    if (tree.scan.asks.has('sharedOutside')) draft.facts.sharedOutside = null;
  }
}

/** All anonymous inodes are one, but fdinfo tells them apart. */
const candidateKey = ({ facts, fdinfo }: Draft): string =>
  `${facts.inode} ${facts.mntId} ${fdinfo === undefined ? '' : anonKey(fdinfo)}`;

/** The number of an eventfd, and what an eventpoll watches. */
function anonKey({ extra }: Fdinfo): string {
  if (extra.size === 0) return '';
  return extra.get('eventfd-id')?.[0] ?? extra.get('tfd')?.join() ?? '';
}

function groupBy(
  drafts: readonly Draft[],
  key: (draft: Draft) => string,
): ReadonlyMap<string, readonly Draft[]> {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const name = key(draft);
    const found = groups.get(name);
    if (found) found.push(draft);
    else groups.set(name, [draft]);
  }
  return groups;
}

function sortedOf(group: readonly Draft[], scan: Scan): Sorted<Draft> {
  if (scan.native === undefined)
    return [...groupBy(group, ({ facts }) => `${facts.offset} ${facts.accessMode} ${facts.flags}`).values()];
  return scan.byDescription(group);
}

/** Holders among the ancestors of the tree: what they passed on when they started it. */
function addOutsideHolders(
  { root, scan }: Tree,
  kcmp: Native['kcmp'],
  links: KeySet,
  listsOf: (text: string) => readonly Sorted<Draft>[],
): void {
  for (const ancestor of ancestorsOf(root.stat.ppid, scan)) {
    for (const [fd, text] of scan.fdsLike(ancestor, links)) {
      for (const sorted of listsOf(text)) {
        const { found, failure } = placeIn(sorted, { pid: ancestor, fd }, kcmp);
        // as under a seccomp filter
        if (failure !== undefined) for (const { facts } of sorted.flat()) facts.sharedOutside ||= null;
        for (const draft of found ?? []) {
          draft.facts.sharedOutside = true;
          if (draft.sharedWith.length < maxHolders) draft.sharedWith.push({ pid: ancestor, fd });
        }
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

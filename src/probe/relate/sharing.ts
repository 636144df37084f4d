import type { FactValue } from '../../facts.ts';
import { failed } from '../proc.ts';
import type { ProcessDraft } from '../process.ts';
import { otherThreads } from '../targets/tree.ts';
import type { Tree } from './tree.ts';

type Shared = 'vm' | 'files' | 'fs' | 'sighand';

/**
 * What processes of the tree share with each other, and what a thread does not share with its process. Only kcmp(2)
 * can tell; without it these facts are not known, except that a process alone shares with none.
 */
export function relateSharing(tree: Tree): void {
  const alive = tree.processes.filter(({ stat }) => stat.state !== 'Z');
  for (const process of alive) {
    const { facts } = process;
    const sharers = (type: Shared) => sharersOf(tree, alive, process, type);
    facts.sharesMemory = any(sharers('vm'));
    facts.sharesFs = any(sharers('fs'));
    facts.sharesSignalHandlers = any(sharers('sighand'));
    const files = sharers('files');
    // a table shared with the parent is restored; one shared past it is not (CRIU cr-dump.c:682)
    facts.sharesFiles = any(files);
    facts.sharesFilesPastParent =
      files === undefined ? null : files.length > 0 && !isLinked(process, files, alive);
    facts.threadsApart = threadsApart(tree, process);
  }
  tree.root.facts.sharedWithParent = sharedWithParent(tree);
}

/** What the root shares with the process that started it: a restored one would share it no more. */
function sharedWithParent({ root, scan }: Tree): FactValue {
  const { ppid } = root.stat;
  if (ppid === 0 || root.stat.state === 'Z') return [];
  const orders = (['vm', 'files', 'fs'] as const).map((type) => ({
    type,
    order: scan.native?.kcmp(type, root.pid, ppid),
  }));
  if (orders.some(({ order }) => typeof order !== 'number')) return null;
  return orders.filter(({ order }) => order === 0).map(({ type }) => type);
}

const any = (sharers: readonly ProcessDraft[] | undefined): FactValue =>
  sharers === undefined ? null : sharers.length > 0;

/** Undefined where it cannot be told. */
function sharersOf(
  { scan }: Tree,
  alive: readonly ProcessDraft[],
  process: ProcessDraft,
  type: Shared,
): readonly ProcessDraft[] | undefined {
  const sharers: ProcessDraft[] = [];
  for (const other of alive) {
    if (other === process) continue;
    const order = scan.native?.kcmp(type, process.pid, other.pid);
    if (order === undefined || typeof order !== 'number') return undefined;
    if (order === 0) sharers.push(other);
  }
  return sharers;
}

/** Whether the process has its table from its parent, or is the first of those that share it. */
function isLinked(
  process: ProcessDraft,
  sharers: readonly ProcessDraft[],
  alive: readonly ProcessDraft[],
): boolean {
  if (sharers.some(({ pid }) => pid === process.stat.ppid)) return true;
  const first = alive.find((one) => one === process || sharers.includes(one));
  return first === process;
}

/** What some thread has for itself: `files`, `fs`, or a namespace type. Only the leader's would be saved. */
function threadsApart({ scan }: Tree, { pid, facts }: ProcessDraft): FactValue {
  const threads = otherThreads(scan.proc, pid);
  const apart = new Set<string>();
  for (const thread of threads) {
    for (const type of ['files', 'fs'] as const) {
      const order = scan.native?.kcmp(type, pid, thread);
      if (order === undefined) return null;
      if (typeof order !== 'number') {
        if (order.errno === 'ESRCH') continue;
        return null;
      }
      if (order !== 0) apart.add(type);
    }
    for (const type of ['net', 'mnt', 'uts', 'ipc', 'cgroup'] as const) {
      const link = scan.proc.readLink(`${pid}/task/${thread}/ns/${type}`);
      if (!failed(link) && link !== facts[`${type}Namespace`]) apart.add(type);
    }
  }
  return [...apart];
}

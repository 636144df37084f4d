import { filesOfKind, type Tree } from './tree.ts';

/** Whether the process a pidfd stands for is in the tree. */
export function relatePidfds(tree: Tree): void {
  const inside = new Set(tree.processes.map(({ pid }) => pid));
  for (const { draft } of filesOfKind(tree, 'pidfd')) {
    const { watchedPid } = draft.facts;
    draft.facts.watchedPidInTree = typeof watchedPid === 'number' ? inside.has(watchedPid) : null;
  }
}

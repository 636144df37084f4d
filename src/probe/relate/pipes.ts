import { filesOfKind, type Tree } from './tree.ts';

/** Distinct pipes with a readable end: CRIU has room for 1024 of them, and for as many fifos (pipes.c:416). */
export function relatePipes(tree: Tree): void {
  for (const kind of ['pipe', 'fifo'] as const) {
    const readable = filesOfKind(tree, kind).filter(({ draft }) => draft.facts.accessMode !== 'write');
    const distinct = new Set(readable.map(({ draft }) => `${draft.facts.device} ${draft.facts.inode}`));
    tree.root.facts[kind === 'pipe' ? 'readablePipes' : 'readableFifos'] = distinct.size;
  }
}

import { failed } from '../proc.ts';
import type { FileDraft } from '../process.ts';
import { filesOfKind, type Tree } from './tree.ts';

/** Distinct pipes with a readable end: CRIU has room for 1024 of them, and for as many fifos (pipes.c:416). */
export function relatePipes(tree: Tree): void {
  for (const kind of ['pipe', 'fifo'] as const) {
    const readable = filesOfKind(tree, kind).filter(({ draft }) => draft.facts.accessMode !== 'write');
    const distinct = new Set(readable.map(({ draft }) => `${draft.facts.device} ${draft.facts.inode}`));
    tree.root.facts[kind === 'pipe' ? 'readablePipes' : 'readableFifos'] = distinct.size;
  }
  const autofs = autofsPipes(tree);
  const pipes = filesOfKind(tree, 'pipe');
  for (const { draft } of pipes) draft.facts.autofsPipe = autofs.has(String(draft.facts.inode));
  relateEnds(pipes);
}

/** Whether the tree has the other end; and of an O_PATH fd, whether an earlier one lets CRIU read what is in it. */
function relateEnds(pipes: readonly FileDraft[]): void {
  const ends = new Map<unknown, Set<string>>();
  for (const { draft } of pipes) {
    const { inode, accessMode } = draft.facts;
    const seen = ends.get(inode) ?? new Set<string>();
    ends.set(inode, seen);
    draft.facts.readByAnother = seen.has('read');
    if (accessMode === 'read' || accessMode === 'read-write') seen.add('read');
    if (accessMode === 'write' || accessMode === 'read-write') seen.add('write');
  }
  for (const { draft } of pipes) {
    const seen = ends.get(draft.facts.inode);
    draft.facts.otherEndInTree = draft.facts.accessMode === null ? null : seen?.size === 2;
  }
}

/** Inodes of the pipes by which the kernel asks automounters: they are in packet mode, and CRIU knows them. */
function autofsPipes({ root, scan }: Tree): ReadonlySet<string> {
  const mounts = scan.mounts(root.pid);
  if (failed(mounts)) return new Set();
  const options = mounts.rows
    .filter(({ fsType }) => fsType === 'autofs')
    .flatMap((row) => row.superOptions.split(','));
  return new Set(
    options.filter((one) => one.startsWith('pipe_ino=')).map((one) => one.slice('pipe_ino='.length)),
  );
}

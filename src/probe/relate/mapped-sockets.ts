import { filesOf, type Tree } from './tree.ts';

/** A mapped socket (a packet ring) can be saved only while an fd of it is open (CRIU sk-packet.c:234). */
export function relateMappedSockets(tree: Tree): void {
  const files = filesOf(tree).filter(({ draft }) => draft.link.form === 'socket');
  const open = new Set(files.filter(({ draft }) => draft.via === 'fd').map(({ draft }) => draft.facts.inode));
  for (const { draft } of files)
    if (draft.via === 'map') draft.facts.fdOpen = open.has(draft.facts.inode ?? '');
}

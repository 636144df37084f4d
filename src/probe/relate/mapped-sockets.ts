import { filesOf, type Tree } from './tree.ts';

/** A mapped socket (a packet ring) can be saved only while an fd of it is open (CRIU sk-packet.c:234). */
export function relateMappedSockets(tree: Tree): void {
  const sockets = filesOf(tree).filter(({ draft }) => draft.link.form === 'socket');
  const mapped = sockets.filter(({ draft }) => draft.via === 'map');
  if (mapped.length === 0) return;
  const open = new Set(
    sockets.filter(({ draft }) => draft.via === 'fd').map(({ draft }) => draft.facts.inode),
  );
  for (const { draft } of mapped) draft.facts.fdOpen = open.has(draft.facts.inode ?? '');
}

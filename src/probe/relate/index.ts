import { relateEpoll } from './epoll.ts';
import { relateMappedSockets } from './mapped-sockets.ts';
import { relateMounts } from './mounts.ts';
import { relateNamespaces } from './namespaces.ts';
import { relateNetwork } from './network.ts';
import { relatePaths } from './paths.ts';
import { relatePidfds } from './pidfds.ts';
import { relatePipes } from './pipes.ts';
import { relateSessions } from './sessions.ts';
import { relateSharing } from './sharing.ts';
import { relateSpecials } from './specials.ts';
import { relateSurroundings } from './surroundings.ts';
import { relateTerminals } from './terminals.ts';
import type { Tree } from './tree.ts';
import { relateUnix } from './unix.ts';
import { relateWatches } from './watches.ts';

/** Facts that no file has on its own: each adds those of its topic to the files and processes of the tree. */
const relations: readonly ((tree: Tree) => void)[] = [
  relateNamespaces,
  relateSessions,
  relateSharing,
  relateSurroundings,
  relateSpecials,
  relatePaths,
  relateMappedSockets,
  relateMounts,
  relateNetwork,
  relateEpoll,
  relatePidfds,
  relatePipes,
  relateTerminals,
  relateUnix,
  relateWatches,
];

export function relate(tree: Tree): void {
  for (const process of tree.processes) process.facts.isRoot = process === tree.root;
  for (const relation of relations) relation(tree);
}

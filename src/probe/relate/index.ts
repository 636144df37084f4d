import { relateAutofs } from './autofs.ts';
import { relateDescriptions } from './descriptions.ts';
import { relateEpoll } from './epoll.ts';
import { relateFreezer } from './freezer.ts';
import { relateMappedSockets } from './mapped-sockets.ts';
import { relateMounts } from './mounts.ts';
import { relateCgroups, relateNamespaces } from './namespaces.ts';
import { relateNetwork } from './network.ts';
import { relateOutsiders } from './outsiders.ts';
import { relatePaths } from './paths.ts';
import { relatePidfds } from './pidfds.ts';
import { relatePipes } from './pipes.ts';
import { relateSessions } from './sessions.ts';
import { relateSharing } from './sharing.ts';
import { relateSpecials } from './specials.ts';
import { relateSurroundings } from './surroundings.ts';
import { relateTerminals } from './terminals.ts';
import { relateTools } from './tools.ts';
import type { Tree } from './tree.ts';
import { relateTun } from './tun.ts';
import { relateUnix } from './unix.ts';
import { relateWatches } from './watches.ts';

interface Relation {
  /** It is looked into where the policy asks for one of these. */
  readonly facts: readonly string[];
  readonly relate: (tree: Tree) => void;
}

/** Facts that no file has on its own: each adds those of its topic to the files and processes of the tree. */
const relations: readonly Relation[] = [
  {
    facts: ['nestedNamespaces', 'strayNamespaces', 'rootOwnNamespaces', 'namespaceInTree'],
    relate: relateNamespaces,
  },
  { facts: ['cgroupOutside'], relate: relateCgroups },
  { facts: ['hasOutsiders'], relate: relateOutsiders },
  { facts: ['stoppedInFreezer', 'outsideFreezer', 'outsidersInTheWay'], relate: relateFreezer },
  { facts: ['sessionLeader'], relate: relateSessions },
  {
    facts: [
      'sharesMemory',
      'sharesFs',
      'sharesFilesPastParent',
      'sharesSignalHandlers',
      'threadsApart',
      'sharedWithParent',
    ],
    relate: relateSharing,
  },
  {
    facts: [
      'procMissing',
      'chrooted',
      'ptraceScope',
      'cgroupListBytes',
      'mapsLeft',
      'fdsBeyondLimit',
      'servesTree',
    ],
    relate: relateSurroundings,
  },
  {
    facts: ['procOfThread', 'readable', 'fuseForbidden', 'nfsSillyName', 'hugePagesMissing', 'mountIsRoot'],
    relate: relateSpecials,
  },
  { facts: ['mountKnown', 'mountCovered', 'pathState'], relate: relatePaths },
  { facts: ['missingTools'], relate: relateTools },
  { facts: ['fdOpen'], relate: relateMappedSockets },
  { facts: ['mountsWhole', 'hasProperRoot', 'masterOutside'], relate: relateMounts },
  { facts: ['autofsServed'], relate: relateAutofs },
  { facts: ['linkKind'], relate: relateNetwork },
  { facts: ['watchedPidInTree'], relate: relatePidfds },
  { facts: ['readablePipes', 'readableFifos', 'otherEndInTree', 'readByAnother'], relate: relatePipes },
  {
    facts: [
      'masterInTree',
      'orphanedTerminals',
      'ttySessionOutside',
      'ttyInherited',
      'terminalFds',
      'ttyIndexTwice',
    ],
    relate: relateTerminals,
  },
  { facts: ['tunDevice'], relate: relateTun },
  { facts: ['peer', 'pendingTrouble', 'peerAsymmetric'], relate: relateUnix },
  { facts: ['watchTrouble', 'marksLost'], relate: relateWatches },
];

export function relate(tree: Tree): void {
  const agent = tree.scan.proc.readLink('self');
  for (const process of tree.processes) {
    process.facts.isRoot = process === tree.root;
    process.facts.isAgent = String(process.pid) === agent;
  }
  relateDescriptions(tree);
  relateEpoll(tree);
  for (const { facts, relate: run } of relations)
    if (facts.some((fact) => tree.scan.asks.has(fact))) run(tree);
}

import { namespaceTypes } from '../process-facts.ts';
import { filesOf, filesOfKind, listFact, type Tree } from './tree.ts';

/** Types of which a tree may have one besides the engine's, and no more (CRIU namespaces.c:460). */
const single = ['uts', 'ipc', 'pid', 'user', 'cgroup', 'time'];

/** Namespaces of the members against the root's and the engine's; and whose the namespace files are. */
export function relateNamespaces(tree: Tree): void {
  const { root, processes, scan } = tree;
  const rootOwn = listFact(root, 'ownNamespaces');
  const known = new Set<unknown>(namespaceTypes.map((type) => scan.engineNamespace(type)));
  for (const process of processes) {
    const differs = (type: string) =>
      process !== root &&
      listFact(process, 'ownNamespaces').includes(type) &&
      process.facts[`${type}Namespace`] !== root.facts[`${type}Namespace`];
    if (process.facts.ownNamespaces !== null) {
      process.facts.nestedNamespaces = single.filter(differs);
      // CRIU dumps these and cannot restore them where the root is in the engine's (pstree.c:969)
      process.facts.strayNamespaces = ['net', 'mnt'].filter(
        (type) => differs(type) && !rootOwn.includes(type),
      );
    }
    for (const type of namespaceTypes) known.add(process.facts[`${type}Namespace`]);
  }
  for (const { draft } of filesOf(tree)) draft.facts.rootOwnNamespaces = rootOwn;
  for (const { draft } of filesOfKind(tree, 'namespace')) {
    const type = String(draft.facts.namespaceType).replace(/_for_children$|_/g, '');
    draft.facts.namespaceInTree = known.has(`${type}:[${draft.facts.inode}]`);
  }
}

import { failed } from '../proc.ts';
import { namespaceTypes } from '../process-facts.ts';
import { filesAskedFor, filesOfKind, listFact, type Tree } from './tree.ts';

/** Types of which a tree may have one besides the engine's, and no more (CRIU namespaces.c:460). */
const single = ['uts', 'ipc', 'pid', 'user', 'cgroup', 'time'];

/**
 * Whether each member's cgroups are below the root of the cgroup namespace that the tree is in: CRIU cannot express
 * those above it (proc_parse.c:2722, cgroup.c:810), and they show only to one who looks from inside.
 */
export function relateCgroups({ root, processes, scan }: Tree): void {
  if (!listFact(root, 'ownNamespaces').includes('cgroup')) return;
  const read = () => processes.map(({ pid }) => scan.proc.readText(`${pid}/cgroup`));
  const texts = scan.native?.inCgroupNs(`${scan.proc.root}/${root.pid}/ns/cgroup`, read) ?? {
    errno: 'ENOSYS',
  };
  for (const [i, process] of processes.entries()) {
    const text = failed(texts) ? texts : (texts[i] ?? { errno: 'ENOENT' });
    process.facts.cgroupOutside = failed(text) ? null : /^\d+:[^:]*:\/\.\./m.test(text);
  }
}

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
      process.facts.innerNamespaces = ['net', 'mnt'].filter(
        (type) => differs(type) && rootOwn.includes(type),
      );
      // CRIU dumps these and cannot restore them where the root is in the engine's (pstree.c:969)
      process.facts.strayNamespaces = ['net', 'mnt'].filter(
        (type) => differs(type) && !rootOwn.includes(type),
      );
    }
    for (const type of namespaceTypes) known.add(process.facts[`${type}Namespace`]);
  }
  for (const files of filesAskedFor(tree, 'rootOwnNamespaces'))
    for (const { draft } of files) draft.facts.rootOwnNamespaces = rootOwn;
  for (const { draft } of filesOfKind(tree, 'namespace')) {
    const type = String(draft.facts.namespaceType).replace(/_for_children$|_/g, '');
    draft.facts.namespaceInTree = known.has(`${type}:[${draft.facts.inode}]`);
  }
}

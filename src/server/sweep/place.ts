import type { PidStat } from '../../probe/parse/pid-stat.ts';
import type { Found } from '../../probe/targets/found.ts';

/** A tree to judge, and whose it is. */
export interface Place {
  /** beside: a tree in a container's cgroup that does not descend from its init. */
  readonly type: 'container' | 'beside' | 'service' | 'tree';
  /** Place among the containers or groups found; -1 of a tree. */
  readonly of: number;
  /** Root first, parents before their children. */
  readonly pids: readonly number[];
  readonly members: readonly number[];
  /** The container whose tree this container is in. */
  readonly inside?: number;
  /** The only tree of its service. */
  readonly single: boolean;
}

interface Growing {
  readonly type: Place['type'];
  readonly of: number;
  readonly pids: number[];
  readonly inside?: number;
}

type Stats = ReadonlyMap<number, Pick<PidStat, 'ppid'>>;

/**
 * Each process in one tree. A container has the descendants of its init, whatever their cgroup, as CRIU takes them, but
 * for those of a container inside it. What is left goes to its service, and what is in none is cut below process 1.
 */
export function placeProcesses(stats: Stats, { containers, groups }: Pick<Found, 'containers' | 'groups'>) {
  const inits = new Map<number, number>();
  const claimed = new Map<number, number>();
  const services = new Map<number, number>();
  // of two that have a process the smaller is the more telling
  const bySize = [...containers.keys()].sort((a, b) => pidsOf(a).length - pidsOf(b).length);
  function pidsOf(of: number) {
    return containers[of]?.pids ?? [];
  }
  for (const of of bySize) {
    const { initPid } = containers[of] ?? {};
    if (initPid !== undefined) inits.set(initPid, of);
    for (const pid of pidsOf(of)) if (!claimed.has(pid)) claimed.set(pid, of);
  }
  for (const [pid, of] of inits) claimed.set(pid, of);
  groups.forEach(({ type, pids }, of) => {
    if (type === 'unit') for (const pid of pids) services.set(pid, of);
  });

  const trees: Growing[] = [];
  const treeOf = new Map<number, Growing>();
  const begin = (type: Place['type'], of: number, inside?: number): Growing => {
    const tree = { type, of, pids: [], ...(inside === undefined ? {} : { inside }) };
    trees.push(tree);
    return tree;
  };
  const choose = (pid: number, ppid: number): Growing => {
    const above = treeOf.get(ppid);
    const own = claimed.get(pid);
    const within = above?.type === 'container' ? above.of : undefined;
    const init = inits.get(pid);
    if (init !== undefined) return begin('container', init, within);
    if (above !== undefined && within !== undefined && (own === undefined || own === within)) return above;
    if (own !== undefined)
      return above?.type === 'beside' && above.of === own ? above : begin('beside', own, within);
    const service = services.get(pid);
    if (service !== undefined)
      return above?.type === 'service' && above.of === service ? above : begin('service', service);
    // nobody saves process 1 with all that descends from it
    return above?.type === 'tree' && ppid !== 1 ? above : begin('tree', -1);
  };
  for (const pid of parentsFirst(stats)) {
    const tree = choose(pid, stats.get(pid)?.ppid ?? 0);
    tree.pids.push(pid);
    treeOf.set(pid, tree);
  }

  const number = new Map<number, number>();
  for (const { type, of } of trees) if (type === 'service') number.set(of, (number.get(of) ?? 0) + 1);
  return trees.map((tree): Place => {
    const single = tree.type === 'service' && number.get(tree.of) === 1;
    const beside = ({ type, of }: Growing) => type === 'beside' && of === tree.of;
    const besides = tree.type === 'container' ? trees.filter(beside).flatMap(({ pids }) => pids) : [];
    const members = tree.type === 'container' ? [...tree.pids, ...besides] : single ? tree.pids : [];
    return { ...tree, members, single };
  });
}

/** Whatever the table says: it is read while processes come and go. */
function parentsFirst(stats: Stats): readonly number[] {
  const children = new Map<number, number[]>();
  const order: number[] = [];
  for (const [pid, { ppid }] of stats) {
    if (!stats.has(ppid)) order.push(pid);
    else if (children.has(ppid)) children.get(ppid)?.push(pid);
    else children.set(ppid, [pid]);
  }
  for (const pid of order) order.push(...(children.get(pid) ?? []));
  const seen = new Set(order);
  return [...order, ...[...stats.keys()].filter((pid) => !seen.has(pid))];
}

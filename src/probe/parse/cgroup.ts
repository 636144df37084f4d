import { parseDecimal } from './number.ts';
import { parseTable, type Table } from './table.ts';

export interface CgroupMembership {
  /** 0 is the unified hierarchy (v2). */
  readonly hierarchyId: number;
  /** Empty for v2; `name=systemd` for a named v1 hierarchy. */
  readonly controllers: readonly string[];
  /** From the root of the reader's cgroup namespace (`/../x` when outside it); ` (deleted)` follows when the group is gone. */
  readonly path: string;
}

function parseRow(line: string): CgroupMembership | undefined {
  const first = line.indexOf(':');
  const second = line.indexOf(':', first + 1);
  if (first < 0 || second < 0) return undefined;
  const hierarchyId = parseDecimal(line, 0, first);
  const path = line.slice(second + 1);
  if (hierarchyId === undefined || !path.startsWith('/')) return undefined;
  const controllers = second === first + 1 ? [] : line.slice(first + 1, second).split(',');
  return { hierarchyId, controllers, path };
}

/**
 * /proc/PID/cgroup: cgroups(7), proc_cgroup_show() in kernel/cgroup/cgroup.c: `4:cpu,cpuacct:/user.slice` or `0::/user.slice`.
 * The path is the rest of the line and may hold colons, never a newline.
 * `bad` counts lines that are not like that, and a last line without its newline.
 */
export function parseCgroup(text: string): Table<CgroupMembership> {
  return parseTable(text, '', parseRow);
}

import { decodeBytes } from '../bytes.ts';
import { readStat } from '../pid.ts';
import { failed } from '../proc.ts';
import type { Tree } from './tree.ts';

/**
 * Processes of the same cgroup that are no descendants of the root: put in later, as by `kubectl exec`. CRIU freezes
 * them with the rest ("Unexpected process in the freezer cgroup", seize.c:404) and does not save them.
 */
export function relateOutsiders({ root, processes, members, scan }: Tree): void {
  if (members.length === 0) return; // its cgroup was not looked at
  const inside = new Set(processes.map(({ pid }) => pid));
  const outsiders: string[] = [];
  for (const pid of members.filter((member) => !inside.has(member))) {
    const stat = readStat(scan.proc, pid);
    if (!failed(stat) && stat.state !== 'Z') outsiders.push(`${pid} (${decodeBytes(stat.comm).text})`);
  }
  root.facts.hasOutsiders = outsiders.length > 0;
  root.facts.outsiders = outsiders;
}

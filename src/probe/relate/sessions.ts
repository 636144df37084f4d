import { failed } from '../proc.ts';
import type { Tree } from './tree.ts';

/** Where the session leader of each process is: itself, inside the tree, outside it and alive, or gone. */
export function relateSessions({ processes, scan }: Tree): void {
  const inside = new Set(processes.map(({ pid }) => pid));
  for (const { pid, stat, facts } of processes) {
    if (stat.session === pid) facts.sessionLeader = 'self';
    else if (inside.has(stat.session)) facts.sessionLeader = 'inside';
    else facts.sessionLeader = failed(scan.proc.readText(`${stat.session}/stat`)) ? 'gone' : 'outside';
  }
}

import { failed, gone } from '../proc.ts';
import type { Scan } from '../scan.ts';
import type { Tree } from './tree.ts';

/** Programs that CRIU runs: for tmpfs contents, for devices, for packet filters (filesystems.c, net.c, netfilter.c). */
const tools = ['tar', 'ip', 'iptables-save', 'iptables-restore'] as const;
const folders = ['usr/local/sbin', 'usr/local/bin', 'usr/sbin', 'usr/bin', 'sbin', 'bin'];

/**
 * Which of them are not where CRIU would start; its PATH is not known, so the usual one stands for it. An absolute link
 * would lead into the agent's own root: it is not followed.
 */
export function relateTools({ root, scan }: Tree): void {
  root.facts.missingTools = scan.once(missing);
}

function missing(scan: Scan): readonly string[] | null {
  const states = tools.map((tool) => stateOf(scan, tool));
  return states.includes('unread') ? null : tools.filter((_, i) => states[i] === 'missing');
}

function stateOf({ proc, engine }: Scan, tool: string): 'there' | 'missing' | 'unread' {
  let state: 'missing' | 'unread' = 'missing';
  for (const folder of folders) {
    const answer = proc.lstat(`${engine}/root/${folder}/${tool}`);
    if (!failed(answer)) return 'there';
    if (!gone(answer)) state = 'unread';
  }
  return state;
}

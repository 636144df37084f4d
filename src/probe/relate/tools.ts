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
  root.facts.missingTools = missing(scan);
}

function missing({ proc, engine }: Scan): readonly string[] | null {
  const lacking: string[] = [];
  for (const tool of tools) {
    const answers = folders.map((folder) => proc.lstat(`${engine}/root/${folder}/${tool}`));
    if (answers.some((answer) => !failed(answer))) continue;
    if (answers.some((answer) => failed(answer) && !gone(answer))) return null;
    lacking.push(tool);
  }
  return lacking;
}

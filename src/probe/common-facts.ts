import type { FactValue } from '../facts.ts';
import type { Link } from './parse/link.ts';
import type { Stat } from './proc.ts';

// Facts are added one by one: an object spread together for each of a hundred thousand files costs more than the reads.
type Growing = Record<string, FactValue>;

export function addStat(facts: Growing, stat: Stat): void {
  facts.fileType = stat.type;
  facts.mode = stat.mode;
  facts.nlink = stat.nlink;
  facts.inode = stat.inode;
  facts.device = stat.device;
  facts.sizeBytes = stat.sizeBytes;
  facts.allocatedBytes = stat.allocatedBytes;
  if (stat.type === 'block' || stat.type === 'char') {
    facts.major = stat.major;
    facts.minor = stat.minor;
  }
}

const pseudoTypes = {
  pipe: 'fifo',
  socket: 'socket',
  namespace: 'regular',
  anon: 'none',
  other: 'none',
} as const;
export const pseudoFilesystems = {
  pipe: 'pipefs',
  socket: 'sockfs',
  namespace: 'nsfs',
  anon: 'anon_inodefs',
} as const;

/** A pseudo file says by the form of its link what a stat would say. */
export function addPseudo(facts: Growing, link: Link): void {
  if (link.form === 'path') return;
  facts.fileType = pseudoTypes[link.form];
  if (link.form !== 'anon' && link.form !== 'other') facts.inode = link.inode;
}

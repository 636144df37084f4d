import type { FactValue, Unread } from '../facts.ts';
import { type MappedFile, mappedFiles } from './mappings.ts';
import { parseSmapsFlags } from './parse/smaps.ts';
import { failed, gone } from './proc.ts';
import type { Scan } from './scan.ts';

export interface Memory {
  readonly files: readonly MappedFile[];
  /** Number of mappings; undefined where they were not read. */
  readonly count: number | undefined;
  readonly facts: Readonly<Record<string, FactValue>>;
}

/** Facts of mappings that belong to no file: asked for by policies that judge the process. */
const flagFacts = ['privateDeviceMemory', 'sealedUnreadable'] as const;

/** The mappings of a process: the mapped files, and what of the rest cannot be saved. */
export function readMemory(scan: Scan, pid: number, unread: Unread[]): Memory {
  const text = scan.proc.readText(`${pid}/maps`);
  if (failed(text)) {
    if (gone(text)) return { files: [], count: undefined, facts: {} };
    unread.push({ pid, call: 'read maps', errno: text.errno, facts: [] });
    return {
      files: [],
      count: undefined,
      facts: Object.fromEntries(['uprobes', ...flagFacts].map((fact) => [fact, null])),
    };
  }
  const uprobes = text.includes('[uprobes]\n');
  const flags = flagFacts.some((fact) => scan.asks.has(fact)) ? readFlags(scan, pid, unread) : {};
  return { files: mappedFiles(pid, text), count: text.split('\n').length - 1, facts: { uprobes, ...flags } };
}

/** VmFlags of smaps: io and pf are device memory, sl is sealed (mseal(2)), rd readable, sh shared. */
function readFlags(scan: Scan, pid: number, unread: Unread[]): Readonly<Record<string, FactValue>> {
  const text = scan.proc.readText(`${pid}/smaps`);
  if (failed(text)) {
    if (!gone(text)) unread.push({ pid, call: 'read smaps', errno: text.errno, facts: flagFacts });
    return Object.fromEntries(flagFacts.map((fact) => [fact, null]));
  }
  const own = new Set(['[vvar]', '[vvar_vclock]', '[vdso]', '[uprobes]', '[vsyscall]']);
  const named = new Map(
    [...text.matchAll(/^([0-9a-f]+)-[0-9a-f]+ \S+ \S+ \S+ \d+ +(\[.*\])$/gm)].map((match) => [
      match[1],
      match[2],
    ]),
  );
  let privateDeviceMemory = false;
  let sealedUnreadable = false;
  for (const { start, vmFlags } of parseSmapsFlags(text).rows) {
    const is = (flag: string) => vmFlags.includes(flag);
    if (own.has(named.get(start.toString(16).padStart(8, '0')) ?? '') || is('sh')) continue;
    privateDeviceMemory ||= is('io') || is('pf');
    sealedUnreadable ||= is('sl') && !is('rd');
  }
  return { privateDeviceMemory, sealedUnreadable };
}

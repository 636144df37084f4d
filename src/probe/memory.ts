import type { Facts, FactValue, Unread } from '../facts.ts';
import { lazy } from './lazy.ts';
import { type MappedFile, mappedFiles } from './mappings.ts';
import { parseMaps } from './parse/maps.ts';
import { parseSmapsFlags } from './parse/smaps.ts';
import { failed, gone } from './proc.ts';
import type { Scan } from './scan.ts';

export interface Memory {
  readonly files: readonly MappedFile[];
  /** Number of mappings; undefined where they were not read. */
  readonly count: number | undefined;
  /** Whether a private mapping of the file with these facts is device memory; null where that was not read. */
  deviceMemory(file: MappedFile, facts: Facts): FactValue;
  readonly facts: Readonly<Record<string, FactValue>>;
}

/** The mappings of a process: the mapped files, and what of the rest cannot be saved. */
export function readMemory(scan: Scan, pid: number, unread: Unread[]): Memory {
  const text = scan.proc.readText(`${pid}/maps`);
  const { rows, bad } = failed(text) ? { rows: [], bad: 0 } : parseMaps(text);
  if (failed(text) || bad > 0) {
    const failure = failed(text) ? text : { errno: 'EBADMSG' };
    const known = gone(failure);
    if (!known) unread.push({ pid, call: 'read maps', errno: failure.errno, facts: [] });
    const facts = known ? {} : { uprobes: null, sealedUnreadable: null };
    return { files: [], count: undefined, deviceMemory: () => null, facts };
  }
  // it walks every page of the process: read only where something may be found
  const flags = lazy(() => readFlags(scan, pid, unread));
  const unreadable = rows.some(
    ({ perms, path }) => perms[0] !== 'r' && perms[3] === 'p' && path !== '[vsyscall]',
  );
  return {
    files: mappedFiles(pid, rows),
    count: rows.length,
    deviceMemory: ({ privateStarts }, facts) => {
      if (privateStarts.length === 0 || isPlain(facts)) return false;
      const found = flags();
      return found === null ? null : privateStarts.some((start) => found.device.has(start));
    },
    facts: {
      uprobes: text.includes('[uprobes]\n'),
      sealedUnreadable: unreadable ? (flags()?.sealedUnreadable ?? null) : false,
    },
  };
}

/** A regular file of a disk, or of memory, is mapped page by page from its cache: never device memory. */
const isPlain = ({ fileType, fsType, fsRequiresDevice }: Facts): boolean =>
  fileType === 'regular' && (fsRequiresDevice === true || fsType === 'tmpfs' || fsType === 'overlay');

interface Flags {
  /** Where private device memory begins. */
  readonly device: ReadonlySet<bigint>;
  readonly sealedUnreadable: boolean;
}

/** VmFlags of smaps: io and pf are device memory, sl is sealed (mseal(2)), rd readable, sh shared. */
function readFlags(scan: Scan, pid: number, unread: Unread[]): Flags | null {
  if (!scan.asks.has('sealedUnreadable') && !scan.asks.has('deviceMemory')) return null;
  const text = scan.proc.readText(`${pid}/smaps`);
  if (failed(text)) {
    if (!gone(text))
      unread.push({
        pid,
        call: 'read smaps',
        errno: text.errno,
        facts: ['deviceMemory', 'sealedUnreadable'],
      });
    return null;
  }
  const { rows, bad } = parseSmapsFlags(text);
  if (bad > 0) return null;
  const own = rows.filter(({ vmFlags }) => !vmFlags.includes('sh'));
  const device = own.filter(({ vmFlags }) => vmFlags.includes('io') || vmFlags.includes('pf'));
  const sealed = own.filter(({ vmFlags }) => vmFlags.includes('sl') && !vmFlags.includes('rd'));
  // the kernel's own [vvar] is io and sealed too, and readable
  return { device: new Set(device.map(({ start }) => start)), sealedUnreadable: sealed.length > 0 };
}

import { type AddressRange, parseRange } from './maps.ts';
import type { Table } from './table.ts';

export interface MappingFlags extends AddressRange {
  /** Two letters each: rd wr ex sh io dd wf mt … */
  readonly vmFlags: readonly string[];
}

const MARK = '\nVmFlags:';

/** The range that the line at `at` begins with, if it is a mapping's first line. */
function rangeAt(text: string, at: number, end: number): AddressRange | undefined {
  const line = text.slice(at, end);
  return parseRange(line.slice(0, Math.max(line.indexOf(' '), 0)));
}

/**
 * /proc/PID/smaps, only each mapping's range and its `VmFlags: rd wr mr mw me ac ` (proc(5), show_smap() in
 * fs/proc/task_mmu.c). Newlines of paths are escaped there, so a line is what it seems to be. The counters between are jumped over.
 * `bad` counts VmFlags without a range before them, and a mapping cut before the end of its flags.
 */
export function parseSmapsFlags(text: string): Table<MappingFlags> {
  const rows: MappingFlags[] = [];
  let bad = 0;
  let at = 0;
  while (at < text.length) {
    const mark = text.indexOf(MARK, at);
    const end = mark < 0 ? -1 : text.indexOf('\n', mark + 1);
    if (end < 0) {
      bad++;
      break;
    }
    let range: AddressRange | undefined;
    while (range === undefined && at <= mark) {
      const lineEnd = text.indexOf('\n', at);
      range = rangeAt(text, at, lineEnd);
      at = lineEnd + 1;
    }
    if (range === undefined) bad++;
    else {
      const vmFlags = text
        .slice(mark + MARK.length, end)
        .split(' ')
        .filter(Boolean);
      rows.push({ start: range.start, end: range.end, vmFlags });
    }
    at = end + 1;
  }
  return { rows, bad };
}

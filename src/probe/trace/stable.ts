import { parseDecimal } from '../parse/number.ts';

/**
 * Lines of /proc/PID/status that change while a process does nothing but run, and of which nothing is read: memory in use
 * (but for VmSize), how often it was put to sleep, and signals that wait for any process of its user.
 */
const passing = /^(?:Vm(?!Size:)\w+|Rss\w+|HugetlbPages|SigQ|(?:non)?voluntary_ctxt_switches):.*\n/gm;

/** Of /proc/PID/stat, by place after the name, from 0: what `parsePidStat` reads, but for the CPU it ran on last. */
const kept = new Set([0, 1, 2, 3, 4, 5, 6, 17, 19, 38, 49]);
/** That CPU: where it is none, the line cannot be read. */
const PROCESSOR = 36;

/** What of a text of procfs an answer can rest on: the rest may change without changing any. */
export function stable(path: string, text: string): string {
  if (path.endsWith('/stat')) return stableStat(text);
  if (path.endsWith('/status')) return text.replace(passing, '');
  if (path.endsWith('/smaps')) return stableSmaps(text);
  return text;
}

function stableStat(text: string): string {
  const close = text.lastIndexOf(') ');
  if (close < 0) return text;
  const fields = text.slice(close + 2).split(' ');
  const stays = fields.map((field, at) => {
    const passes = at === PROCESSOR ? parseDecimal(field) !== undefined : isNumber(field);
    return passes && !kept.has(at) ? '' : field;
  });
  return `${text.slice(0, close)}${stays.join(' ')}`;
}

/** One that is none, or the last with its newline, decides whether the line can be read. */
const isNumber = (field: string): boolean => /^-?\d+$/.test(field);

/** The ranges and flags, not the counters. */
const stableSmaps = (text: string): string => text.replace(/^[A-Z](?!mFlags:)\w+:.*\n/gm, '');

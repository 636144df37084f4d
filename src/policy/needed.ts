import { parseSize } from './options.ts';
import type { Finding } from './report.ts';

/**
 * The options still to be passed: a small set that lifts every finding that options can lift. Each finding offers
 * alternatives; the option that lifts most is taken first, then the first named (a policy names the mildest first).
 */
export function neededOptions(findings: readonly Finding[]): readonly string[] {
  let open = findings.filter((finding) => finding.outcome === 'needs-option').map((finding) => finding.lift);
  const needed: string[] = [];
  while (open.length > 0) {
    const candidates = [...new Set(open.flat())];
    const lifts = (option: string) => open.filter((lift) => lift.includes(option)).length;
    const alone = open.find((lift) => lift.length === 1)?.[0];
    const best = alone ?? candidates.reduce((a, b) => (lifts(b) > lifts(a) ? b : a));
    needed.push(best);
    open = open.filter((lift) => !lift.includes(best));
  }
  return largestSizes(needed);
}

/** `ghost-limit=2M` and `ghost-limit=5M`: the larger one does for both. */
function largestSizes(options: readonly string[]): readonly string[] {
  const largest = new Map<string, string>();
  for (const option of options) {
    const [name = '', value = ''] = option.split('=');
    const size = parseSize(value);
    const key = size === undefined ? option : name;
    const before = largest.get(key)?.split('=')[1] ?? '';
    if (size === undefined || size > (parseSize(before) ?? -1)) largest.set(key, option);
  }
  return [...largest.values()];
}

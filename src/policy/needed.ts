import { parseSize } from './options.ts';
import type { OptionSpec } from './policy.ts';
import type { Finding } from './report.ts';

/** Up to so many different options the smallest set is searched for; beyond, one that is small is taken. */
const searched = 14;

/**
 * The options still to be passed: the smallest set that lifts every finding that options can lift. Each finding offers
 * alternatives, of which a policy names the mildest first: of sets of one size the first named wins.
 */
export function neededOptions(
  findings: readonly Finding[],
  options: readonly OptionSpec[],
): readonly string[] {
  const open = findings
    .filter((finding) => finding.outcome === 'needs-option')
    .map((finding) => finding.lift);
  const lifts = withLargestSizes(open, options);
  const candidates = [...new Set(lifts.flat())];
  return candidates.length <= searched ? smallest(lifts, candidates) : greedy(lifts);
}

/** `ghost-limit=2M` here and `ghost-limit=5M` there: the larger one does for both. */
function withLargestSizes(
  lifts: readonly (readonly string[])[],
  options: readonly OptionSpec[],
): readonly (readonly string[])[] {
  const sizes = options.filter(({ takes }) => takes === 'size').map(({ name }) => `${name}=`);
  const prefixOf = (option: string) => sizes.find((prefix) => option.startsWith(prefix));
  const largest = new Map<string, string>();
  for (const option of lifts.flat()) {
    const prefix = prefixOf(option);
    if (prefix === undefined) continue;
    const size = (text: string) => parseSize(text.slice(prefix.length)) ?? 0;
    const before = largest.get(prefix);
    if (before === undefined || size(option) > size(before)) largest.set(prefix, option);
  }
  return lifts.map((lift) => lift.map((option) => largest.get(prefixOf(option) ?? '') ?? option));
}

/** Sets of one option, of two, …: the first that leaves nothing open. */
function smallest(lifts: readonly (readonly string[])[], candidates: readonly string[]): readonly string[] {
  for (let size = 0; size <= candidates.length; size++) {
    const found = choose(lifts, candidates, size);
    if (found) return found;
  }
  return greedy(lifts);
}

function choose(
  open: readonly (readonly string[])[],
  candidates: readonly string[],
  size: number,
): readonly string[] | undefined {
  if (open.length === 0) return [];
  if (size === 0) return undefined;
  for (const [i, option] of candidates.entries()) {
    const left = open.filter((lift) => !lift.includes(option));
    if (left.length === open.length) continue;
    const rest = choose(left, candidates.slice(i + 1), size - 1);
    if (rest) return [option, ...rest];
  }
  return undefined;
}

function greedy(lifts: readonly (readonly string[])[]): readonly string[] {
  const needed: string[] = [];
  for (let open = lifts; open.length > 0; ) {
    const count = (option: string) => open.filter((lift) => lift.includes(option)).length;
    const best = [...new Set(open.flat())].reduce((a, b) => (count(b) > count(a) ? b : a));
    needed.push(best);
    open = open.filter((lift) => !lift.includes(best));
  }
  return needed;
}

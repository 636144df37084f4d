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
  findings: readonly Pick<Finding, 'outcome' | 'lift'>[],
  options: readonly OptionSpec[],
): readonly string[] {
  const open = findings
    .filter((finding) => finding.outcome === 'needs-option')
    .map((finding) => finding.lift);
  const all = withLargestSizes(open, options);
  // thousands of files offer the same few
  const lifts = [...new Map(all.map((lift) => [lift.join('\n'), lift])).values()];
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

/**
 * Always one that lifts most of what is still open. An option is looked at again only when its number was found to have
 * fallen: there may be one for each of a hundred thousand files.
 */
function greedy(lifts: readonly (readonly string[])[]): readonly string[] {
  const lifted = new Map<string, (readonly string[])[]>();
  for (const lift of lifts) {
    for (const option of lift) {
      const known = lifted.get(option);
      if (known === undefined) lifted.set(option, [lift]);
      else known.push(lift);
    }
  }
  const byNumber: string[][] = [];
  const place = (option: string, number: number) => {
    byNumber[number] ??= [];
    byNumber[number].push(option);
  };
  for (const [option, all] of lifted) place(option, all.length);
  const open = new Set(lifts);
  const needed: string[] = [];
  for (let number = byNumber.length - 1; number > 0; number--) {
    for (const option of byNumber[number] ?? []) {
      const left = lifted.get(option)?.filter((lift) => open.has(lift)) ?? [];
      if (left.length < number) place(option, left.length);
      else {
        needed.push(option);
        for (const lift of left) open.delete(lift);
      }
    }
  }
  return needed;
}

import type { Unread } from '../facts.ts';
import { joinOutcomes } from './evaluate.ts';
import { mostSevereFirst, type Question, verdictOf } from './judge.ts';
import type { Outcome } from './policy.ts';
import type { Counts, Judgement, OptionsReport, RuntimeReport, TargetReport, Verdict } from './report.ts';
import { sumRejected } from './tally.ts';

/** A part of a target, and what to call it: a container of a pod, a pod of a node. */
export interface Part {
  readonly name: string;
  readonly judgement: Judgement;
}

/**
 * What is said of a target of several trees: the worst verdict of its parts, all their findings, the sums of their
 * counts. At least one part. Pure.
 */
export function joinJudgements(
  target: TargetReport,
  parts: readonly [Part, ...Part[]],
  unread: readonly Unread[],
): Judgement {
  const all = parts.map(({ judgement }) => judgement);
  const outcomes = all.map(({ verdict }) => outcomeOf[verdict]);
  // what could not be read may have been another part
  const outcome = joinOutcomes(unread.length > 0 ? [...outcomes, 'unknown'] : outcomes);
  const verdict = verdictOf[outcome];
  const deciding = parts.filter(({ judgement }) => judgement.verdict === verdict);
  const [{ judgement: first }] = parts;
  return {
    target,
    policy: first.policy,
    verdict,
    reason: deciding[0]?.judgement.reason ?? 'Unread',
    message: messageOf(verdict, deciding, parts.length),
    options: joinOptions(all),
    counts: joinCounts(all),
    rejected: sumRejected(all.flatMap(({ rejected }) => rejected)),
    findings: mostSevereFirst(
      all.flatMap(({ findings }) => findings),
      (finding) => finding,
    ),
    // each part has its own
    processes: [],
    changedDuringCheck: all.some(({ changedDuringCheck }) => changedDuringCheck),
    unread: [...unread, ...all.flatMap((one) => one.unread)],
    runtime: joinRuntimes(all),
  };
}

/** A part that could not be read at all. */
export function unjudged(
  target: TargetReport,
  question: Question,
  reason: string,
  message: string,
): Judgement {
  const { policy, options, engineVersion, versionSource } = question;
  const counts = {
    processes: 0,
    files: 0,
    descriptions: 0,
    allowed: 0,
    needsOption: 0,
    refused: 0,
    unknown: 0,
  };
  const { canonical: given, unrecognised } = options;
  return {
    target,
    policy: { name: policy.name, engine: policy.engine, engineVersion, versionSource },
    verdict: 'unknown',
    reason,
    message,
    options: { given, needed: [], sufficient: false, unrecognised, effects: [], where: [] },
    counts,
    rejected: [],
    findings: [],
    processes: [],
    changedDuringCheck: true,
    unread: [],
    runtime: { name: 'none', source: 'none', options: [] },
  };
}

const outcomeOf: Readonly<Record<Verdict, Outcome>> = {
  ready: 'allowed',
  'ready-with-options': 'needs-option',
  'not-ready': 'refused',
  unknown: 'unknown',
};

const maxNamed = 3;

function messageOf(verdict: Verdict, deciding: readonly Part[], number: number): string {
  if (deciding.length === 0) return 'not everything could be read';
  if (verdict === 'ready') return 'nothing stands in the way';
  const named = deciding.slice(0, maxNamed).map(({ name, judgement }) => `${name}: ${judgement.message}`);
  const more = deciding.length > maxNamed ? [`${deciding.length - maxNamed} more`] : [];
  return `${deciding.length} of ${number}: ${[...named, ...more].join('; ')}`;
}

function joinOptions(all: readonly Judgement[]): OptionsReport {
  const options = all.map((one) => one.options);
  return {
    given: unique(options.flatMap(({ given }) => given)),
    needed: unique(options.flatMap(({ needed }) => needed)),
    sufficient: options.every(({ sufficient }) => sufficient),
    unrecognised: unique(options.flatMap(({ unrecognised }) => unrecognised)),
    effects: uniqueBy(
      options.flatMap(({ effects }) => effects),
      ({ option }) => option,
    ),
    // one part's words are not those for all of them
    where: all.length === 1 ? (options[0]?.where ?? []) : [],
  };
}

function joinCounts(all: readonly Judgement[]): Counts {
  const sum = (name: keyof Counts) => all.reduce((total, { counts }) => total + counts[name], 0);
  return {
    processes: sum('processes'),
    files: sum('files'),
    descriptions: sum('descriptions'),
    allowed: sum('allowed'),
    needsOption: sum('needsOption'),
    refused: sum('refused'),
    unknown: sum('unknown'),
  };
}

/** The one they have in common; the options are each part's own. */
function joinRuntimes(all: readonly Judgement[]): RuntimeReport {
  const [first, ...rest] = unique(all.map(({ runtime }) => `${runtime.source} ${runtime.name}`));
  const { runtime } = all[0] as Judgement;
  return first !== undefined && rest.length === 0
    ? { ...runtime, options: [] }
    : { name: 'none', source: 'none', options: [] };
}

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

const uniqueBy = <T>(values: readonly T[], key: (value: T) => string): readonly T[] => [
  ...new Map(values.map((value) => [key(value), value])).values(),
];

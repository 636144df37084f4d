import type { FileFacts, ProcessFacts, TargetFacts } from '../facts.ts';
import { compilePolicy, type Evaluate, joinOutcomes } from './evaluate.ts';
import type { RuleFinding } from './finding.ts';
import { neededOptions } from './needed.ts';
import type { GivenOptions } from './options.ts';
import type { Outcome, Policy } from './policy.ts';
import type { Counts, FileRef, FileReport, Finding, Judgement, ProcessReport, Verdict } from './report.ts';
import { type Subject, valuesOf } from './subject.ts';
import { createTally, rejectedOf, type TallyCounter } from './tally.ts';
import { fill } from './template.ts';

/** counts: no finding and no process is named. blocking: findings. all: every file as well. */
export type Show = 'counts' | 'blocking' | 'all';

export interface Question {
  readonly policy: Policy;
  readonly options: GivenOptions;
  readonly engineVersion: string;
  readonly versionSource: 'detected' | 'given' | 'assumed';
  readonly show: Show;
  /** The policy compiled for these options and this version, where the caller keeps it. */
  readonly evaluate?: Evaluate;
  /** Told of each file that is judged, where the caller wants to know more than what is in the way. */
  readonly tally?: TallyCounter;
}

/** Judges everything that was read of a target. Pure: same facts, same answer. */
export function judge(target: TargetFacts, question: Question): Judgement {
  const { policy, options, engineVersion, versionSource, show } = question;
  const evaluate = question.evaluate ?? compilePolicy(policy, options, engineVersion);
  const tally = question.tally ?? createTally();
  const judged = target.processes.map((process) => judgeProcess(process, policy, evaluate, show, tally));
  const found = mostSevereFirst(
    judged.flatMap((process) => process.found),
    ({ said }) => said,
  );
  const findings = found.map(({ said }) => said);
  const unread = target.processes.flatMap((process) => [
    ...process.unread,
    ...process.files.flatMap((file) => file.unread),
  ]);
  // a whole list that is missing (the fd table, the maps) leaves room for anything
  const blind =
    !judged.some((process) => process.subjects > 0) || unread.some((one) => one.facts.length === 0);
  const outcomes = judged.map((process) => process.report.outcome);
  const outcome = joinOutcomes(blind ? [...outcomes, 'unknown'] : outcomes);
  const needed = neededOptions(findings, policy.options);
  const first = findings.find((finding) => finding.outcome === outcome);
  return {
    target: { type: target.type, pid: target.pid, startTimeTicks: target.startTimeTicks, comm: target.comm },
    policy: { name: policy.name, engine: policy.engine, engineVersion, versionSource },
    verdict: verdictOf[outcome],
    reason: outcome === 'allowed' ? 'Ready' : (first?.reason ?? 'Unread'),
    message: messageOf(findings, outcome, blind),
    options: {
      given: options.canonical,
      needed,
      sufficient: outcome === 'allowed' || outcome === 'needs-option',
      unrecognised: options.unrecognised,
      effects: effectsOf(policy, [...options.canonical, ...needed]),
      where: whereToPut(policy, needed),
    },
    counts: { ...count(judged), descriptions: descriptions(target, policy) },
    rejected: rejectedOf(tally.rows()),
    findings: show === 'counts' ? [] : found.map(toFinding),
    processes: show === 'counts' ? [] : judged.map((process) => process.report),
    changedDuringCheck: target.processes.some((process) => process.changed),
    unread,
    runtime: { name: 'none', source: 'none', options: [] },
  };
}

export const verdictOf: Readonly<Record<Outcome, Verdict>> = {
  allowed: 'ready',
  'needs-option': 'ready-with-options',
  refused: 'not-ready',
  unknown: 'unknown',
};

/** What is said, and of what. */
interface Found {
  readonly said: RuleFinding;
  readonly subject: Subject;
  readonly process: ProcessFacts;
  readonly file: FileFacts | undefined;
}

interface JudgedProcess {
  readonly report: ProcessReport;
  readonly found: readonly Found[];
  /** Files and, where the policy judges it, the process. */
  readonly subjects: number;
  readonly files: Readonly<Record<Outcome, number>>;
}

function judgeProcess(
  process: ProcessFacts,
  policy: Policy,
  evaluate: Evaluate,
  show: Show,
  tally: TallyCounter,
): JudgedProcess {
  const { pid, comm, startTimeTicks, facts } = process;
  const found: Found[] = [];
  const judgeOne = (subject: Subject, file?: FileFacts) => {
    const { outcome, findings } = evaluate(subject);
    for (const said of findings) found.push({ said, subject, process, file });
    const reason =
      outcome === 'allowed' ? '' : (findings.find((one) => one.outcome === outcome)?.reason ?? 'Unread');
    // of processes only those in the way are counted: the others are no files
    if (file !== undefined || outcome !== 'allowed') tally.add(subject.kind, outcome, reason);
    return outcome;
  };

  const counts = { allowed: 0, 'needs-option': 0, refused: 0, unknown: 0 };
  const files: FileReport[] = [];
  let subjects = 0;
  for (const file of process.files) {
    if (!policy.judges.includes(file.via)) continue;
    const subject = { kind: file.kind, facts: file.facts, names: namesOf(file, process) };
    const outcome = judgeOne(subject, file);
    subjects++;
    counts[outcome]++;
    // an object for each of a hundred thousand files is made only where it is shown
    if (show === 'all') files.push(fileReport(file, outcome));
  }
  let own: Outcome = 'allowed';
  if (policy.judges.includes('process')) {
    own = judgeOne({ kind: 'process', facts, names: namesOf(undefined, process) });
    subjects++;
  }
  const outcome = joinOutcomes([own, ...outcomes.filter((one) => counts[one] > 0)]);
  const report = { pid, startTimeTicks, comm, outcome, facts, files };
  return { report, found, subjects, files: counts };
}

/** Each member by its name: to spread an object and add to it takes a microsecond for each that is added (node 20). */
function toFinding({ said, subject, process: { pid, comm }, file }: Found): Finding {
  const { outcome, phase, rule, reason, lift, effect, advice, source } = said;
  const values = valuesOf(subject);
  const [message, line] = [said.message(values), said.line(values)];
  const told = { outcome, phase, rule, reason, message, lift, effect, advice, source, line, pid, comm };
  return file === undefined ? told : Object.assign(told, { file: refOf(file) });
}

const outcomes = ['allowed', 'needs-option', 'refused', 'unknown'] as const;

/** Asked for only where a rule has something to say. */
const namesOf =
  (file: FileFacts | undefined, { pid, comm }: ProcessFacts) =>
  () =>
    file === undefined
      ? { pid, comm, ref: 'process', path: '', fop: '', kind: 'process', via: 'process' }
      : { pid, comm, ref: refName(file), path: file.path, fop: file.fop, kind: file.kind, via: file.via };

const fileReport = (file: FileFacts, outcome: Outcome): FileReport => {
  const { facts, watchers, sharedWith } = file;
  return Object.assign(refOf(file), { outcome, facts, watchers, sharedWith });
};

const refName = (file: FileFacts): string => (file.fd === undefined ? file.via : String(file.fd));

function refOf({ via, fd, kind, path, pathBase64, fop }: FileFacts): FileRef {
  return {
    via,
    ...(fd === undefined ? {} : { fd }),
    kind,
    path,
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
    fop,
  };
}

const severity = ['refused', 'unknown', 'needs-option', 'warning', 'allowed'] as const;

type Ranked = Pick<Finding, 'phase' | 'outcome'>;

/** Hazards, then by outcome; alike ones stay in their order. There may be a hundred thousand, and of ranks there are six. */
export function mostSevereFirst<One>(all: readonly One[], rankedOf: (one: One) => Ranked): readonly One[] {
  const ranks: readonly One[][] = [[], ...severity.map(() => [])];
  for (const one of all) {
    const { phase, outcome } = rankedOf(one);
    const rank = phase === 'hazard' && outcome === 'refused' ? 0 : 1 + severity.indexOf(outcome);
    ranks[rank]?.push(one);
  }
  return ([] as One[]).concat(...ranks);
}

function count(judged: readonly JudgedProcess[]): Omit<Counts, 'descriptions'> {
  const of = (outcome: Outcome) => judged.reduce((sum, { files }) => sum + files[outcome], 0);
  const [allowed, needsOption, refused, unknown] = outcomes.map(of) as [number, number, number, number];
  const files = allowed + needsOption + refused + unknown;
  return { processes: judged.length, files, allowed, needsOption, refused, unknown };
}

/** Each counted by the first fd that refers to it. */
function descriptions({ processes }: TargetFacts, { judges }: Policy): number {
  const seen = new Set<string>();
  let number = 0;
  for (const { pid, files } of judges.includes('fd') ? processes : []) {
    for (const { via, fd, sharedWith } of files) {
      if (via !== 'fd') continue;
      if (!sharedWith.some((holder) => seen.has(`${holder.pid} ${holder.fd}`))) number += 1;
      if (sharedWith.length > 0) seen.add(`${pid} ${fd}`);
    }
  }
  return number;
}

/** What the options given and still needed bring with them. */
function effectsOf(
  policy: Policy,
  options: readonly string[],
): readonly { option: string; effect: string }[] {
  const names = new Set(options.map((option) => option.split('=')[0] ?? option));
  return policy.options
    .filter(({ name, effect }) => names.has(name) && effect !== '')
    .map(({ name, effect }) => ({ option: name, effect }));
}

/** The options still needed, as each runtime takes them. */
function whereToPut(
  { runtimes }: Policy,
  needed: readonly string[],
): readonly { runtime: string; put: string }[] {
  if (needed.length === 0) return [];
  const flags = needed.map((option) => `--${option.replace('=', ' ')}`).join(' ');
  const lines = needed.map((option) => option.replace('=', ' ')).join('; ');
  return runtimes.map(({ name, put }) => ({
    runtime: name,
    put: fill(put, (key) => (key === 'flags' ? flags : lines)),
  }));
}

function messageOf(findings: readonly Pick<Finding, 'outcome'>[], outcome: Outcome, blind: boolean): string {
  const number = (wanted: Outcome) => findings.filter((finding) => finding.outcome === wanted).length;
  const parts = [
    [number('refused'), 'in the way'],
    [number('unknown'), 'cannot be told'],
    [number('needs-option'), 'lifted by an option'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  if (blind) said.push('not everything could be read');
  return outcome === 'allowed' ? 'nothing stands in the way' : said.join(', ');
}

import type { Outcome } from '../policy/policy.ts';
import type { Finding, Report, Verdict } from '../policy/report.ts';
import { escapeControl } from './escape.ts';
import { alignedLines, isLine, type Line, pause } from './table.ts';
import {
  fileRows,
  findingRows,
  partRows,
  type Row,
  rejectedRows,
  unreadRows,
  who,
  withParts,
} from './text-rows.ts';
import { runtimeText, targetText } from './text-target.ts';

export interface TextStyle {
  /** Escape codes: for a terminal only. */
  readonly color: boolean;
}

/** What people read of a report, over curl and on the command line. Ends with a newline. */
export const reportText = (report: Report, style?: TextStyle): string =>
  [...textPieces(report, style)].join('');

/** The same in pieces, many of them empty. */
export function* textPieces(report: Report, style: TextStyle = { color: false }): Iterable<string> {
  let between = '';
  for (const lines of sectionsOf(report, style)) {
    let before = between;
    for (const line of lines) {
      yield isLine(line) ? `${before}${line}\n` : '';
      if (isLine(line)) [before, between] = ['', '\n'];
    }
  }
}

function sectionsOf(report: Report, { color }: TextStyle): readonly Iterable<Line>[] {
  const paint = (code: string, text: string) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
  const { findings, options } = report;
  const isHazard = (one: Finding) => one.phase === 'hazard' && one.outcome !== 'allowed';
  const hazards = findings.filter(isHazard);
  const rest = findings.filter((one) => !isHazard(one));
  const blocking = rest.filter((one) => one.outcome !== 'allowed' && one.outcome !== 'warning');
  const warnings = rest.filter((one) => one.outcome === 'warning');
  const lifted = rest.filter((one) => one.outcome === 'allowed');
  const table = (rows: Iterable<Row>) => alignedLines(withParts(rows, report.parts));
  const read = [...report.processes, ...report.parts.flatMap((part) => part.processes)];
  const all = read.filter((process) => process.files.length > 0);

  return [
    [
      `${paint(colorOf[report.verdict], verdictText[report.verdict])}  ${headline(report)}`,
      countsLine(report),
      ...indent([runtimeText(report.runtime)].filter((line) => line !== '')),
      ...indent(report.notes.map((note) => `note: ${escapeControl(note)}`)),
    ],
    alignedLines(partRows(report.parts)),
    titled(paint('1;31', 'DO NOT TRY: it does harm, not only fail'), table(findingRows(hazards))),
    table(findingRows(blocking)),
    alignedLines(findings.length > 0 ? [] : rejectedRows(report.rejected)),
    unique([...hazards, ...blocking], (one) => escapeControl(one.line)),
    titled('What would help', indent(unique(findings, adviceOf))),
    titled('Lifted by the options given', table(findingRows(lifted))),
    titled(
      'Where to put what is needed',
      indent(alignedLines(options.where.map(({ runtime, put }) => [runtime, escapeControl(put)]))),
    ),
    titled('What the options do', indent(alignedLines(options.effects.map(effectRow)))),
    titled('Warnings, which change no verdict', table(findingRows(warnings))),
    titled('Could not be read', indent(alignedLines(unreadRows(report.unread)))),
    titled('Every file', table(fileRows(all))),
    report.changedDuringCheck ? ['It changed while it was read: ask again before relying on this.'] : [],
    options.unrecognised.length > 0
      ? [`Not options of this policy: ${options.unrecognised.map(escapeControl).join(' ')}`]
      : [],
    closing(report, lifted.length > 0),
  ];
}

/** The gate's one line. */
export function readyLine(report: Report): string {
  const first = report.findings.find((one) => one.outcome !== 'allowed' && one.outcome !== 'warning');
  const about = first === undefined ? '' : ` (${who(first)}: ${escapeControl(first.message)})`;
  const why =
    report.verdict === 'ready' ? '' : `  ${report.reason}: ${escapeControl(report.message)}${about}`;
  return `${report.verdict}  ${targetText(report.target)}  ${policyText(report)}${why}\n`;
}

const verdictText: Readonly<Record<Verdict, string>> = {
  ready: 'READY',
  'ready-with-options': 'READY WITH OPTIONS',
  'not-ready': 'NOT READY',
  unknown: 'UNKNOWN',
};

const colorOf: Readonly<Record<Verdict, string>> = {
  ready: '1;32',
  'ready-with-options': '1;33',
  'not-ready': '1;31',
  unknown: '1;35',
};

function headline(report: Report): string {
  const { processes, files } = report.counts;
  const size = `(${plural(processes, 'process', 'processes')}, ${plural(files, 'file')})`;
  return `${targetText(report.target)} ${size}  ${policyText(report)}  in ${milliseconds(report.durationMs)}`;
}

function policyText({ policy }: Report): string {
  const engine =
    policy.engine === policy.name ? policy.engineVersion : `(${policy.engine} ${policy.engineVersion})`;
  const assumed = policy.versionSource === 'assumed' && policy.engineVersion !== '' ? '(assumed)' : '';
  return ['policy', policy.name, engine, assumed].filter((word) => word !== '').join(' ');
}

const milliseconds = (ms: number): string => (ms < 1 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

function countsLine({ counts }: Report): string {
  const parts = [
    [counts.refused, 'refused'],
    [counts.unknown, 'unknown'],
    [counts.needsOption, counts.needsOption === 1 ? 'needs an option' : 'need an option'],
    [counts.allowed, 'allowed'],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return `  ${said.length > 0 ? said.join(' · ') : 'no files judged'}`;
}

function* closing(report: Report, lifted: boolean): Iterable<Line> {
  const { given, needed } = report.options;
  const words = unique([...given, ...needed], (option) => `--${escapeControl(option)}`);
  const options = [...words].filter(isLine).join(' ');
  const having = needed.length === 0 ? '' : `With ${options}, `;
  switch (report.verdict) {
    case 'ready':
      yield lifted && options !== '' ? `Ready with ${options}.` : 'Ready.';
      break;
    case 'ready-with-options':
      yield `Ready with ${options}.`;
      break;
    case 'unknown': {
      const things = yield* subjects(report.findings, 'unknown');
      yield things.text === ''
        ? `Cannot tell: ${escapeControl(report.message)}. Treat it as not ready.`
        : `${having}${things.text} cannot be judged. Treat it as not ready.`;
      break;
    }
    case 'not-ready': {
      const { text, one } = yield* subjects(report.findings, 'refused');
      const stand = `${one ? 'stands' : 'stand'} in the way.`;
      if (text === '') yield `${having === '' ? 'No option lifts this' : `${having}it is still not ready`}.`;
      else yield having === '' ? `No option lifts this: ${text} ${stand}` : `${having}${text} still ${stand}`;
      break;
    }
  }
}

/** Several findings about one file count once. */
function* subjects(
  findings: readonly Finding[],
  outcome: Outcome,
): Generator<Line, { readonly text: string; readonly one: boolean }> {
  const seen = new Set<string>();
  let files = 0;
  for (const { file, pid, outcome: own } of findings) {
    yield pause;
    if (own !== outcome) continue;
    const size = seen.size;
    seen.add(JSON.stringify([pid, file?.via, file?.fd, file?.path]));
    if (file !== undefined) files += seen.size - size;
  }
  const processes = seen.size - files;
  const parts = [
    files > 0 ? plural(files, 'file') : '',
    processes > 0 ? plural(processes, 'process', 'processes') : '',
  ];
  return { text: parts.filter((part) => part !== '').join(' and '), one: files + processes === 1 };
}

const plural = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

const adviceOf = ({ advice, reason, outcome }: Finding): string =>
  advice === '' || outcome === 'allowed' ? '' : `${reason}: ${escapeControl(advice)}`;

const effectRow = ({ option, effect }: { option: string; effect: string }) => [
  `--${escapeControl(option)}`,
  escapeControl(effect),
];

/** With a title where there are any. */
function* titled(title: string, lines: Iterable<Line>): Iterable<Line> {
  let first = true;
  for (const line of lines) {
    if (isLine(line) && first) {
      yield title;
      first = false;
    }
    yield line;
  }
}

function* indent(lines: Iterable<Line>): Iterable<Line> {
  for (const line of lines) yield isLine(line) ? `  ${line}` : pause;
}

/** What there is to say of them, once. */
function* unique<Item>(items: readonly Item[], textOf: (item: Item) => string): Iterable<Line> {
  const said = new Set(['']);
  for (const item of items) {
    const text = textOf(item);
    yield said.has(text) ? pause : text;
    said.add(text);
  }
}

import type { Outcome } from '../policy/policy.ts';
import type { Finding, Report, Verdict } from '../policy/report.ts';
import { escapeControl } from './escape.ts';
import { alignRows } from './table.ts';
import { fileRows, findingRows, partRows, type Row, unreadRows, who, withParts } from './text-rows.ts';
import { runtimeText, targetText } from './text-target.ts';

export interface TextStyle {
  /** Escape codes: for a terminal only. */
  readonly color: boolean;
}

/** What people read of a report, over curl and on the command line. Ends with a newline. */
export function reportText(report: Report, { color }: TextStyle = { color: false }): string {
  const paint = (code: string, text: string) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
  const { findings, options } = report;
  const hazards = findings.filter((one) => one.phase === 'hazard' && one.outcome !== 'allowed');
  const rest = findings.filter((one) => !hazards.includes(one));
  const blocking = rest.filter((one) => one.outcome !== 'allowed' && one.outcome !== 'warning');
  const warnings = rest.filter((one) => one.outcome === 'warning');
  const lifted = rest.filter((one) => one.outcome === 'allowed');
  const table = (rows: readonly Row[]) => alignRows(withParts(rows, report.parts));
  const read = [...report.processes, ...report.parts.flatMap((part) => part.processes)];
  const all = read.filter((process) => process.files.length > 0);

  const sections = [
    [
      `${paint(colorOf[report.verdict], verdictText[report.verdict])}  ${headline(report)}`,
      countsLine(report),
      ...indent([runtimeText(report.runtime)].filter((line) => line !== '')),
      ...indent(report.notes.map((note) => `note: ${escapeControl(note)}`)),
    ],
    alignRows(partRows(report.parts)),
    titled(paint('1;31', 'DO NOT TRY: it does harm, not only fail'), table(findingRows(hazards))),
    table(findingRows(blocking)),
    unique([...hazards, ...blocking].map((one) => escapeControl(one.line))),
    titled('What would help', indent(unique(findings.map(adviceOf)))),
    titled('Lifted by the options given', table(findingRows(lifted))),
    titled(
      'Where to put what is needed',
      indent(alignRows(options.where.map(({ runtime, put }) => [runtime, escapeControl(put)]))),
    ),
    titled('What the options do', indent(alignRows(options.effects.map(effectRow)))),
    titled('Warnings, which change no verdict', table(findingRows(warnings))),
    titled('Could not be read', indent(alignRows(unreadRows(report.unread)))),
    titled('Every file', table(fileRows(all))),
    report.changedDuringCheck ? ['It changed while it was read: ask again before relying on this.'] : [],
    options.unrecognised.length > 0
      ? [`Not options of this policy: ${options.unrecognised.map(escapeControl).join(' ')}`]
      : [],
    [closing(report, lifted.length > 0)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
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

function closing(report: Report, lifted: boolean): string {
  const { given, needed } = report.options;
  const options = unique([...given, ...needed].map((option) => `--${escapeControl(option)}`)).join(' ');
  const having = needed.length === 0 ? '' : `With ${options}, `;
  switch (report.verdict) {
    case 'ready':
      return lifted && options !== '' ? `Ready with ${options}.` : 'Ready.';
    case 'ready-with-options':
      return `Ready with ${options}.`;
    case 'unknown': {
      const things = subjects(report.findings, 'unknown');
      return things.text === ''
        ? `Cannot tell: ${escapeControl(report.message)}. Treat it as not ready.`
        : `${having}${things.text} cannot be judged. Treat it as not ready.`;
    }
    case 'not-ready': {
      const { text, one } = subjects(report.findings, 'refused');
      const stand = `${one ? 'stands' : 'stand'} in the way.`;
      return having === '' ? `No option lifts this: ${text} ${stand}` : `${having}${text} still ${stand}`;
    }
  }
}

/** Several findings about one file count once. */
function subjects(findings: readonly Finding[], outcome: Outcome): { text: string; one: boolean } {
  const found = findings.filter((finding) => finding.outcome === outcome);
  const count = (about: readonly Finding[]) =>
    new Set(about.map(({ pid, file }) => JSON.stringify([pid, file?.via, file?.fd, file?.path]))).size;
  const files = count(found.filter((finding) => finding.file !== undefined));
  const processes = count(found.filter((finding) => finding.file === undefined));
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

const titled = (title: string, lines: readonly string[]) => (lines.length > 0 ? [title, ...lines] : []);
const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
const unique = (lines: readonly string[]) => [...new Set(lines)].filter((line) => line !== '');

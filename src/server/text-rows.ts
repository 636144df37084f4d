import type { Unread } from '../facts.ts';
import type { FileRef, Finding, ProcessReport, Report } from '../policy/report.ts';
import { escapeBytes, escapeControl } from './escape.ts';
import { partNames } from './text-target.ts';

export type Row = readonly string[];

/** PID COMM FD KIND WHY, the option where one lifts it, FILE: last, since a path is never cut. */
export function* findingRows(findings: readonly Finding[]): Iterable<Row> {
  if (findings.length === 0) return;
  const lifts = findings.some(({ lift }) => lift.length > 0);
  yield ['PID', 'COMM', 'FD', 'KIND', 'WHY', ...(lifts ? [''] : []), 'FILE'];
  for (const finding of findings) {
    const { pid, comm, file } = finding;
    const lift = finding.lift.map((option) => `--${escapeControl(option)}`).join(' | ');
    yield [
      String(pid),
      escapeControl(comm),
      refText(file),
      escapeControl(file?.kind ?? 'process'),
      why(finding),
      ...(lifts ? [lift] : []),
      file === undefined ? '' : pathText(file),
    ];
  }
}

/** A dump that works may still be of no use: said in the row, not in a column that is nearly always the same. */
function why({ phase, message }: Finding): string {
  const text = escapeControl(message);
  if (phase === 'restore') return `at restore: ${text}`;
  return phase === 'loss' ? `lost: ${text}` : text;
}

export function* fileRows(processes: readonly ProcessReport[]): Iterable<Row> {
  if (processes.every(({ files }) => files.length === 0)) return;
  yield ['PID', 'COMM', 'FD', 'KIND', 'OUTCOME', 'FILE'];
  for (const { pid, comm, files } of processes) {
    for (const file of files) {
      const { kind, outcome } = file;
      yield [String(pid), escapeControl(comm), refText(file), escapeControl(kind), outcome, pathText(file)];
    }
  }
}

/** How many of which kind, where none is named. */
export const rejectedRows = (rejected: Report['rejected']): readonly Row[] =>
  rejected.length === 0
    ? []
    : [
        ['KIND', 'REASON', 'FILES'],
        ...rejected.map(({ kind, reason, files }) => [escapeControl(kind), reason, String(files)]),
      ];

/** A line for each part of a target of several trees; none where it is but one. */
export function partRows(parts: readonly Report[]): readonly Row[] {
  if (parts.length === 0) return [];
  const { title, nameOf } = partNames(parts);
  const rows = parts.map((part) => {
    const { processes, files } = part.counts;
    const why = part.verdict === 'ready' ? '' : `${part.reason}: ${escapeControl(part.message)}`;
    const id = escapeControl(part.target.container?.id.slice(0, 12) ?? '-');
    return [nameOf(part), id, part.verdict, String(processes), String(files), why];
  });
  return [[title, 'ID', 'VERDICT', 'PROCESSES', 'FILES', 'WHY'], ...rows];
}

/** Rows that begin with a pid, with the part it belongs to before it where there are several. */
export function* withParts(rows: Iterable<Row>, parts: readonly Report[]): Iterable<Row> {
  if (parts.length < 2) {
    yield* rows;
    return;
  }
  const { title, nameOf } = partNames(parts);
  const names = new Map<string, string>();
  for (const part of parts) {
    const name = nameOf(part);
    const pids = new Set([...part.processes, ...part.findings].map(({ pid }) => pid));
    for (const pid of pids) names.set(String(pid), name);
  }
  let first = true;
  for (const row of rows) {
    yield [first ? title : (names.get(row[0] ?? '') ?? '-'), ...row];
    first = false;
  }
}

/** One row for what failed the same way: a process of another user fails hundreds of times. */
export function unreadRows(unread: readonly Unread[]): readonly Row[] {
  const groups = new Map<string, { readonly first: Unread; times: number }>();
  for (const one of unread) {
    const key = JSON.stringify([one.pid, one.call, one.errno, one.facts]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: one, times: 1 });
    else group.times += 1;
  }
  return [...groups.values()].map(({ first: { pid, call, errno, facts }, times }) => [
    `pid ${pid}`,
    `${escapeControl(call)}: ${errno}`,
    times === 1 ? '' : `${times} times`,
    facts.length === 0 ? 'a whole list is missing' : `without it: ${facts.join(', ')}`,
  ]);
}

/** `4312/57 /dev/nvidia0`. */
export function who({ pid, file }: Finding): string {
  return file === undefined ? `process ${pid}` : `${pid}/${refText(file)} ${pathText(file)}`;
}

const refText = (file: FileRef | undefined): string =>
  file === undefined ? '-' : file.fd === undefined ? escapeControl(file.via) : String(file.fd);

const pathText = ({ path, pathBase64 }: FileRef): string =>
  pathBase64 === undefined ? escapeControl(path) : escapeBytes(Buffer.from(pathBase64, 'base64'));

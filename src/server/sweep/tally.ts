import { joinOutcomes } from '../../policy/evaluate.ts';
import type { Outcome } from '../../policy/policy.ts';
import type { FileRef, Finding, Report } from '../../policy/report.ts';

/** What is counted of a slice once its files are forgotten. */
export interface TallyRow {
  readonly kind: string;
  readonly outcome: Outcome;
  /** Of the finding that decides; '' of what is allowed or needs an option. */
  readonly reason: string;
  readonly files: number;
}
export type Tally = readonly TallyRow[];

/** Files, and the processes (kind `process`) that are themselves in the way. Of a report with every file. */
export function tallyOf({ processes, findings }: Report): Tally {
  const reasons = firstReasons(findings);
  const files = processes.flatMap((process) =>
    process.files.map((file) =>
      row(file.kind, file.outcome, reasons.get(keyOf(process.pid, file.outcome, file))),
    ),
  );
  const own = new Map<number, Finding[]>();
  for (const one of findings.filter(({ file }) => file === undefined))
    own.set(one.pid, [...(own.get(one.pid) ?? []), one]);
  const others = [...own].flatMap(([pid, found]) => {
    const outcome = joinOutcomes(found.map((one) => one.outcome));
    return outcome === 'allowed' ? [] : [row('process', outcome, reasons.get(keyOf(pid, outcome)))];
  });
  return sumTally([...files, ...others]);
}

export function sumTally(rows: Tally): Tally {
  const sums = new Map<string, TallyRow>();
  for (const { files, ...key } of rows) {
    const name = `${key.kind} ${key.outcome} ${key.reason}`;
    sums.set(name, { ...key, files: files + (sums.get(name)?.files ?? 0) });
  }
  return [...sums.values()];
}

const row = (kind: string, outcome: Outcome, reason = 'Unread'): TallyRow => ({
  kind,
  outcome,
  reason: outcome === 'refused' || outcome === 'unknown' ? reason : '',
  files: 1,
});

/** Of each file the first finding of each outcome: the one of its own outcome is what it is counted by. */
function firstReasons(findings: readonly Finding[]): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const { pid, outcome, file, reason } of findings) {
    const key = keyOf(pid, outcome, file);
    if (!reasons.has(key)) reasons.set(key, reason);
  }
  return reasons;
}

const keyOf = (pid: number, outcome: string, file?: FileRef): string =>
  file === undefined ? `${pid} ${outcome}` : `${pid} ${outcome} ${file.via} ${file.fd ?? file.path}`;

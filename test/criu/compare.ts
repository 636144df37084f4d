import type { Finding, Report } from '../../src/policy/report.ts';
import type { AgentError } from '../../src/server/errors.ts';
import type { Blame } from './holder.ts';

/** What a report says a dump will do. A restore that fails and files that are lost are told apart from it. */
export type Prediction = 'ok' | 'refused' | 'restore-fails' | 'loss' | 'unknown' | 'needs-option';
export type Actual = 'ok' | 'refused' | 'hazard';

export interface Trial {
  readonly name: string;
  readonly options: readonly string[];
  readonly prediction: Prediction;
  readonly actual: Actual;
  /** undefined: there was no reason to compare. */
  readonly reasonRight?: boolean;
  /** For a disagreement: what each side says. */
  readonly said: string;
}

/** An error instead of a report, as a report: one finding about the process. */
export function refusedBy(error: AgentError, pid: number): Report {
  const finding = {
    outcome: 'refused',
    phase: 'dump',
    reason: error.code,
    message: error.message,
    lift: [],
    pid,
  };
  return { verdict: 'not-ready', findings: [finding], options: { needed: [] } } as unknown as Report;
}

export function predictionOf(report: Report): Prediction {
  if (report.verdict === 'ready') return 'ok';
  const refusing = report.findings.filter(
    (finding) => finding.outcome === 'refused' || finding.outcome === 'needs-option',
  );
  const fails = refusing.some(({ phase }) => phase === 'dump' || phase === 'hazard');
  if (fails) return report.verdict === 'ready-with-options' ? 'needs-option' : 'refused';
  if (report.verdict === 'unknown') return 'unknown';
  return refusing.some(({ phase }) => phase === 'restore') ? 'restore-fails' : 'loss';
}

/** Whether the dump itself was predicted to succeed. */
export const dumps = (prediction: Prediction): boolean | undefined =>
  prediction === 'unknown'
    ? undefined
    : prediction === 'ok' || prediction === 'restore-fails' || prediction === 'loss';

export function agrees({ prediction, actual }: Pick<Trial, 'prediction' | 'actual'>): boolean | undefined {
  const predicted = dumps(prediction);
  return predicted === undefined ? undefined : predicted === (actual === 'ok');
}

/** Right: some finding that refuses blames the very thing, and names the option that was seen to help. */
export function reasonRight(
  report: Report,
  blame: Blame,
  lift: readonly string[] | undefined,
  /** Link text of the blamed fd: the same file may be held or mapped elsewhere too. */
  link: string | undefined,
  /** What CRIU says; it may name another of several that share something. */
  errors: readonly string[],
): boolean {
  const refusing = report.findings.filter(
    ({ outcome }) => outcome === 'refused' || outcome === 'needs-option' || outcome === 'unknown',
  );
  return refusing.some(
    (finding) =>
      (blames(finding, blame) ||
        (link !== undefined && /\[\d+\]$/.test(link) && finding.file?.path === link) ||
        (blame.pid !== undefined && errors.some((line) => line.includes(` ${finding.pid}`)))) &&
      names(finding, lift),
  );
}

function blames(finding: Finding, blame: Blame): boolean {
  if (blame.fd !== undefined && finding.file?.fd !== blame.fd) return false;
  if (blame.via !== undefined && finding.file?.via !== blame.via) return false;
  if (blame.pid !== undefined && finding.pid !== blame.pid) return false;
  return blame.path === undefined || finding.file === undefined || finding.file.path.startsWith(blame.path);
}

/** Of several options a finding names one; which is enough, since they may belong to several findings. */
function names(finding: Finding, lift: readonly string[] | undefined): boolean {
  if (lift === undefined || lift.length === 0) return true;
  const known = new Set(finding.lift.map(nameOf));
  return lift.some((option) => known.has(nameOf(option)));
}

const nameOf = (option: string): string => option.split('=')[0] ?? option;

export const saidBy = (report: Report): string =>
  report.findings
    .filter(({ outcome }) => outcome !== 'warning' && outcome !== 'allowed')
    .slice(0, 4)
    .map(({ reason, file, pid, lift, message }) => {
      const what =
        file === undefined ? `process ${pid}` : `${file.via} ${file.fd ?? ''} ${file.kind} ${file.path}`;
      return `${reason} (${what}${lift.length > 0 ? `; ${lift.join(' | ')}` : ''}): ${message}`;
    })
    .join(' / ');

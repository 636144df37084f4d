import type { Report } from '../policy/report.ts';

/**
 * A report with so many findings and files at most, the worst first, and a note of what is left out: for those who keep
 * it as an object. Verdict, counts and reasons are whole.
 */
export function bounded(report: Report, maxRows: number): Report {
  const rows = rowsOf(report);
  if (rows <= maxRows) return report;
  const cut = cutter(maxRows);
  const kept = cut(report);
  const note = `${rows - rowsOf(kept)} of ${rows} findings and files are left out here: a check over REST has them`;
  return { ...kept, notes: [...kept.notes, note] };
}

/** Findings first, of all parts together; then files. */
function cutter(maxRows: number): (report: Report) => Report {
  let left = maxRows;
  const take = <T>(rows: readonly T[]): readonly T[] => {
    const taken = rows.slice(0, left);
    left -= taken.length;
    return taken;
  };
  const findings = (report: Report): Report => ({
    ...report,
    findings: take(report.findings),
    parts: report.parts.map(findings),
  });
  const files = (report: Report): Report => ({
    ...report,
    processes: report.processes.map((process) => ({ ...process, files: take(process.files) })),
    parts: report.parts.map(files),
  });
  return (report) => files(findings(report));
}

/** Findings and files. */
export const rowsOf = ({ findings, processes, parts }: Report): number =>
  findings.length +
  processes.reduce((sum, process) => sum + process.files.length, 0) +
  parts.reduce((sum, part) => sum + rowsOf(part), 0);

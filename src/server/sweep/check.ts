import type { Report } from '../../policy/report.ts';
import type { Check, CheckRequest } from '../check.ts';
import { createSingleFlight } from '../single-flight.ts';
import type { Sweep } from './sweep.ts';

/** Whoever asks about the node as the sweep does has the sweep's answer; another question about it is a sweep of its own. */
export function createSweepCheck(check: Check, sweep: Sweep, defaultPolicy: string): Check {
  const other = createSingleFlight(
    async (request, deadlineMs) => (await sweep.once(request, deadlineMs)).report,
  );
  return async (asked, deadlineMs) => {
    const { fresh = false, render, ...request } = asked;
    if (request.target.type !== 'node') {
      return check(render === undefined ? request : { ...request, render }, deadlineMs);
    }
    if (!isUsual(request, defaultPolicy)) return other(request, deadlineMs);
    const { report } = await (fresh ? sweep.now(deadlineMs) : sweep.recent(deadlineMs));
    return request.show === 'counts' ? countsOf(report) : report;
  };
}

const isUsual = (request: CheckRequest, defaultPolicy: string): boolean =>
  (request.policy === undefined || request.policy === defaultPolicy) &&
  request.options.length === 0 &&
  request.engineVersion === undefined &&
  request.runtime === undefined &&
  request.show !== 'all';

/** Without the rows that were found. */
const countsOf = (report: Report): Report => ({
  ...report,
  findings: [],
  processes: [],
  parts: report.parts.map(countsOf),
});

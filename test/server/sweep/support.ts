import type { Report } from '../../../src/policy/report.ts';
import type { SweepReply } from '../../../src/server/engine-child.ts';
import type { SweepRequest } from '../../../src/server/sweep/child.ts';
import type { NodeListing, Slice } from '../../../src/server/sweep/list.ts';
import { createSweep, type SweepSetup } from '../../../src/server/sweep/sweep.ts';
import { podReport, readyReport } from '../fixture.ts';

export const usual = { target: { type: 'node' }, options: [], show: 'blocking' } as const;

export const slice = (pid: number, more: Partial<Slice> = {}): Slice => ({
  name: `one ${pid}`,
  target: { type: 'tree' },
  processes: [{ pid, startTimeTicks: '1' }],
  members: [],
  ...more,
});

export const listing = (...slices: readonly Slice[]): NodeListing => ({
  slices,
  kernelThreads: 7,
  own: 2,
  notes: [],
  unread: [],
});

/** The parts of the fixture's pod: the first is in the way, the second is ready. */
export const [inTheWay, ready] = podReport.parts as [Report, Report];

export const judged = (report: Report): SweepReply => ({
  judged: [{ report, tally: [{ kind: 'regular', outcome: 'allowed', reason: '', files: 3 }], skipped: [] }],
  cpuMs: 10,
  pressure: 0,
});

type Answer = (request: SweepRequest, deadlineMs: number) => Promise<SweepReply>;

/** A sweep of an engine that answers as the test says; each answer takes 10 ms, of which all is CPU time. */
export function fakeSweep(node: NodeListing, more: Partial<SweepSetup> = {}, answer?: Answer) {
  const asked: string[] = [];
  const ended: Parameters<SweepSetup['ended']>[0][] = [];
  let atOnce = 0;
  const seen = { most: 0 };
  const ask: Answer = async (request, deadlineMs) => {
    asked.push(request.sweep === 'list' ? 'list' : (request.slices[0]?.name ?? ''));
    seen.most = Math.max(seen.most, ++atOnce);
    try {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (answer !== undefined) return await answer(request, deadlineMs);
      return request.sweep === 'list' ? { listing: node, cpuMs: 10, pressure: 0 } : judged(readyReport);
    } finally {
      atOnce--;
    }
  };
  const sweep = createSweep({
    request: usual,
    intervalMs: 30_000,
    cpuShare: 0.05,
    lanes: 1,
    ask,
    sliceTimeoutMs: 10_000,
    unjudged: (_, { target }, code, message) => ({
      ...readyReport,
      target,
      verdict: 'unknown',
      reason: code,
      message,
    }),
    ended: (result) => ended.push(result),
    ...more,
  });
  return { sweep, asked, ended, seen };
}

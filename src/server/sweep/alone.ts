import type { Report } from '../../policy/report.ts';
import type { CheckRequest } from '../check.ts';
import type { EngineSetup } from '../engine-child.ts';
import type { Local } from '../local.ts';
import { createSweepChild } from './child.ts';
import { ownPid } from './list.ts';
import { createPacer } from './pace.ts';
import { type RunDeps, runSweep } from './run.ts';
import { unjudgedBy } from './setup.ts';
import { createTold } from './told.ts';

/** The whole node, judged in this process, which is left out: for a command line without a daemon. Throws `AgentError`. */
export async function sweepAlone(request: CheckRequest, setup: EngineSetup, local: Local): Promise<Report> {
  const child = createSweepChild(setup, local, ownPid(local.proc));
  const ask: RunDeps['ask'] = async (question) => ({
    ...child(question, (report) => report),
    cpuMs: 0,
    pressure: 0,
  });
  const unjudged = unjudgedBy({ ...setup, policies: local.policies });
  const view = {
    pacer: createPacer(1, true),
    listed: () => {},
    judged: () => {},
    stopped: () => false,
    told: createTold(),
  };
  return (await runSweep(request, { ask, lanes: 1, sliceTimeoutMs: 0, unjudged }, view)).report;
}

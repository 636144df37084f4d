import type { Logger } from 'pino';
import { unjudged } from '../../policy/join.ts';
import type { Policy } from '../../policy/policy.ts';
import { lookUp, type PolicyDeps } from '../asked.ts';
import { stamper } from '../assess.ts';
import type { CheckRequest } from '../check.ts';
import { defaultLimits } from '../deps.ts';
import type { Engine } from '../engine.ts';
import type { EngineSetup } from '../engine-child.ts';
import { createSweepMetrics, type SweepMetrics } from './metrics.ts';
import type { RunDeps } from './run.ts';
import { createSweep, type Sweep } from './sweep.ts';

export interface SweepParts {
  /** One of its own: no check waits behind a sweep. */
  readonly engine: Pick<Engine, 'sweep' | 'remembers'>;
  /** Its processes. */
  readonly lanes: number;
  readonly setup: Pick<EngineSetup, 'defaultPolicy' | 'detectedVersions'>;
  readonly policies: readonly Policy[];
  readonly kinds: readonly string[];
  readonly log: Pick<Logger, 'warn'>;
  readonly config: {
    readonly sweepIntervalSeconds: number;
    readonly sweepCpuPercent: number;
    readonly podMetrics: boolean;
    readonly podMetricsMax: number;
  };
}

/** The sweep of the daemon, and its metrics. */
export function setUpSweep(parts: SweepParts): {
  readonly sweep: Sweep;
  readonly metrics: SweepMetrics;
  /** The next sweep is by these. */
  readonly setPolicies: (policies: readonly Policy[]) => void;
} {
  const { engine, lanes, setup, policies, kinds, log, config } = parts;
  let unjudgedNow = unjudgedBy({ ...setup, policies });
  const podsMax = config.podMetrics ? config.podMetricsMax : 0;
  const metrics = createSweepMetrics({ policies, kinds, podsMax });
  const sweep = createSweep({
    request: { target: { type: 'node' }, options: [], show: 'blocking' },
    intervalMs: config.sweepIntervalSeconds * 1000,
    cpuShare: config.sweepCpuPercent / 100,
    ask: engine.sweep,
    lanes,
    remembers: engine.remembers,
    sliceTimeoutMs: defaultLimits.defaultTimeoutSeconds * 1000,
    unjudged: (...slice) => unjudgedNow(...slice),
    ended: (result) => {
      metrics.record(result);
      if (result instanceof Error) log.warn({ code: result.code, detail: result.message }, 'no sweep');
    },
  });
  const setPolicies = (loaded: readonly Policy[]) => {
    unjudgedNow = unjudgedBy({ ...setup, policies: loaded });
    metrics.setPolicies(loaded);
  };
  return { sweep, metrics, setPolicies };
}

/** A slice that could not be judged, in the words of the question. */
export function unjudgedBy(deps: PolicyDeps): RunDeps['unjudged'] {
  return (request: CheckRequest, slice, code, detail) => {
    const { policy, version, options } = lookUp(deps, request);
    const [root] = slice.processes;
    const question = { policy, options, ...version, show: request.show };
    const judgement = unjudged({ ...slice.target, ...root }, question, code, detail);
    return stamper()({ judgement, notes: [] }, []);
  };
}

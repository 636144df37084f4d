import { Counter, Gauge, Registry } from 'prom-client';
import type { Policy } from '../../policy/policy.ts';
import type { Verdict } from '../../policy/report.ts';
import type { AgentError } from '../errors.ts';
import type { Metrics, MetricsSource } from '../metrics.ts';
import type { SkipReason } from './judge.ts';
import type { NodeSweep } from './result.ts';
import { sumRows, verdictOrder, withNames } from './series.ts';

export interface SweepMetrics {
  record(result: NodeSweep | AgentError): void;
  /** Those loaded now: their reasons are labels. */
  setPolicies(policies: readonly Policy[]): void;
  text(): Promise<string>;
}

export interface SweepMetricsSetup extends Omit<MetricsSource, 'version'> {
  /** Pods that may have a series; 0: none has. */
  readonly podsMax: number;
}

const skipReasons: readonly SkipReason[] = [
  'Gone',
  'Replaced',
  'Moved',
  'DeadlineExceeded',
  'TooBusy',
  'NotPermitted',
  'Internal',
];

/** What is on the node now, as the last sweep saw it: each record replaces all that was there. */
export function createSweepMetrics({ policies, kinds, podsMax }: SweepMetricsSetup): SweepMetrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = <const L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name, help, labelNames, registers });
  const files = gauge('checkpointable_files', 'Files on this node, by kind and outcome', ['kind', 'outcome']);
  const containers = gauge('checkpointable_containers', 'Containers on this node, by verdict', ['verdict']);
  const pods = gauge('checkpointable_pods', 'Pods on this node, by verdict', ['verdict']);
  const blocked = gauge(
    'checkpointable_blocked_files',
    'Files refused or unknown, by the reason said first',
    ['reason'],
  );
  const blockedPods = gauge(
    'checkpointable_blocked_pods',
    'Pods not ready or unknown, by the reason that decides',
    ['reason'],
  );
  const duration = gauge('checkpointable_sweep_duration_seconds', 'Time the last sweep took', []);
  const cpu = new Counter({
    name: 'checkpointable_sweep_cpu_seconds_total',
    help: 'CPU time that sweeps took',
    labelNames: [],
    registers,
  });
  const timestamp = gauge('checkpointable_sweep_timestamp_seconds', 'When the last sweep began', []);
  const processes = gauge(
    'checkpointable_sweep_processes',
    'Processes of the last sweep; left-out: kernel threads and the agent',
    ['state'],
  );
  const skipped = gauge('checkpointable_sweep_skipped_processes', 'Processes not judged, by why', ['reason']);
  const sweeps = new Counter({
    name: 'checkpointable_sweeps_total',
    help: 'Sweeps that ended; partial: something could not be judged',
    labelNames: ['result'],
    registers,
  });
  const podSeries = podsMax === 0 ? undefined : podGauges(registers, podsMax);
  // 0 would be a sweep of 1970
  for (const one of [duration, timestamp]) one.remove();
  for (const result of ['complete', 'partial', 'failed']) sweeps.inc({ result }, 0);

  const kind = withNames([...kinds, 'process']);
  let reason = reasonNames(policies);
  const byVerdict = (into: typeof pods, verdicts: readonly Verdict[]) => {
    for (const verdict of verdictOrder)
      into.set({ verdict }, verdicts.filter((one) => one === verdict).length);
  };

  return {
    text: () => registry.metrics(),
    setPolicies(loaded) {
      reason = reasonNames(loaded);
    },
    record(result) {
      if (result instanceof Error) return sweeps.inc({ result: 'failed' });
      const { tally, skipped: skips } = result;
      files.reset();
      for (const [labels, number] of sumRows(tally, (row) => ({
        kind: kind(row.kind),
        outcome: row.outcome,
      })))
        files.set(labels, number);
      blocked.reset();
      const inTheWay = tally.filter(({ outcome }) => outcome === 'refused' || outcome === 'unknown');
      for (const [labels, number] of sumRows(inTheWay, (row) => ({ reason: reason(row.reason) })))
        blocked.set(labels, number);
      byVerdict(containers, result.containers);
      byVerdict(
        pods,
        result.pods.map(({ verdict }) => verdict),
      );
      blockedPods.reset();
      // there also where none is in the way, for those who graph it
      blockedPods.set({ reason: 'Unread' }, 0);
      for (const pod of result.pods)
        if (pod.verdict === 'not-ready' || pod.verdict === 'unknown')
          blockedPods.inc({ reason: reason(pod.reason) });
      duration.set(result.durationMs / 1000);
      cpu.inc(result.cpuMs / 1000);
      timestamp.set(Date.parse(result.observedAt) / 1000);
      for (const name of skipReasons)
        skipped.set({ reason: name }, skips.find((skip) => skip.reason === name)?.processes ?? 0);
      processes.set({ state: 'judged' }, result.judged);
      processes.set(
        { state: 'skipped' },
        skips.reduce((sum, skip) => sum + skip.processes, 0),
      );
      processes.set({ state: 'left-out' }, result.kernelThreads + result.own);
      const faults = skips.some((skip) => !['Gone', 'Replaced', 'Moved'].includes(skip.reason));
      sweeps.inc({ result: faults ? 'partial' : 'complete' });
      podSeries?.(result);
    },
  };
}

const reasonNames = (policies: readonly Policy[]) =>
  withNames([
    'Unread',
    ...policies.flatMap((one) => [one.otherwise.reason, ...one.refuse.map((rule) => rule.reason)]),
  ]);

/** The one place where the labels are not closed: behind a switch, and so many at most. */
function podGauges(registers: Registry[], podsMax: number): (sweep: NodeSweep) => void {
  const verdicts = new Gauge({
    name: 'checkpointable_pod_verdict',
    help: 'Always 1: the verdict of a pod',
    labelNames: ['namespace', 'pod', 'verdict'],
    registers,
  });
  const dropped = new Gauge({
    name: 'checkpointable_pod_series_dropped',
    help: 'Pods without a series of their own, since there are too many or their names are not known',
    labelNames: [],
    registers,
  });
  return ({ pods }) => {
    verdicts.reset();
    const named = pods.flatMap(({ pod: { namespace, name }, verdict }) =>
      namespace === undefined || name === undefined ? [] : [{ namespace, pod: name, verdict }],
    );
    // those in the way are what is looked for
    const key = ({ verdict, namespace, pod }: (typeof named)[number]) =>
      `${verdictOrder.indexOf(verdict)} ${namespace} ${pod}`;
    const kept = named.sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, podsMax);
    for (const labels of kept) verdicts.set(labels, 1);
    dropped.set(pods.length - kept.length);
  };
}

/** One page of metrics; where nothing sweeps of its own accord, a scrape does. */
export const withSweep = (metrics: Metrics, sweep: SweepMetrics, scraped: () => Promise<void>): Metrics => ({
  ...metrics,
  text: async () => {
    await scraped();
    return `${await metrics.text()}${await sweep.text()}`;
  },
});

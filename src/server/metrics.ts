import { constants } from 'node:os';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { TargetType } from '../facts.ts';
import type { Policy } from '../policy/policy.ts';
import type { Report } from '../policy/report.ts';
import type { Stuck } from '../probe/avoid.ts';
import { type ErrorCode, errorTable } from './errors.ts';

export interface Metrics {
  recordReport(report: Report): void;
  /** A check that ended without a report. */
  recordError(target: string, code: ErrorCode): void;
  setWatchers(number: number): void;
  /** `Left`: the watcher went of its own accord. */
  recordWatchEnd(code: ErrorCode | 'Left'): void;
  /** A request that was not let in, or that came too often. */
  recordRefusal(code: ErrorCode): void;
  /** A connection beyond a limit, closed at once. */
  recordRefusedConnection(server: ServerName): void;
  recordReload(ok: boolean, at: Date): void;
  /** At the start. */
  recordLoaded(at: Date): void;
  /** When the TLS certificate ends. */
  setCertificateEnd(at: Date): void;
  /** Those loaded now: their names and reasons are labels. */
  setPolicies(policies: readonly Policy[]): void;
  /** Exposition text, and its content type. */
  text(): Promise<string>;
  readonly contentType: string;
}

export type ServerName = 'rest' | 'grpc' | 'unix';

export interface MetricsSource {
  readonly policies: readonly Policy[];
  readonly kinds: readonly string[];
  readonly version: string;
  /** What does not answer now. */
  readonly stuck?: () => readonly Stuck['what'][];
}

const targets: readonly TargetType[] = ['process', 'tree', 'cgroup', 'container', 'pod', 'node'];
const verdicts = ['ready', 'ready-with-options', 'not-ready', 'unknown', 'error'];
const stuckNames: readonly Stuck['what'][] = ['mount', 'file', 'procfs'];
const calls = ['readlink', 'stat', 'statfs', 'read', 'list', 'open', 'kcmp'];

/** Every label has a closed set of values, known at start: a pid, a path or a typing error never becomes a series. */
export function createMetrics({ policies, kinds, version, stuck = () => [] }: MetricsSource): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const rejected = new Counter({
    name: 'checkpointable_rejected_files_total',
    help: 'Files (and processes, kind "process") not allowed, by the reason said first',
    labelNames: ['policy', 'kind', 'reason'],
    registers,
  });
  const checked = new Counter({
    name: 'checkpointable_checked_files_total',
    help: 'Files judged, by outcome',
    labelNames: ['policy', 'outcome'],
    registers,
  });
  const checks = new Counter({
    name: 'checkpointable_checks_total',
    help: 'Checks answered, by verdict; error: no report could be given',
    labelNames: ['target', 'verdict'],
    registers,
  });
  const errors = new Counter({
    name: 'checkpointable_check_errors_total',
    help: 'Checks without a report, by error code',
    labelNames: ['code'],
    registers,
  });
  const duration = new Histogram({
    name: 'checkpointable_check_duration_seconds',
    help: 'Time from the first read to the report',
    labelNames: ['target'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const probeErrors = new Counter({
    name: 'checkpointable_probe_errors_total',
    help: 'Reads that failed for another reason than "it is gone"',
    labelNames: ['call', 'errno'],
    registers,
  });
  const watchers = new Gauge({
    name: 'checkpointable_watchers',
    help: 'Watches that are open',
    labelNames: [],
    registers,
  });
  const watchEnds = new Counter({
    name: 'checkpointable_watch_ends_total',
    help: 'Watches that ended, by error code; Left: the watcher went',
    labelNames: ['code'],
    registers,
  });
  const refusals = new Counter({
    name: 'checkpointable_refused_requests_total',
    help: 'Requests that were not let in, by error code',
    labelNames: ['code'],
    registers,
  });
  const refusedConnections = new Counter({
    name: 'checkpointable_refused_connections_total',
    help: 'Connections closed at once: too many, or too many of one address',
    labelNames: ['server'],
    registers,
  });
  const reloads = new Counter({
    name: 'checkpointable_reloads_total',
    help: 'Policies, tokens and certificates read anew; failed: what was loaded before is kept',
    labelNames: ['result'],
    registers,
  });
  const reloaded = new Gauge({
    name: 'checkpointable_reload_timestamp_seconds',
    help: 'When what is loaded was read',
    labelNames: [],
    registers,
  });
  const certificateEnd = new Gauge({
    name: 'checkpointable_certificate_end_timestamp_seconds',
    help: 'When the TLS certificate ends; no series without one',
    labelNames: [],
    registers,
  });
  certificateEnd.remove();
  new Gauge({
    name: 'checkpointable_stuck',
    help: 'What hung a check and is not asked until it answers again',
    labelNames: ['what'],
    registers,
    collect() {
      const now = stuck();
      for (const what of stuckNames) this.set({ what }, now.filter((one) => one === what).length);
    },
  });
  new Gauge({
    name: 'checkpointable_build_info',
    help: 'Always 1',
    labelNames: ['version'],
    registers,
  }).set({ version }, 1);
  collectDefaultMetrics({ register: registry });

  let { policy, reason } = policyLabels(policies);
  const kind = closed([...kinds, 'process']);
  const target = closed(targets);
  const verdict = closed(verdicts);
  const call = closed(calls);
  const errno = closed(Object.keys(constants.errno));
  const code = closed([...Object.keys(errorTable), 'Left']);
  // a counter that starts at 0 lets an alert see its first increase
  for (const name of targets) for (const end of verdicts) checks.inc({ target: name, verdict: end }, 0);
  for (const server of ['rest', 'grpc', 'unix']) refusedConnections.inc({ server }, 0);
  for (const result of ['ok', 'failed']) reloads.inc({ result }, 0);

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    recordError(type, errorCode) {
      checks.inc({ target: target(type), verdict: 'error' });
      errors.inc({ code: code(errorCode) });
    },
    setWatchers: (number) => watchers.set(number),
    recordRefusal: (refused) => refusals.inc({ code: code(refused) }),
    recordRefusedConnection: (server) => refusedConnections.inc({ server }),
    recordReload(ok, at) {
      reloads.inc({ result: ok ? 'ok' : 'failed' });
      if (ok) reloaded.set(at.getTime() / 1000);
    },
    recordLoaded: (at) => reloaded.set(at.getTime() / 1000),
    setCertificateEnd: (at) => certificateEnd.set(at.getTime() / 1000),
    setPolicies(loaded) {
      ({ policy, reason } = policyLabels(loaded));
    },
    recordWatchEnd: (end) => watchEnds.inc({ code: code(end) }),
    recordReport(report) {
      const type = target(report.target.type);
      const name = policy(report.policy.name);
      checks.inc({ target: type, verdict: verdict(report.verdict) });
      duration.observe({ target: type }, report.durationMs / 1000);
      const { allowed, needsOption, refused, unknown } = report.counts;
      const byOutcome = { allowed, 'needs-option': needsOption, refused, unknown };
      for (const [outcome, files] of Object.entries(byOutcome)) checked.inc({ policy: name, outcome }, files);
      for (const row of report.rejected) {
        rejected.inc({ policy: name, kind: kind(row.kind), reason: reason(row.reason) }, row.files);
      }
      for (const one of report.unread) {
        // `read fdinfo`: what was read is for people, the call for machines
        probeErrors.inc({ call: call(one.call.split(' ')[0] ?? ''), errno: errno(one.errno) });
      }
    },
  };
}

const policyLabels = (policies: readonly Policy[]) => ({
  policy: closed(policies.map((one) => one.name)),
  reason: closed([
    'Unread',
    ...policies.flatMap((one) => [one.otherwise.reason, ...one.refuse.map((rule) => rule.reason)]),
  ]),
});

function closed(values: readonly string[]): (value: string) => string {
  const known = new Set(values);
  return (value) => (known.has(value) ? value : 'other');
}

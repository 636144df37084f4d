import type { PodIdentity, Unread } from '../facts.ts';
import type { FileRef, FileReport, Finding, ProcessReport, Report, TargetReport } from '../policy/report.ts';
import { type AgentError, errorTable } from './errors.ts';

/** What goes over the wire, REST and gRPC alike. Optional members are missing, never `undefined`. */
export type WireReport = Report;

/** Member by member, so that what is not part of the documented answer cannot slip into it. */
export function toWire(report: Report): WireReport {
  const { policy, options, counts, runtime } = report;
  return {
    target: toTarget(report.target),
    policy: {
      name: policy.name,
      engine: policy.engine,
      engineVersion: policy.engineVersion,
      versionSource: policy.versionSource,
    },
    verdict: report.verdict,
    reason: report.reason,
    message: report.message,
    options: {
      given: options.given,
      needed: options.needed,
      sufficient: options.sufficient,
      unrecognised: options.unrecognised,
      effects: options.effects.map(({ option, effect }) => ({ option, effect })),
      where: options.where.map(({ runtime, put }) => ({ runtime, put })),
    },
    counts: {
      processes: counts.processes,
      files: counts.files,
      allowed: counts.allowed,
      needsOption: counts.needsOption,
      refused: counts.refused,
      unknown: counts.unknown,
      descriptions: counts.descriptions,
    },
    rejected: report.rejected.map(({ kind, reason, files }) => ({ kind, reason, files })),
    findings: report.findings.map(toFinding),
    processes: report.processes.map(toProcess),
    changedDuringCheck: report.changedDuringCheck,
    unread: report.unread.map(toUnread),
    observedAt: report.observedAt,
    // microseconds are what the clock is good for
    durationMs: Math.round(report.durationMs * 1000) / 1000,
    kernel: report.kernel,
    runtime: { name: runtime.name, source: runtime.source, options: runtime.options },
    // parts have none of their own
    parts: report.parts.map((part) => ({ ...toWire(part), parts: [] })),
    notes: report.notes,
  };
}

/** All but what there may be thousands of. */
export const toWireHead = (report: Report): WireReport =>
  toWire({ ...report, findings: [], processes: [], unread: [], parts: [] });

function toTarget({ type, pid, startTimeTicks, comm, cgroup, container, pod }: TargetReport): TargetReport {
  return {
    type,
    ...(pid === undefined ? {} : { pid }),
    ...(startTimeTicks === undefined ? {} : { startTimeTicks }),
    ...(comm === undefined ? {} : { comm }),
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(container === undefined ? {} : { container: toContainer(container) }),
    ...(pod === undefined ? {} : { pod: toPod(pod) }),
  };
}

type Container = NonNullable<TargetReport['container']>;
const toContainer = ({ id, name, runtime, role }: Container): Container => ({
  id,
  ...(name === undefined ? {} : { name }),
  runtime,
  role,
});

const toPod = ({ uid, namespace, name }: PodIdentity): PodIdentity => ({
  uid,
  ...(namespace === undefined ? {} : { namespace }),
  ...(name === undefined ? {} : { name }),
});

export const toUnread = ({ pid, call, errno, facts }: Unread): Unread => ({ pid, call, errno, facts });

export function toFinding(finding: Finding): Finding {
  return {
    outcome: finding.outcome,
    phase: finding.phase,
    rule: finding.rule,
    reason: finding.reason,
    message: finding.message,
    lift: finding.lift,
    effect: finding.effect,
    advice: finding.advice,
    source: finding.source,
    line: finding.line,
    pid: finding.pid,
    comm: finding.comm,
    ...(finding.file === undefined ? {} : { file: toFileRef(finding.file) }),
  };
}

function toFileRef({ via, fd, kind, path, pathBase64, fop }: FileRef): FileRef {
  return {
    via,
    ...(fd === undefined ? {} : { fd }),
    kind,
    path,
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
    fop,
  };
}

export function toProcess({
  pid,
  startTimeTicks,
  comm,
  outcome,
  facts,
  files,
}: ProcessReport): ProcessReport {
  return { pid, startTimeTicks, comm, outcome, facts, files: files.map(toFile) };
}

export const toFile = (file: FileReport): FileReport =>
  // not spread: of a hundred thousand files each would take microseconds more
  Object.assign(toFileRef(file), {
    outcome: file.outcome,
    facts: file.facts,
    watchers: file.watchers.map(({ pid, fd, events }) => ({ pid, fd, events })),
    sharedWith: file.sharedWith.map(({ pid, fd }) => ({ pid, fd })),
  });

export interface WireError {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

export function toWireError({ code, message }: AgentError): WireError {
  const { http, title } = errorTable[code];
  return { code, status: http, title, detail: message };
}

import type { Unread } from '../../facts.ts';
import type {
  FileRef,
  FileReport,
  Finding,
  OptionsReport,
  ProcessReport,
  Report,
  TargetReport,
} from '../../policy/report.ts';

/**
 * What a viewer may see of a report: verdicts, reasons, kinds, counts and which options help. No paths, names of
 * processes, peers, addresses, facts, log lines, nor words that were made of them. Pure.
 */
export function redact(report: Report): Report {
  const { target, policy, counts, rejected, runtime } = report;
  return {
    target: redactTarget(target),
    policy,
    verdict: report.verdict,
    reason: report.reason,
    message: wordsOf(report.reason),
    options: redactOptions(report.options),
    counts,
    rejected,
    findings: report.findings.map(redactFinding),
    processes: report.processes.map(redactProcess),
    changedDuringCheck: report.changedDuringCheck,
    unread: report.unread.map(redactUnread),
    runtime: { name: runtime.name, source: runtime.source, options: optionNames(runtime.options) },
    parts: report.parts.map(redact),
    // where a target was found
    notes: [],
    observedAt: report.observedAt,
    durationMs: report.durationMs,
    kernel: report.kernel,
  };
}

/** The identity: what is asked by. A cgroup's path is no file's, and a service has no other name. */
function redactTarget({ type, pid, startTimeTicks, cgroup, container, pod }: TargetReport): TargetReport {
  return {
    type,
    ...(pid === undefined ? {} : { pid }),
    ...(startTimeTicks === undefined ? {} : { startTimeTicks }),
    ...(cgroup === undefined || type !== 'cgroup' ? {} : { cgroup }),
    ...(container === undefined ? {} : { container }),
    ...(pod === undefined ? {} : { pod }),
  };
}

const redactOptions = (options: OptionsReport): OptionsReport => ({
  given: optionNames(options.given),
  needed: optionNames(options.needed),
  sufficient: options.sufficient,
  unrecognised: optionNames(options.unrecognised),
  effects: options.effects.flatMap(({ option, effect }) =>
    optionNames([option]).map((name) => ({ option: name, effect })),
  ),
  // it holds them with their values
  where: [],
});

/** Effect, advice and source are words of the policy, the same for every file. */
const redactFinding = (finding: Finding): Finding => ({
  outcome: finding.outcome,
  phase: finding.phase,
  rule: finding.rule,
  reason: finding.reason,
  message: wordsOf(finding.reason),
  lift: optionNames(finding.lift),
  effect: finding.effect,
  advice: finding.advice,
  source: finding.source,
  line: '',
  pid: finding.pid,
  comm: '',
  ...(finding.file === undefined ? {} : { file: redactRef(finding.file) }),
});

const redactRef = ({ via, fd, kind, fop }: FileRef): FileRef => ({
  via,
  ...(fd === undefined ? {} : { fd }),
  kind,
  path: '',
  fop,
});

const redactProcess = ({ pid, startTimeTicks, outcome, files }: ProcessReport): ProcessReport => ({
  pid,
  startTimeTicks,
  comm: '',
  outcome,
  facts: {},
  files: files.map(redactFile),
});

const redactFile = (file: FileReport): FileReport =>
  Object.assign(redactRef(file), { outcome: file.outcome, facts: {}, watchers: [], sharedWith: [] });

/** `read fdinfo` may be `list /sys/fs/cgroup/…` another time. */
const redactUnread = ({ pid, call, errno, facts }: Unread): Unread => ({
  pid,
  call: /^[a-z]+/.exec(call)?.[0] ?? '',
  errno,
  facts,
});

/** `external=mnt[/data]:m` → `external`. */
function optionNames(options: readonly string[]): readonly string[] {
  const names = options.map((option) => /^-{0,2}([a-z][a-z0-9-]*)/i.exec(option)?.[1] ?? '');
  return [...new Set(names)].filter((name) => name !== '');
}

/** `CharDevice` → `char device`. */
export const wordsOf = (reason: string): string =>
  reason.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').toLowerCase();

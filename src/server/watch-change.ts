import { createHash } from 'node:crypto';
import type { Report } from '../policy/report.ts';
import type { ErrorCode } from './errors.ts';

/** What a watcher is told of: verdict, findings, how many of which kind are in the way, and who was checked, in whatever order; no times. */
export function fingerprint(report: Report): string {
  const hash = createHash('sha256');
  for (const line of lines(report).sort()) hash.update(line).update('\n');
  return hash.digest('base64');
}

const lines = ({
  target,
  verdict,
  policy,
  runtime,
  rejected,
  findings,
  parts,
}: Report): readonly string[] & string[] => [
  JSON.stringify([target, verdict, policy, runtime.name]),
  ...rejected.map((row) => JSON.stringify([row.kind, row.reason, row.files])),
  ...findings.map((finding) => JSON.stringify(finding)),
  ...parts.flatMap(lines),
];

/** A name may come to mean another one, as a pid does: that is not what is watched. */
export function identityOf({
  target: { type, pid, startTimeTicks, container, pod, cgroup },
}: Report): string {
  if (type === 'pod' && pod !== undefined) return `pod ${pod.uid}`;
  if (type === 'container' && container !== undefined) return `container ${container.id}`;
  if (type === 'cgroup') return `cgroup ${cgroup ?? ''}`;
  return type === 'node' ? 'node' : `process ${pid} started at ${startTimeTicks}`;
}

/** A look that failed so says nothing of the target: the next one may succeed. */
export const isTransient = (code: ErrorCode): boolean =>
  code === 'TooBusy' || code === 'DeadlineExceeded' || code === 'Internal';

const gone: readonly ErrorCode[] = [
  'ProcessNotFound',
  'FileNotFound',
  'ContainerNotFound',
  'PodNotFound',
  'CgroupNotFound',
  'TargetReplaced',
];
/** Said of a target that was there before. */
export const isGone = (code: ErrorCode): boolean => gone.includes(code);

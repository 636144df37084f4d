import type { Show } from '../policy/judge.ts';
import type { CheckRequest } from './check.ts';
import { intervalSeconds } from './deps.ts';
import { invalid, oneOf } from './expect.ts';
import { type AskedTarget, toTarget } from './target.ts';

export const shows = ['counts', 'blocking', 'all'] as const satisfies readonly Show[];
/** Whose own options may be said to be given too; `none` for nobody's. */
export const runtimes = ['runc', 'crun', 'podman', 'containerd', 'cri-o', 'none'] as const;

/** A request as it comes over the wire: what is empty or missing has its default. */
export interface Asked {
  readonly target?: AskedTarget | null;
  readonly policy?: string;
  readonly options?: readonly string[];
  readonly engineVersion?: string;
  readonly runtime?: string;
  readonly show?: string;
  readonly fresh?: boolean;
}

/** The same checks for all who ask; throws an `AgentError` that says what was expected. */
export function toQuestion({
  target,
  policy,
  options,
  engineVersion,
  runtime,
  show,
  fresh,
}: Asked): CheckRequest {
  return {
    target: toTarget(target),
    ...(policy ? { policy } : {}),
    options: options ?? [],
    ...(engineVersion ? { engineVersion } : {}),
    ...(runtime ? { runtime: oneOf('runtime', runtime, runtimes, 'none') } : {}),
    ...(fresh ? { fresh } : {}),
    show: oneOf('show', show, shows, 'blocking'),
  };
}

/** Of a watch, in milliseconds; 0 was not said. */
export function toInterval(seconds = 0): number {
  const { min, max, default: otherwise } = intervalSeconds;
  if (seconds !== 0 && !(seconds >= min && seconds <= max)) {
    throw invalid('intervalSeconds', `a number from ${min} to ${max}`, String(seconds));
  }
  return (seconds || otherwise) * 1000;
}

import type { TargetType } from '../facts.ts';
import type { CheckRequest } from './check.ts';
import { AgentError } from './errors.ts';

/** PID_MAX_LIMIT, include/linux/threads.h. */
export const maxPid = 4_194_304;
export const maxFd = 2_147_483_647;
export const scopes = ['tree', 'process'] as const satisfies readonly TargetType[];
export const shows = ['blocking', 'all'] as const;

/** A request as it comes over the wire: what is empty or missing has its default. */
export interface Asked {
  readonly target?: {
    readonly pid?: number;
    readonly scope?: string;
    readonly fd?: number;
  } | null;
  readonly policy?: string;
  readonly options?: readonly string[];
  readonly engineVersion?: string;
  readonly show?: string;
}

/** The same checks for gRPC and for each request of a batch; throws an `AgentError` that says what was expected. */
export function toQuestion({ target, policy, options, engineVersion, show }: Asked): CheckRequest {
  if (target === undefined || target === null) throw invalid('target', 'an object with a pid', 'none');
  const { pid, scope, fd } = target;
  const file = fd !== undefined;
  if (file && scope === 'tree') throw invalid('target.scope', '"process" or none beside an fd', '"tree"');
  return {
    pid: integer('target.pid', pid, 1, maxPid),
    scope: oneOf('target.scope', scope, scopes, file ? 'process' : 'tree'),
    ...(file ? { fd: integer('target.fd', fd, 0, maxFd) } : {}),
    ...(policy ? { policy } : {}),
    options: options ?? [],
    ...(engineVersion ? { engineVersion } : {}),
    show: oneOf('show', show, shows, 'blocking'),
  };
}

function integer(name: string, value: number | undefined, min: number, max: number): number {
  if (value !== undefined && Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(name, `an integer from ${min} to ${max}`, String(value ?? 'none'));
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  known: readonly T[],
  otherwise: T,
): T {
  if (value === undefined || value === '') return otherwise;
  const found = known.find((one) => one === value);
  if (found === undefined) {
    throw invalid(name, known.map((one) => `"${one}"`).join(' or '), JSON.stringify(value));
  }
  return found;
}

const invalid = (name: string, expected: string, got: string): AgentError =>
  new AgentError('InvalidArgument', `${name}: expected ${expected}, got ${got}`);

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Report } from '../../policy/report.ts';
import type { Check, CheckRequest } from '../check.ts';
import type { ServerDeps } from '../deps.ts';
import type { EdgeLog } from './edge-log.ts';
import type { Documented } from './openapi.ts';

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What every route is given. */
export interface RestContext {
  readonly deps: ServerDeps;
  readonly ask: Check;
  readonly log: EdgeLog;
  /** Filled while routes are added. */
  readonly routes: readonly Documented[];
}

/** The options of the URL that are the same for a process and a file. */
export interface CheckQuery {
  readonly policy?: string;
  readonly option?: readonly string[];
  readonly engineVersion?: string;
  readonly show?: 'blocking' | 'all';
  readonly timeoutSeconds?: number;
}

/** Asks what the URL says, and leaves in the log line who was asked about and how it came out. */
export async function answer(
  { ask, deps, log }: RestContext,
  request: FastifyRequest,
  target: Pick<CheckRequest, 'pid' | 'scope' | 'fd'>,
  { policy, option, engineVersion, show, timeoutSeconds }: CheckQuery,
): Promise<Report> {
  log.note(request, { targetPid: target.pid });
  const question: CheckRequest = {
    ...target,
    ...(policy === undefined ? {} : { policy }),
    options: option ?? [],
    ...(engineVersion === undefined ? {} : { engineVersion }),
    show: show ?? 'blocking',
  };
  const report = await ask(question, (timeoutSeconds ?? deps.limits.defaultTimeoutSeconds) * 1000);
  log.note(request, { verdict: report.verdict, counts: report.counts });
  return report;
}

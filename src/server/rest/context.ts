import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Caller } from '../access/caller.ts';
import type { Answered } from '../body.ts';
import type { Check, CheckRequest, Form } from '../check.ts';
import type { ServerDeps } from '../deps.ts';
import type { Outbox } from '../outbox.ts';
import { toQuestion } from '../question.ts';
import { type AskedTarget, targetFields } from '../target.ts';
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
  /** Whose request it is. */
  readonly callerOf: (request: FastifyRequest) => Caller;
  readonly log: EdgeLog;
  readonly outbox: Outbox;
  /** Filled while routes are added. */
  readonly routes: readonly Documented[];
}

/** The options of the URL that are the same for every target. */
export interface CheckQuery {
  readonly policy?: string;
  readonly option?: readonly string[];
  readonly engineVersion?: string;
  readonly runtime?: string;
  readonly show?: string;
  readonly fresh?: string;
  readonly timeoutSeconds?: number;
}

/** The question of a URL. */
export function questionOf(
  { log }: Pick<RestContext, 'log'>,
  request: FastifyRequest,
  target: AskedTarget,
  { option, fresh, timeoutSeconds: _, ...rest }: CheckQuery,
): CheckRequest {
  const question = toQuestion({ target, options: option ?? [], fresh: fresh === 'true', ...rest });
  log.note(request, targetFields(question.target));
  return question;
}

/** Asks what the URL says, and leaves in the log line who was asked about and how it came out. */
export async function answer(
  context: RestContext,
  request: FastifyRequest,
  target: AskedTarget,
  query: CheckQuery,
  form: Form,
): Promise<Answered> {
  const { callerOf, deps, log } = context;
  const ask = deps.access.asks(callerOf(request), context.ask);
  const question = { ...questionOf(context, request, target, query), render: { form } };
  const seconds = query.timeoutSeconds ?? deps.limits.defaultTimeoutSeconds;
  const report = await ask(question, seconds * 1000);
  log.note(request, { verdict: report.verdict, counts: report.counts });
  return report;
}

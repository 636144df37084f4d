import type { Answered, Body } from './body.ts';
import type { Check, CheckRequest, Form } from './check.ts';
import type { ServerDeps } from './deps.ts';
import { AgentError, toAgentError } from './errors.ts';
import { type Asked, toQuestion } from './question.ts';

/** The check as both transports ask it: counted, and failing with nothing but an `AgentError`. */
export function createAsk({ check, metrics }: Pick<ServerDeps, 'check' | 'metrics'>): Check {
  return async (request, deadlineMs) => {
    try {
      const report = await check(request, deadlineMs);
      metrics.recordReport(report);
      return report;
    } catch (error) {
      const failure = toAgentError(error);
      metrics.recordError(request.target.type, failure.code);
      throw failure;
    }
  };
}

export type BatchResult = { readonly body: Body } | { readonly error: AgentError };

export interface BatchRun {
  /** Of `performance.now`, since the wall clock may be set: when the caller stops waiting. */
  readonly deadlineAt: number;
  readonly concurrency: number;
  readonly form: Form;
  /** The bytes of one that does not have them yet. */
  readonly toBody: (answered: Answered) => Body | Promise<Body>;
  /** Of all together; what comes after is refused. */
  readonly maxBytes: number;
  /** The caller is gone: nothing more is begun. */
  readonly cancelled: () => boolean;
}

/** Each request succeeds or fails on its own; the results are in the order of the requests. */
export async function askAll(ask: Check, requests: readonly Asked[], run: BatchRun): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  let next = 0;
  let bytes = 0;
  const worker = async () => {
    for (let at = next++; at < requests.length; at = next++) {
      results[at] = await one(requests[at] ?? {});
    }
  };
  const one = async (asked: Asked): Promise<BatchResult> => {
    try {
      const answered = await ask(prepare(asked), run.deadlineAt - performance.now());
      const body = answered.body ?? (await run.toBody(answered));
      bytes += body.bytes;
      return bytes > run.maxBytes ? refuse('PayloadTooLarge', tooLarge) : { body };
    } catch (error) {
      return { error: toAgentError(error) };
    }
  };
  const prepare = (asked: Asked): CheckRequest => {
    const question = toQuestion(asked);
    if (bytes > run.maxBytes) throw new AgentError('PayloadTooLarge', tooLarge);
    if (run.cancelled() || performance.now() >= run.deadlineAt) {
      throw new AgentError(
        'DeadlineExceeded',
        'the batch left no time for it: expected fewer requests or more time',
      );
    }
    return { ...question, render: { form: run.form } };
  };
  await Promise.all(Array.from({ length: Math.min(run.concurrency, requests.length) }, worker));
  return results;
}

const tooLarge = 'the answer to the batch is too large: ask for this one alone, or without show=all';

const refuse = (code: AgentError['code'], detail: string): BatchResult => ({
  error: new AgentError(code, detail),
});

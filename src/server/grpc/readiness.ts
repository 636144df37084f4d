import { askAll, createAsk } from '../ask.ts';
import type { ServerDeps } from '../deps.ts';
import { maxBatch } from '../deps.ts';
import { AgentError } from '../errors.ts';
import { toQuestion } from '../question.ts';
import { createOnce } from '../single-flight.ts';
import { targetFields } from '../target.ts';
import { toWire, toWireError } from '../wire.ts';
import { listPolicies } from '../wire-policy.ts';
import { type Running, unary } from './call.ts';
import type { ReadinessHandlers } from './generated/checkpointable/v1/Readiness.ts';
import { fromMessage, toMessage, writable } from './messages.ts';
import { watchHandler } from './watch.ts';

export function readinessHandlers(deps: ServerDeps & { readonly running: Running }): ReadinessHandlers {
  const ask = createAsk(deps);
  const { access, limits, policies } = deps;
  return {
    Check: unary(deps, async (request, { caller, deadlineAt, note }) => {
      const question = toQuestion(fromMessage(request));
      note(targetFields(question.target));
      const report = await access.asks(caller, ask)(question, deadlineAt - performance.now());
      note({ verdict: report.verdict, counts: report.counts });
      return toMessage(toWire(report));
    }),

    CheckBatch: unary(deps, async ({ requests }, { caller, deadlineAt, cancelled, note }) => {
      if (requests.length === 0 || requests.length > maxBatch) {
        throw new AgentError(
          'InvalidArgument',
          `requests: expected a list of 1 to ${maxBatch} of them, got a list of ${requests.length}`,
        );
      }
      // one was counted when it came
      access.spend(caller, requests.length - 1);
      const askOnce = createAsk({ ...deps, check: createOnce(deps.check) });
      const results = await askAll(access.asks(caller, askOnce), requests.map(fromMessage), {
        deadlineAt,
        concurrency: limits.batchConcurrency,
        maxRows: limits.batchRows,
        cancelled,
      });
      note({ requests: results.length, failed: results.filter((one) => 'error' in one).length });
      return {
        results: results.map((one) =>
          'report' in one ? { report: toMessage(toWire(one.report)) } : { error: toWireError(one.error) },
        ),
      };
    }),

    Watch: watchHandler(deps),

    ListPolicies: unary(deps, async () => writable({ policies: listPolicies(policies) })),
  };
}

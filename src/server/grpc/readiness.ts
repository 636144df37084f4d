import { askAll, createAsk } from '../ask.ts';
import { bodyOf, joinBodies } from '../body.ts';
import type { ServerDeps } from '../deps.ts';
import { maxBatch } from '../deps.ts';
import { AgentError } from '../errors.ts';
import { toQuestion } from '../question.ts';
import { createOnce } from '../single-flight.ts';
import { targetFields } from '../target.ts';
import { listPolicies } from '../wire-policy.ts';
import { messageIn } from './body.ts';
import { type Calls, unary } from './call.ts';
import { encodeError } from './encode.ts';
import type { ReadinessHandlers } from './generated/checkpointable/v1/Readiness.ts';
import { fromMessage, writable } from './messages.ts';
import { watchHandler } from './watch.ts';

export function readinessHandlers(deps: ServerDeps & Calls): ReadinessHandlers {
  const ask = createAsk(deps);
  const { access, limits, policies } = deps;
  return {
    Check: unary(deps, async (request, { caller, deadlineAt, note, hold }) => {
      const question = toQuestion(fromMessage(request));
      note(targetFields(question.target));
      const asked = { ...question, render: { form: 'message' } } as const;
      const answered = await access.asks(caller, ask)(asked, deadlineAt - performance.now());
      note({ verdict: answered.verdict, counts: answered.counts });
      return hold(await messageIn(answered, 'message', limits));
    }),

    CheckBatch: unary(deps, async ({ requests }, { caller, deadlineAt, cancelled, note, hold }) => {
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
        form: 'result',
        toBody: (answered) => messageIn(answered, 'result', limits),
        maxBytes: limits.messageBytes,
        cancelled,
      });
      note({ requests: results.length, failed: results.filter((one) => 'error' in one).length });
      return hold(
        joinBodies(results.map((one) => ('body' in one ? one.body : bodyOf(encodeError(one.error))))),
      );
    }),

    Watch: watchHandler(deps),

    ListPolicies: unary(deps, async () => writable({ policies: listPolicies(policies) })),
  };
}

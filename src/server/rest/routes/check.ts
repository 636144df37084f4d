import { askAll, type BatchResult, createAsk } from '../../ask.ts';
import { escapeControl } from '../../escape.ts';
import { createOnce } from '../../single-flight.ts';
import { reportText } from '../../text.ts';
import { toWire, toWireError } from '../../wire.ts';
import type { App, RestContext } from '../context.ts';
import { formatOf, sendText } from '../format.ts';
import { BatchSchema } from '../reply-schemas.ts';
import { BatchBody, BatchQuery } from '../schemas.ts';

export function checkRoutes(app: App, { deps, log, callerOf }: RestContext): void {
  const { limits } = deps;
  app.post(
    '/v1/check',
    {
      schema: { body: BatchBody, querystring: BatchQuery },
      config: {
        doc: {
          id: 'checkBatch',
          summary: 'a list of targets, up to 1,000; each succeeds or fails on its own',
          replies: { 200: { description: 'A report or an error each', json: BatchSchema, text: true } },
        },
      },
    },
    async (request, reply) => {
      const seconds = request.query.timeoutSeconds ?? limits.defaultTimeoutSeconds;
      const caller = callerOf(request);
      const { requests } = request.body;
      // one was counted when it came
      deps.access.spend(caller, requests.length - 1);
      const askOnce = createAsk({ ...deps, check: createOnce(deps.check) });
      const results = await askAll(deps.access.asks(caller, askOnce), requests, {
        deadlineAt: performance.now() + seconds * 1000,
        concurrency: limits.batchConcurrency,
        maxRows: limits.batchRows,
        cancelled: () => reply.raw.destroyed,
      });
      log.note(request, { requests: results.length, failed: results.filter((one) => 'error' in one).length });
      return formatOf(request) === 'text'
        ? sendText(reply, results.map(resultText).join('\n'))
        : reply.send({ results: results.map(toWireResult) });
    },
  );
}

const toWireResult = (result: BatchResult) =>
  'report' in result ? { report: toWire(result.report) } : { error: toWireError(result.error) };

function resultText(result: BatchResult): string {
  if ('report' in result) return reportText(result.report);
  const { code, message } = result.error;
  return `ERROR  ${code}: ${escapeControl(message)}\n`;
}

import { askAll, type BatchResult, createAsk } from '../../ask.ts';
import { type Body, bodyOf, joinBodies } from '../../body.ts';
import { escapeControl } from '../../escape.ts';
import { createOnce } from '../../single-flight.ts';
import { toWireError } from '../../wire.ts';
import type { App, RestContext } from '../context.ts';
import { type Format, formatOf } from '../format.ts';
import { BatchSchema } from '../reply-schemas.ts';
import { BatchBody, BatchQuery } from '../schemas.ts';
import { bodyIn, sendBody } from '../send.ts';

export function checkRoutes(app: App, { deps, log, callerOf, outbox }: RestContext): void {
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
      const format = formatOf(request);
      const results = await askAll(deps.access.asks(caller, askOnce), requests, {
        deadlineAt: performance.now() + seconds * 1000,
        concurrency: limits.batchConcurrency,
        form: format,
        toBody: (answered) => bodyIn(answered, format, limits),
        maxBytes: limits.answerBytes,
        cancelled: () => reply.raw.destroyed,
      });
      log.note(request, { requests: results.length, failed: results.filter((one) => 'error' in one).length });
      return sendBody(reply, joinBodies(batchParts(results, format)), format, outbox);
    },
  );
}

/** Of the reports, whose bytes are there, one answer. */
const batchParts = (results: readonly BatchResult[], format: Format): readonly Body[] =>
  format === 'text'
    ? results.flatMap((result, at) => [bodyOf(at === 0 ? '' : '\n'), textResult(result)])
    : [
        bodyOf('{"results":['),
        ...results.flatMap((result, at) => [bodyOf(at === 0 ? '' : ','), ...jsonResult(result)]),
        bodyOf(']}'),
      ];

const jsonResult = (result: BatchResult): readonly Body[] =>
  'body' in result
    ? [bodyOf('{"report":'), result.body, bodyOf('}')]
    : [bodyOf(JSON.stringify({ error: toWireError(result.error) }))];

function textResult(result: BatchResult): Body {
  if ('body' in result) return result.body;
  const { code, message } = result.error;
  return bodyOf(`ERROR  ${code}: ${escapeControl(message)}\n`);
}

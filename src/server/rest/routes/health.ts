import type { ReadinessCheck } from '../../readiness.ts';
import type { App, RestContext } from '../context.ts';
import { formatOf, sendText } from '../format.ts';
import { ReadinessSchema } from '../reply-schemas.ts';
import { NoQuery, VerboseQuery } from '../schemas.ts';

export function healthRoutes(app: App, { deps }: RestContext): void {
  app.get(
    '/livez',
    {
      schema: { querystring: NoQuery },
      config: {
        doc: {
          id: 'live',
          summary: 'whether the agent runs',
          replies: { 200: { description: 'It does', text: true } },
        },
      },
    },
    async (_, reply) => sendText(reply, 'ok\n'),
  );

  app.get(
    '/readyz',
    {
      schema: { querystring: VerboseQuery },
      config: {
        doc: {
          id: 'ready',
          summary: 'whether the agent can answer; ?verbose for a line per check',
          replies: {
            200: { description: 'It can', json: ReadinessSchema, text: true },
            503: { description: 'A critical check fails', json: ReadinessSchema, text: true },
          },
        },
      },
    },
    async (request, reply) => {
      const checks = await deps.readiness();
      const ready = checks.every((row) => row.ok || !row.critical);
      const { verbose = 'false' } = request.query;
      reply.code(ready ? 200 : 503);
      if (formatOf(request, 'text') === 'json') return reply.send({ ready, checks });
      // what fails is said unasked
      const shown = verbose === 'false' ? checks.filter((row) => !row.ok && row.critical) : checks;
      return sendText(reply, [...shown.map(line), ready ? 'ok\n' : 'not ready\n'].join('\n'));
    },
  );
}

const line = ({ name, ok, critical, message }: ReadinessCheck): string =>
  `[${ok ? '+' : critical ? '-' : '!'}] ${name}: ${message}`;

import type { App, RestContext } from '../context.ts';
import { NoQuery } from '../schemas.ts';

export function metricsRoutes(app: App, { deps: { metrics } }: RestContext): void {
  app.get(
    '/metrics',
    {
      schema: { querystring: NoQuery },
      config: {
        doc: {
          id: 'metrics',
          summary: 'Prometheus metrics',
          replies: { 200: { description: 'Text exposition format', text: true } },
        },
      },
    },
    async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
}

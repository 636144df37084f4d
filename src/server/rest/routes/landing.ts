import { Type } from 'typebox';
import { createPage, wantsPage } from '../../page/page.ts';
import { alignRows } from '../../table.ts';
import type { App, RestContext } from '../context.ts';
import { sendText } from '../format.ts';
import { openApi, pathOf } from '../openapi.ts';
import { NoQuery } from '../schemas.ts';

export function landingRoutes(app: App, { deps, routes }: RestContext): void {
  const page = createPage();
  page.addRoutes(app);
  app.get(
    '/',
    {
      schema: { querystring: NoQuery },
      config: {
        doc: {
          id: 'landing',
          summary: 'this list',
          replies: { 200: { description: 'What is served', text: true } },
        },
      },
    },
    async (request, reply) => {
      if (wantsPage(request)) return page.send(request, reply);
      const rows = routes.map(({ method, url, summary }) => [`  ${method}`, pathOf(url), summary]);
      const title = `checkpointable ${deps.version}: can this be checkpointed, and if not, what is in the way?`;
      return sendText(reply, `${[title, '', ...alignRows(rows)].join('\n')}\n`);
    },
  );

  app.get(
    '/openapi.json',
    {
      schema: { querystring: NoQuery },
      config: {
        doc: {
          id: 'openapi',
          summary: 'OpenAPI 3.1, from the schemas in use',
          replies: { 200: { description: 'The document', json: Type.Object({}) } },
        },
      },
    },
    async (_, reply) => reply.send(openApi(routes, deps.version)),
  );
}

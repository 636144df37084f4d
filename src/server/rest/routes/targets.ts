import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Verdict } from '../../../policy/report.ts';
import type { Form } from '../../check.ts';
import { type App, answer, type CheckQuery, type RestContext } from '../context.ts';
import { formatOf } from '../format.ts';
import { ReportSchema } from '../report-schemas.ts';
import { checkQuery, exact, FileParams, FileQuery, PodUidParams } from '../schemas.ts';
import { bodyIn, sendBody } from '../send.ts';
import { type Said, type TargetRoute, targetRouteTable } from './target-routes.ts';
import { watchAdder } from './watch.ts';

const report = { description: 'The report', json: ReportSchema, text: true };
const gate = (description: string) => ({ description, json: ReportSchema, text: true });

/** 409: it cannot be checkpointed as asked. 503: nobody can tell, which no gate may take for a yes. */
const gateStatus: Readonly<Record<Verdict, number>> = {
  ready: 200,
  'ready-with-options': 409,
  'not-ready': 409,
  unknown: 503,
};

const gateReplies = {
  200: gate('ready, with the options given'),
  409: gate('not-ready, or ready-with-options and some were not given'),
  503: gate('unknown: treat it as not ready'),
};

/** Each type of target has its report, its gate and its stream. */
export function targetRoutes(app: App, context: RestContext): void {
  const addWatch = watchAdder(app, context);
  for (const route of targetRouteTable) {
    addTarget(app, context, route);
    addWatch(route);
  }
  addFile(app, context);
  // what has not even the length of a uid: to be told so, not that there is no such path
  app.get('/v1/pods/:uid', { schema: { params: PodUidParams } }, (_, reply) => reply.callNotFound());
}

function addTarget(
  app: App,
  context: RestContext,
  { id, url, summary, params, ...route }: TargetRoute,
): void {
  const schema = { params, querystring: Type.Object({ ...route.query, ...checkQuery }, exact) };
  const { outbox } = context;
  const { limits } = context.deps;
  const ask = (request: FastifyRequest, form: Form) => {
    const query = request.query as CheckQuery & Said;
    const target = route.target({ ...query, ...(request.params as Said) });
    return answer(context, request, target, query, form);
  };
  app.get(
    url,
    { schema, config: { doc: { id: `check${id}`, summary, replies: { 200: report } } } },
    async (request, reply) => {
      const format = formatOf(request);
      return sendBody(reply, await bodyIn(await ask(request, format), format, limits), format, outbox);
    },
  );
  app.get(
    `${url}/ready`,
    {
      schema,
      config: {
        doc: {
          id: `gate${id}`,
          summary: 'the gate: 200 ready, 409 not ready, 503 unknown, one line',
          replies: gateReplies,
        },
      },
    },
    async (request, reply) => {
      const format = formatOf(request, 'text');
      const form = format === 'text' ? 'line' : format;
      const answered = await ask(request, form);
      reply.code(gateStatus[answered.verdict]);
      return sendBody(reply, await bodyIn(answered, form, limits), format, outbox);
    },
  );
}

function addFile(app: App, context: RestContext): void {
  app.get(
    '/v1/processes/:pid/files/:fd',
    {
      schema: { params: FileParams, querystring: FileQuery },
      config: { doc: { id: 'checkFile', summary: 'one open file', replies: { 200: report } } },
    },
    async (request, reply) => {
      const { startTimeTicks, ...query } = request.query;
      const target = { ...request.params, ...(startTimeTicks === undefined ? {} : { startTimeTicks }) };
      const format = formatOf(request);
      const answered = await answer(context, request, target, { show: 'all', ...query }, format);
      return sendBody(reply, await bodyIn(answered, format, context.deps.limits), format, context.outbox);
    },
  );
}

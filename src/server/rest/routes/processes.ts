import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Report, Verdict } from '../../../policy/report.ts';
import { readyLine, reportText } from '../../text.ts';
import { toWire } from '../../wire.ts';
import { type App, answer, type RestContext } from '../context.ts';
import { formatOf, sendText } from '../format.ts';
import { ReportSchema } from '../report-schemas.ts';
import { FileParams, FileQuery, PidParams, ProcessQuery } from '../schemas.ts';

const report = { description: 'The report', json: ReportSchema, text: true };
const gate = (description: string) => ({ description, json: ReportSchema, text: true });

/** 409: it cannot be checkpointed as asked. 503: nobody can tell, which no gate may take for a yes. */
const gateStatus: Readonly<Record<Verdict, number>> = {
  ready: 200,
  'ready-with-options': 409,
  'not-ready': 409,
  unknown: 503,
};

export function processRoutes(app: App, context: RestContext): void {
  const send = (request: FastifyRequest, reply: FastifyReply, answered: Report) =>
    formatOf(request) === 'text' ? sendText(reply, reportText(answered)) : reply.send(toWire(answered));

  app.get(
    '/v1/processes/:pid',
    {
      schema: { params: PidParams, querystring: ProcessQuery },
      config: {
        doc: { id: 'checkProcess', summary: 'a process and its descendants', replies: { 200: report } },
      },
    },
    async (request, reply) => {
      const { scope = 'tree', ...query } = request.query;
      const target = { pid: request.params.pid, scope };
      return send(request, reply, await answer(context, request, target, query));
    },
  );

  app.get(
    '/v1/processes/:pid/files/:fd',
    {
      schema: { params: FileParams, querystring: FileQuery },
      config: { doc: { id: 'checkFile', summary: 'one open file', replies: { 200: report } } },
    },
    async (request, reply) => {
      const target = { ...request.params, scope: 'process' } as const;
      const query = { show: 'all' as const, ...request.query };
      return send(request, reply, await answer(context, request, target, query));
    },
  );

  app.get(
    '/v1/processes/:pid/ready',
    {
      schema: { params: PidParams, querystring: ProcessQuery },
      config: {
        doc: {
          id: 'gateProcess',
          summary: 'the gate: 200 ready, 409 not ready, 503 unknown, one line',
          replies: {
            200: gate('ready, with the options given'),
            409: gate('not-ready, or ready-with-options and some were not given'),
            503: gate('unknown: treat it as not ready'),
          },
        },
      },
    },
    async (request, reply) => {
      const { scope = 'tree', ...query } = request.query;
      const answered = await answer(context, request, { pid: request.params.pid, scope }, query);
      reply.code(gateStatus[answered.verdict]);
      return formatOf(request, 'text') === 'text'
        ? sendText(reply, readyLine(answered))
        : reply.send(toWire(answered));
    },
  );
}

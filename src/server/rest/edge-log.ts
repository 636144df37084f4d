import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { AgentError } from '../errors.ts';

export interface EdgeLog {
  /** Fields for the request's line: never a path, a comm or a command line. */
  note(request: FastifyRequest, fields: Readonly<Record<string, unknown>>): void;
  failed(request: FastifyRequest, error: AgentError): void;
  /** The reader of a stream went: nobody else writes its line. */
  left(request: FastifyRequest, reply: FastifyReply): void;
}

/** One line per request, when it has been answered; what is asked by machines every few seconds only at debug. */
export function edgeLog(app: FastifyInstance, log: Logger): EdgeLog {
  const noted = new WeakMap<FastifyRequest, Record<string, unknown>>();
  const note: EdgeLog['note'] = (request, fields) => {
    noted.set(request, { ...noted.get(request), ...fields });
  };
  const write = (request: FastifyRequest, reply: FastifyReply) => {
    const route = request.routeOptions.url ?? 'none';
    const polled = /^\/(livez|readyz|metrics|page\/[\w.:-]+)$/.test(route) && reply.statusCode < 400;
    log[polled ? 'debug' : 'info'](
      {
        requestId: request.id,
        route: `${request.method} ${route}`,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        ...noted.get(request),
      },
      'answered',
    );
  };
  app.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
    write(request, reply);
    done();
  });
  return {
    note,
    left(request, reply) {
      if (noted.get(request)?.code === undefined) note(request, { code: 'Left' });
      write(request, reply);
    },
    failed(request, error) {
      note(request, { code: error.code });
      if (error.code === 'Internal') log.error({ requestId: request.id, err: error.cause ?? error }, 'fault');
    },
  };
}

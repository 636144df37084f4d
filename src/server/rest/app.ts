import { type FastifyInstance, fastify } from 'fastify';
import { restAccess, serverOptions, watchTls } from '../access/rest.ts';
import { createAsk } from '../ask.ts';
import type { ServerDeps } from '../deps.ts';
import { AgentError } from '../errors.ts';
import { createOutbox } from '../outbox.ts';
import { requestId } from '../request-id.ts';
import { createTurns } from '../turns.ts';
import { encodeCgroupPath } from './cgroup-url.ts';
import type { App, RestContext } from './context.ts';
import { edgeLog } from './edge-log.ts';
import { collectRoutes } from './openapi.ts';
import { fromRest, refuseConnection, sendProblem } from './problem.ts';
import { checkRoutes } from './routes/check.ts';
import { healthRoutes } from './routes/health.ts';
import { landingRoutes } from './routes/landing.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { policyRoutes } from './routes/policies.ts';
import { targetRoutes } from './routes/targets.ts';
import { whenClosed } from './send.ts';
import { validatorCompiler } from './validate.ts';

/** Builds, and listens to nothing. `close()` lets what is running end and refuses the rest as ShuttingDown. */
export function buildApp(deps: ServerDeps): FastifyInstance {
  const { limits } = deps;
  const app = fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.receiveSeconds * 1000,
    ...serverOptions(deps),
    // a cgroup's path is one parameter
    routerOptions: { maxParamLength: 8192 },
    rewriteUrl: ({ url = '/' }) => encodeCgroupPath(url),
    genReqId: (request) => requestId(request.headers['x-request-id']),
    clientErrorHandler: refuseConnection,
    frameworkErrors: (error, request, reply) => {
      sendProblem(request as never, reply as never, fromRest(error));
    },
    return503OnClosing: false,
  });
  const routes = collectRoutes(app);
  const log = edgeLog(app, deps.log);
  const takeTurns = createTurns();
  app.addHook('onRequest', (_request, _reply, done) => takeTurns(done));
  // before any other look at a request: who is not let in learns nothing
  const callerOf = restAccess(app, deps, log);
  const outbox = createOutbox(limits.unsentBytes);
  const context: RestContext = { deps, ask: createAsk(deps), callerOf, log, outbox, routes };

  app.setValidatorCompiler(validatorCompiler);
  // JSON or nothing: a body of another type is a mistake to be told about
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error: Error, request, reply) => {
    const failure = fromRest(error);
    context.log.failed(request, failure);
    return sendProblem(request, reply, failure);
  });
  app.setNotFoundHandler((request) => {
    throw new AgentError(
      'RouteNotFound',
      `${request.method} of this path is not served: GET / lists what is`,
    );
  });

  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    // streams have no end of their own
    deps.watch.stop();
    done();
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, vary: 'accept, user-agent' });
    done(
      closing
        ? new AgentError('ShuttingDown', 'expected no more requests: ask again once it is back')
        : undefined,
    );
  });
  // a reader that does not read must not keep its answer in memory
  app.addHook('onSend', (_request, reply, _payload, done) => {
    const late = setTimeout(() => reply.raw.destroy(), limits.sendSeconds * 1000);
    whenClosed(reply, () => clearTimeout(late));
    done();
  });
  // when it is answered, not when it came: a connection kept alive would keep the agent
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close');
    done();
  });

  const typed = app as unknown as App;
  for (const add of [landingRoutes, targetRoutes, checkRoutes, policyRoutes, healthRoutes, metricsRoutes]) {
    add(typed, context);
  }
  watchTls(app, deps);
  return app;
}

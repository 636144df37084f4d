import { Type } from 'typebox';
import { toInterval } from '../../question.ts';
import type { WatchEvent } from '../../watch.ts';
import { type App, type CheckQuery, questionOf, type RestContext } from '../context.ts';
import { eventText, sendEvents } from '../event-stream.ts';
import { exact, watchQuery } from '../schemas.ts';
import type { Said, TargetRoute } from './target-routes.ts';

const events = {
  description:
    'Server-sent events: report, heartbeat, error (passes), end (code and detail; do not connect again by itself)',
  events: true,
};

/** A watch looks at its own interval. */
const withoutFresh = ({ fresh: _, ...query }: TargetRoute['query']): TargetRoute['query'] => query;

/** Adds the stream of a type of target. */
export function watchAdder(app: App, context: RestContext): (route: TargetRoute) => void {
  const texts = new WeakMap<WatchEvent, string>();
  const textOf = (event: WatchEvent): string => {
    const text = texts.get(event) ?? eventText(event);
    texts.set(event, text);
    return text;
  };
  return (route) => addWatch(app, context, route, textOf);
}

function addWatch(
  app: App,
  context: RestContext,
  route: TargetRoute,
  textOf: (event: WatchEvent) => string,
): void {
  const { access, watch, limits } = context.deps;
  app.get(
    `${route.url}/watch`,
    {
      exposeHeadRoute: false,
      schema: {
        params: route.params,
        querystring: Type.Object({ ...withoutFresh(route.query), ...watchQuery }, exact),
      },
      config: {
        doc: {
          id: `watch${route.id}`,
          summary: 'the report, and again whenever it changes',
          replies: { 200: events },
        },
      },
    },
    async (request, reply) => {
      const { intervalSeconds, ...query } = request.query as CheckQuery & Said & { intervalSeconds?: number };
      const target = route.target({ ...query, ...(request.params as Said) });
      const question = questionOf(context, request, target, query);
      await sendEvents(reply, {
        textOf,
        unreadBytes: limits.unreadBytes,
        subscribe: (sink) =>
          access.watch(context.callerOf(request), watch, question, toInterval(intervalSeconds), sink),
        ended: (code) => context.log.note(request, { code }),
        left: () => context.log.left(request, reply),
      });
    },
  );
}

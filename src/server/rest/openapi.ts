import type { FastifyInstance, RouteOptions } from 'fastify';
import type { TSchema } from 'typebox';
import { ProblemSchema } from './reply-schemas.ts';

/** What a route says of itself, in `config.doc`; its parameters are those of its validation schemas. */
export interface RouteDoc {
  readonly id: string;
  readonly summary: string;
  readonly replies: Readonly<Record<number, Reply>>;
}

export interface Reply {
  readonly description: string;
  readonly json?: TSchema;
  /** As text/plain too, or only. */
  readonly text?: boolean;
  /** As text/event-stream, and nothing else. */
  readonly events?: boolean;
}

export interface Documented extends RouteDoc {
  readonly method: string;
  readonly url: string;
  readonly schema: { readonly params?: TSchema; readonly querystring?: TSchema; readonly body?: TSchema };
}

type Json = Readonly<Record<string, unknown>>;

/** Call before the routes are added: it sees each as it is. */
export function collectRoutes(app: FastifyInstance): readonly Documented[] {
  const routes: Documented[] = [];
  app.addHook('onRoute', ({ method, url, schema, config }: RouteOptions) => {
    const { doc } = (config ?? {}) as { doc?: RouteDoc };
    // a HEAD beside every GET goes without saying
    if (doc === undefined || method === 'HEAD') return;
    routes.push({ ...doc, method: String(method), url, schema: (schema ?? {}) as Documented['schema'] });
  });
  return routes;
}

export function openApi(routes: readonly Documented[], version: string): Json {
  const components: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = pathOf(route.url);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'checkpointable',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Can this be checkpointed? If not: which open file is in the way, why, and what would lift it.',
    },
    paths,
    components: { schemas: components },
  };
}

/** `/v1/pods/:uid(^…$)` is `/v1/pods/{uid}` to those who ask. */
export const pathOf = (url: string): string => url.replace(/:(\w+)(\([^)]*\))?/g, '{$1}');

function operation({ id, summary, schema, replies }: Documented, components: Record<string, unknown>): Json {
  const reply = ({ description, json, text, events }: Reply) => ({
    description,
    content: {
      ...(json ? { 'application/json': { schema: hoist(json, components) } } : {}),
      ...(text ? { 'text/plain': { schema: { type: 'string' } } } : {}),
      ...(events ? { 'text/event-stream': { schema: { type: 'string' } } } : {}),
    },
  });
  return {
    operationId: id,
    summary,
    parameters: [...parameters('path', schema.params), ...parameters('query', schema.querystring)],
    ...(schema.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: hoist(schema.body, components) } },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(Object.entries(replies).map(([status, one]) => [status, reply(one)])),
      default: {
        description: 'A problem, with a stable code',
        content: { 'application/problem+json': { schema: hoist(ProblemSchema, components) } },
      },
    },
  };
}

function parameters(where: 'path' | 'query', schema: TSchema | undefined): readonly Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

/** Schemas with a title are said once, in components, and referred to. */
function hoist(schema: unknown, components: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((one) => hoist(one, components));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { title, ...rest } = schema as { title?: unknown };
  const inner = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, hoist(value, components)]),
  );
  if (typeof title !== 'string') return inner;
  components[title] = inner;
  return { $ref: `#/components/schemas/${title}` };
}

import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { Report } from '../../../src/policy/report.ts';
import { buildApp } from '../../../src/server/rest/app.ts';
import {
  BatchSchema,
  PoliciesSchema,
  PolicyDetailSchema,
  ProblemSchema,
  ReadinessSchema,
} from '../../../src/server/rest/reply-schemas.ts';
import { ReportSchema } from '../../../src/server/rest/report-schemas.ts';
import { BatchBody, FileQuery, PidParams, ProcessQuery } from '../../../src/server/rest/schemas.ts';
import { toWire } from '../../../src/server/wire.ts';
import { fakeDeps, podReport, report } from '../fixture.ts';

type Read<T> = T extends object ? { readonly [K in keyof T]: Read<T[K]> } : T;
const targets = [
  '/v1/processes/{pid}',
  '/v1/containers/{id}',
  '/v1/pods/{uid}',
  '/v1/pods/{namespace}/{name}',
  '/v1/cgroups/{path}',
  '/v1/node',
];
const app = buildApp(fakeDeps());
afterAll(() => app.close());
type Json = { [key: string]: Json };
const served = async (): Promise<Json> => (await app.inject('/openapi.json')).json();

/** The document's schema with its references put back: what the code had, but for the titles. */
function whole(value: unknown, document: Json): unknown {
  if (Array.isArray(value)) return value.map((one) => whole(one, document));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref } = value as { $ref?: string };
  if ($ref !== undefined) {
    return whole(document.components?.schemas?.[$ref.replace('#/components/schemas/', '')], document);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, whole(one, document)]));
}

const untitled = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema, (key, value) => (key === 'title' ? undefined : value)));

describe('/openapi.json', () => {
  it('lists every route there is, HEAD apart', async () => {
    const { paths, openapi } = await served();
    expect(openapi).toBe('3.1.0');
    const listed = Object.entries(paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.sort()).toEqual(
      [
        'GET /',
        'GET /livez',
        'GET /metrics',
        'GET /openapi.json',
        'GET /readyz',
        ...targets.flatMap((path) => ['', '/ready', '/watch'].map((what) => `GET ${path}${what}`)),
        'GET /v1/policies',
        'GET /v1/policies/{name}',
        'GET /v1/processes/{pid}/files/{fd}',
        'POST /v1/check',
      ].sort(),
    );
    for (const url of listed) {
      const [method = '', path = ''] = url.split(' ');
      const served = path.replace('{uid}', ':uid(^[0-9a-fA-F-]{32,36}$)').replace(/\{(\w+)\}/g, ':$1');
      const route = { method: method as 'GET', url: served };
      expect(app.hasRoute(route), url).toBe(true);
    }
  });

  test.each([
    ['/v1/processes/{pid}', PidParams, ProcessQuery],
    ['/v1/processes/{pid}/ready', PidParams, ProcessQuery],
    ['/v1/processes/{pid}/files/{fd}', undefined, FileQuery],
  ])('has the parameters that are validated: %s', async (path, params, query) => {
    const { paths } = await served();
    const parameters = (paths?.[path]?.get?.parameters ?? []) as unknown as readonly Json[];
    const of = (where: string) =>
      Object.fromEntries(
        parameters
          .filter((one) => String(one.in) === where)
          .map(({ name, description, schema }) => [
            String(name),
            { ...schema, ...(description ? { description } : {}) },
          ]),
      );
    if (params) expect(of('path')).toEqual(JSON.parse(JSON.stringify(params.properties)));
    expect(of('query')).toEqual(JSON.parse(JSON.stringify(query.properties)));
  });

  it('has the bodies in use, each said once', async () => {
    const document = await served();
    const { paths, components } = document;
    const of = (path: string, status: string) =>
      whole(paths?.[path]?.get?.responses?.[status]?.content?.['application/json']?.schema, document);
    expect(of('/v1/processes/{pid}', '200')).toEqual(untitled(ReportSchema));
    expect(of('/v1/processes/{pid}/ready', '503')).toEqual(untitled(ReportSchema));
    expect(of('/v1/policies', '200')).toEqual(untitled(PoliciesSchema));
    const post = paths?.['/v1/check']?.post;
    expect(whole(post?.requestBody?.content?.['application/json']?.schema, document)).toEqual(
      untitled(BatchBody),
    );
    expect(whole(post?.responses?.['200']?.content?.['application/json']?.schema, document)).toEqual(
      untitled(BatchSchema),
    );
    expect(whole(post?.responses?.default?.content?.['application/problem+json']?.schema, document)).toEqual(
      untitled(ProblemSchema),
    );
    expect(Object.keys(components?.schemas ?? {})).toEqual(
      expect.arrayContaining(['Report', 'Finding', 'Problem']),
    );
  });
});

describe('answers are what the schemas say', () => {
  const payload = { requests: [{ target: { pid: 1 } }, { target: { pid: 0 } }] };
  test.each([
    ['a report', ReportSchema, { url: '/v1/processes/1' }],
    ['the gate', ReportSchema, { url: '/v1/processes/1/ready?format=json' }],
    ['a batch', BatchSchema, { method: 'POST', url: '/v1/check', payload }],
    ['policies', PoliciesSchema, { url: '/v1/policies' }],
    ['a policy', PolicyDetailSchema, { url: '/v1/policies/criu' }],
    ['readiness', ReadinessSchema, { url: '/readyz', headers: { accept: 'application/json' } }],
    ['a problem', ProblemSchema, { url: '/nothing' }],
  ] as const)('%s', async (_, schema, request) => {
    const answer = (await app.inject(request as { url: string })).json();
    expect(Compile(schema).Errors(answer)).toEqual([]);
  });

  it('whatever a report may be', () => {
    // held by the compiler: a member the schema does not have, or has otherwise, is a type error here
    const documented = (one: Report): Read<Static<typeof ReportSchema>> => one;
    for (const one of [report, podReport]) {
      expect(documented(one)).toBe(one);
      expect(Compile(ReportSchema).Errors(toWire(one))).toEqual([]);
    }
  });

  it('and nothing else', () => {
    expect(Compile(ReportSchema).Check({ verdict: 'ready' })).toBe(false);
  });
});

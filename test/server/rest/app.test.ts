import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, test } from 'vitest';
import type { Check } from '../../../src/server/check.ts';
import type { ServerDeps } from '../../../src/server/deps.ts';
import { buildApp } from '../../../src/server/rest/app.ts';
import { readyLine, reportText } from '../../../src/server/text.ts';
import { toWire } from '../../../src/server/wire.ts';
import { type Fake, fakeDeps, readyReport, report } from '../fixture.ts';

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
});

function start(check?: Check, more?: Partial<ServerDeps>) {
  const deps: Fake = fakeDeps(check, more);
  const app = buildApp(deps);
  open.push(app);
  return { app, deps };
}
const curl = { 'user-agent': 'curl/8.5.0', accept: '*/*' };

describe('a process', () => {
  it('is a tree by default, with the configured time', async () => {
    const { app, deps } = start();
    const answer = await app.inject('/v1/processes/4312');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch('application/json');
    expect(answer.json()).toEqual(JSON.parse(JSON.stringify(toWire(report))));
    expect(deps.asked).toEqual([
      {
        request: { target: { type: 'tree', pid: 4312 }, options: [], show: 'blocking' },
        deadlineMs: 10_000,
      },
    ]);
  });

  it('takes every parameter', async () => {
    const { app, deps } = start();
    const query =
      'scope=process&startTimeTicks=883120&runtime=runc&policy=p&option=tcp-established&option=ghost-limit%3D10M&engineVersion=4.1&show=all&timeoutSeconds=0.5';
    expect((await app.inject(`/v1/processes/1?${query}`)).statusCode).toBe(200);
    expect(deps.asked[0]).toEqual({
      request: {
        target: { type: 'process', pid: 1, startTimeTicks: '883120' },
        policy: 'p',
        options: ['tcp-established', 'ghost-limit=10M'],
        engineVersion: '4.1',
        runtime: 'runc',
        show: 'all',
      },
      deadlineMs: 500,
    });
  });

  it('may be one file', async () => {
    const { app, deps } = start();
    expect((await app.inject('/v1/processes/4312/files/57')).statusCode).toBe(200);
    expect(deps.asked[0]?.request.target).toEqual({ type: 'process', pid: 4312, fd: 57 });
    expect((await app.inject('/v1/processes/4312/files/57?scope=tree')).statusCode).toBe(400);
  });

  it('keeps odd names whole in JSON', async () => {
    const { app } = start();
    const { payload } = await app.inject('/v1/processes/4312');
    expect(payload).not.toMatch(/\p{Cc}/u);
    expect(JSON.parse(payload).findings[3].file.path).toBe(report.findings[3]?.file?.path);
  });
});

describe('format', () => {
  const text = reportText(report);
  test.each<[string, string, Record<string, string>, 'text' | 'json']>([
    ['nothing said', '', {}, 'json'],
    ['curl with no Accept of its own', '', curl, 'text'],
    ['curl -H Accept: application/json', '', { ...curl, accept: 'application/json' }, 'json'],
    ['text/plain', '', { accept: 'text/plain' }, 'text'],
    ['text preferred', '', { accept: 'application/json;q=0.5, text/plain' }, 'text'],
    ['text refused', '', { ...curl, accept: 'text/plain;q=0, application/json' }, 'json'],
    ['a browser', '', { accept: 'text/html,application/xml;q=0.9,*/*;q=0.8' }, 'json'],
    ['another client of any type', '', { 'user-agent': 'Go-http-client/1.1', accept: '*/*' }, 'json'],
    ['format=text over Accept', '?format=text', { accept: 'application/json' }, 'text'],
    ['format=json over curl', '?format=json', curl, 'json'],
  ])('%s', async (_, query, headers, want) => {
    const { app } = start();
    const answer = await app.inject({ url: `/v1/processes/4312${query}`, headers });
    expect(answer.headers['content-type']).toMatch(
      want === 'text' ? 'text/plain; charset=utf-8' : 'application/json',
    );
    if (want === 'text') expect(answer.payload).toBe(text);
    else expect(answer.json().verdict).toBe('not-ready');
  });
});

describe('the gate', () => {
  test.each([
    ['ready', 200],
    ['ready-with-options', 409],
    ['not-ready', 409],
    ['unknown', 503],
  ] as const)('%s → %i, one line', async (verdict, status) => {
    const answered = { ...readyReport, verdict };
    const { app } = start(async () => answered);
    const answer = await app.inject({ url: '/v1/processes/4312/ready', headers: { accept: '*/*' } });
    expect(answer.statusCode).toBe(status);
    expect(answer.payload).toBe(readyLine(answered));
    expect(answer.payload.split('\n')).toHaveLength(2);
    const json = await app.inject('/v1/processes/4312/ready?format=json');
    expect([json.statusCode, json.json().verdict]).toEqual([status, verdict]);
  });
});

describe('a batch', () => {
  const post = (app: ReturnType<typeof buildApp>, payload: object, query = '') =>
    app.inject({ method: 'POST', url: `/v1/check${query}`, payload });

  it('answers each, in order', async () => {
    const { app, deps } = start();
    const requests = [
      { target: { pid: 4312, scope: 'process' }, options: ['a'], show: 'all' },
      { target: { pid: 0 } },
    ];
    const answer = await post(app, { requests }, '?timeoutSeconds=2');
    expect(answer.statusCode).toBe(200);
    const { results } = answer.json();
    expect(results[0].report.verdict).toBe('not-ready');
    expect(results[1]).toEqual({
      error: {
        code: 'InvalidArgument',
        status: 400,
        title: 'A parameter is not usable',
        detail: 'target: expected one of pid (1 to 4194304), containerId, pod, cgroupPath, node, got none',
      },
    });
    expect(deps.asked).toHaveLength(1);
    expect(deps.asked[0]?.request).toEqual({
      target: { type: 'process', pid: 4312 },
      options: ['a'],
      show: 'all',
    });
    expect(deps.asked[0]?.deadlineMs).toBeGreaterThan(1900);
    expect(deps.asked[0]?.deadlineMs).toBeLessThanOrEqual(2000);
  });

  it('takes 1,000', async () => {
    const { app, deps } = start(async () => readyReport);
    const requests = Array.from({ length: 1000 }, (_, i) => ({ target: { pid: i + 1 } }));
    expect((await post(app, { requests })).json().results).toHaveLength(1000);
    expect(deps.asked).toHaveLength(1000);
  });

  it('is text for a curl', async () => {
    const { app } = start(async () => readyReport);
    const payload = { requests: [{ target: { pid: 1 } }, { target: { pid: 0 } }] };
    const answer = await app.inject({ method: 'POST', url: '/v1/check', headers: curl, payload });
    expect(answer.payload).toMatch(/^READY {2}tree/);
    expect(answer.payload).toContain('\nERROR  InvalidArgument: target: expected');
  });
});

describe('policies', () => {
  it('lists them, the default marked', async () => {
    const { app } = start();
    const { policies } = (await app.inject('/v1/policies')).json();
    expect(policies.map((one: { name: string; isDefault: boolean }) => [one.name, one.isDefault])).toEqual([
      ['criu', true],
      ['cr-check-file', false],
    ]);
  });

  it('shows one with its rules', async () => {
    const { app } = start();
    const policy = (await app.inject('/v1/policies/criu')).json();
    expect(policy.accept).toEqual([{ rule: 'plain', kinds: ['regular'], since: '3.0' }]);
    expect(policy.refuse[0].lift).toEqual(['external={path}']);
    expect((await app.inject('/v1/policies/criu?format=text')).payload).toMatch(/^criu \(default\)/);
  });
});

describe('the agent itself', () => {
  it('is alive, and ready unless something critical fails', async () => {
    const { app } = start();
    expect((await app.inject('/livez')).payload).toBe('ok\n');
    expect((await app.inject('/readyz')).payload).toBe('ok\n');
    expect((await app.inject('/readyz?verbose')).payload).toBe(
      '[+] procfs: readable\n[!] capabilities: no CAP_SYS_PTRACE\nok\n',
    );
    const broken = start(undefined, {
      readiness: async () => [{ name: 'procfs', ok: false, critical: true, message: 'EACCES' }],
    });
    const answer = await broken.app.inject('/readyz');
    expect([answer.statusCode, answer.payload]).toEqual([503, '[-] procfs: EACCES\nnot ready\n']);
  });

  it('serves metrics of its own registry', async () => {
    const { app } = start();
    await app.inject('/v1/processes/4312');
    const answer = await app.inject('/metrics');
    expect(answer.headers['content-type']).toMatch('text/plain; version=0.0.4');
    expect(answer.payload).toContain('checkpointable_checks_total{target="tree",verdict="not-ready"} 1\n');
  });

  it('says at / what it serves', async () => {
    const { app } = start();
    const { payload } = await app.inject('/');
    expect(payload).toMatch(/^checkpointable 1\.2\.3/);
    expect(payload).toMatch(/GET {3}\/v1\/processes\/\{pid\}\/ready +the gate/);
  });
});

describe('the log', () => {
  it('has one line per request, with what came out and no path', async () => {
    const { app, deps } = start();
    const headers = { 'x-request-id': 'abc-1' };
    const answer = await app.inject({ url: '/v1/processes/4312?option=secret', headers });
    expect(answer.headers['x-request-id']).toBe('abc-1');
    expect(deps.logged).toEqual([
      expect.objectContaining({
        msg: 'answered',
        requestId: 'abc-1',
        route: 'GET /v1/processes/:pid',
        status: 200,
        targetPid: 4312,
        verdict: 'not-ready',
        counts: report.counts,
        ms: expect.any(Number),
      }),
    ]);
    expect(JSON.stringify(deps.logged)).not.toMatch(/secret|nvidia|java/);
  });

  it('takes no id that could forge a line', async () => {
    const { app } = start();
    const answer = await app.inject({ url: '/', headers: { 'x-request-id': 'a b' } });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('leaves polls out', async () => {
    const { app, deps } = start();
    for (const url of ['/livez', '/readyz', '/metrics']) await app.inject(url);
    expect(deps.logged).toEqual([]);
  });
});

it('what is asked at once is begun some at a time, so that everything else has its turn', async () => {
  let turns = 0;
  let working = true;
  const others = (async () => {
    for (; working; turns++) await setImmediate();
  })();
  const begun: number[] = [];
  const { app } = start(async () => {
    begun.push(turns);
    for (const end = performance.now() + 4; performance.now() < end; );
    return readyReport;
  });
  await app.ready();
  await Promise.all(Array.from({ length: 8 }, () => app.inject('/v1/processes/4312')));
  working = false;
  await others;
  expect(new Set(begun).size).toBe(8);
});

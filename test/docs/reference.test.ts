import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { settings } from '../../src/config.ts';
import { defaultLimits, maxBatch, timeoutSeconds } from '../../src/server/deps.ts';
import { errorTable } from '../../src/server/errors.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { buildApp } from '../../src/server/rest/app.ts';
import { ProcessQuery } from '../../src/server/rest/schemas.ts';
import { fakeDeps } from '../server/fixture.ts';
import { builtin } from '../support/policy.ts';
import { code, page, rows } from './page.ts';

const first = (text: string, heading: string): readonly string[] =>
  rows(text, heading).flatMap(([cell = '']) => code(cell));

describe('docs/api.md', () => {
  const api = page('docs/api.md');

  it('has every error, with its HTTP and gRPC status', () => {
    const documented = rows(api, 'Errors').map(([name = '', http, grpc]) => [
      code(name)[0],
      Number(http),
      grpc,
    ]);
    const real = Object.entries(errorTable).map(([name, { http, grpc }]) => [name, http, status[grpc]]);
    expect(documented).toEqual(real);
  });

  it('has every path and every parameter', async () => {
    const app = buildApp(fakeDeps());
    const { paths } = (await app.inject('/openapi.json')).json() as { paths: object };
    await app.close();
    for (const path of Object.keys(paths)) expect(api).toContain(path);
    const said = first(api, 'REST');
    for (const parameter of Object.keys(ProcessQuery.properties)) expect(said).toContain(parameter);
  });

  it('has every verdict, outcome and phase', () => {
    const said = first(api, 'REST').concat(first(api, 'The report'));
    const { refuse } = builtin('criu');
    const phases = refuse.map(({ phase }) => phase);
    const outcomes = [...refuse.map(({ as }) => as), 'needs-option', 'allowed'];
    const verdicts = ['ready', 'ready-with-options', 'not-ready', 'unknown'];
    const gate = rows(api, 'REST').flatMap((row) => row.flatMap(code));
    expect([...phases, ...outcomes].filter((word) => !said.includes(word))).toEqual([]);
    expect(verdicts.filter((word) => !gate.includes(word))).toEqual([]);
  });

  it('has the limits in force', () => {
    expect(api).toContain(
      `${timeoutSeconds.min} to ${timeoutSeconds.max}, default ${defaultLimits.defaultTimeoutSeconds}`,
    );
    expect(api).toContain(`up to ${maxBatch.toLocaleString('en-US')} targets`);
    const { bodyBytes, headerBytes, answerBytes, messageBytes, unsentBytes, objectRows } = defaultLimits;
    const told = rows(api, 'Limits').map(([what = '', limit]) => [what, limit]);
    const mebibytes = (bytes: number) => `${bytes / 2 ** 20} MiB`;
    expect(told).toContainEqual(['a body, a gRPC message', mebibytes(bodyBytes)]);
    expect(headerBytes).toBe(2 ** 14);
    expect(told).toContainEqual([
      'an answer over HTTP, over gRPC, also to a batch',
      `${mebibytes(answerBytes)}, ${mebibytes(messageBytes)}`,
    ]);
    expect(told).toContainEqual([
      'answers that are being read, over HTTP and over gRPC',
      `${mebibytes(unsentBytes)} each`,
    ]);
    expect(told).toContainEqual([
      'findings and files of a report that is watched',
      objectRows.toLocaleString('en-US'),
    ]);
  });
});

describe('docs/metrics.md', () => {
  it('has every metric of ours, with its labels', async () => {
    const metrics = createMetrics({ policies: [], kinds: [], version: '1' });
    const text = await metrics.text();
    const real = [...text.matchAll(/^# TYPE (checkpointable_\w+)/gm)].map(([, name]) => name);
    const table = page('docs/metrics.md').split('\n## ')[0] ?? '';
    const documented = rows(`\n## All\n${table}`, 'All').map(([name = '', labels = '']) => [
      code(name)[0],
      code(labels),
    ]);
    expect(documented.map(([name]) => name)).toEqual(real);
    const source = page('src/server/metrics.ts');
    const labels = [...source.matchAll(/name: '(checkpointable_\w+)',[\s\S]*?labelNames: \[(.*?)\]/g)];
    expect(documented).toEqual(labels.map(([, name, list = '']) => [name, list.match(/\w+/g) ?? []]));
  });
});

describe('docs/configuration.md', () => {
  it('has every setting, with its default', () => {
    const documented = rows(page('docs/configuration.md'), 'Settings').map(([flag = '', value]) => [
      code(flag)[0],
      value,
    ]);
    const real = Object.entries(settings).map(([name, { default: value }]) => [`--${name}`, value]);
    expect(documented).toEqual(real);
  });
});

describe('docs/options.md', () => {
  const options = page('docs/options.md');

  it('has every option of the criu policy that may change a verdict', () => {
    const documented = new Set(
      rows(`\n## All\n${options}`, 'All').flatMap(([cell = '']) =>
        code(cell).map((word) => word.split('=')[0]),
      ),
    );
    const real = builtin('criu').options.filter(({ inert }) => !inert);
    expect(real.map(({ name }) => name).filter((name) => !documented.has(name))).toEqual([]);
  });

  it('has every option that lifts something, with a side effect', () => {
    const effects = new Map(
      rows(`\n## All\n${options}`, 'All').flatMap(([cell = '', , effect = '']) =>
        code(cell).map((word) => [word.split('=')[0], effect] as const),
      ),
    );
    const lifting = builtin('criu').refuse.flatMap(({ lift }) => lift.map((option) => option.split('=')[0]));
    expect([...new Set(lifting)].filter((name) => !effects.get(name))).toEqual([]);
  });

  it('has every runtime that the policy names', () => {
    const named = rows(options, 'Where to put them').map(([name = '']) => name.toLowerCase());
    for (const { name } of builtin('criu').runtimes) expect(named).toContain(name);
  });
});

describe('docs/policies.md', () => {
  it('has every rule and reason of cr-check-file', () => {
    const text = page('docs/policies.md');
    const seed = builtin('cr-check-file');
    const said = rows(text, '`cr-check-file`, rule by rule').flatMap((row) => row.flatMap(code));
    for (const { rule } of [...seed.accept, ...seed.refuse]) expect(said).toContain(rule);
    for (const { reason } of [...seed.refuse, seed.otherwise]) expect(said).toContain(reason);
  });
});

it('every way to start it gives node the flags of npm start: the code that was kept is for those', () => {
  const { start } = JSON.parse(page('package.json')).scripts as { readonly start: string };
  const flags = start.replace(/^node (.*) dist\/main\.js serve$/, '$1').split(' ');
  expect(flags.every((flag) => /^--[\w=-]+$/.test(flag))).toBe(true);
  expect(page('deploy/systemd/checkpointable.service')).toContain(
    `node ${flags.join(' ')} /opt/checkpointable/dist/main.js serve`,
  );
  const quoted = flags.map((flag) => `"${flag}"`).join(', ');
  expect(page('deploy/image/Dockerfile')).toContain(
    `"/usr/bin/node", ${quoted}, "/opt/checkpointable/dist/main.js"`,
  );
  expect(page('docs/deployment.md')).toContain(`\`node ${flags.join(' ')} dist/main.js serve\``);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configYaml } from '../src/commands/config.ts';
import { readConfig, settings, variableOf } from '../src/config.ts';
import { parseConfigFile } from '../src/config-sources.ts';
import { remove, temporary } from './support/held.ts';

let dir: string;
beforeAll(() => {
  dir = temporary();
});
afterAll(() => remove(dir));
const file = (text: string): string => {
  const path = join(dir, 'checkpointable.yaml');
  writeFileSync(path, text);
  return path;
};
const problemsOf = (args: readonly string[], environment: Record<string, string> = {}) =>
  readConfig(args, environment).problems;

describe('where a setting comes from', () => {
  it('flag, else environment, else file, else default', () => {
    const path = file('workers: 3\nmax-waiting: 33\nclient-rate: 333\n');
    const environment = {
      CHECKPOINTABLE_CONFIG: path,
      CHECKPOINTABLE_WORKERS: '4',
      CHECKPOINTABLE_MAX_WAITING: '44',
    };
    const { config } = readConfig(['--workers=5'], environment);
    expect(config).toMatchObject({ workers: 5, maxWaiting: 44, clientRate: 333, clientChecks: 32 });
  });

  it('a flag beats the environment for the file too, and of two the last counts', () => {
    const path = file('workers: 7\n');
    const { config } = readConfig(['--config', '/nowhere', '--config', path], {
      CHECKPOINTABLE_CONFIG: '/none',
    });
    expect(config?.workers).toBe(7);
  });

  it('a list of folders is a list, or one word', () => {
    expect(readConfig(['--config', file('policy-dir: [/a, /b]')], {}).config?.policyFolders).toEqual([
      '/a',
      '/b',
    ]);
    expect(readConfig(['--config', file('policy-dir: /a:/b')], {}).config?.policyFolders).toEqual([
      '/a',
      '/b',
    ]);
  });

  it('an empty file says nothing', () => {
    expect(readConfig(['--config', file('# nothing\n')], {}).problems).toEqual([]);
  });
});

describe('what is wrong', () => {
  it('is told all at once, each with its place', () => {
    const path = file(
      '# settings\nworkers: many\nno-such: 1\nkubelet: { a: b }\nconfig: other.yaml\nhttp: [a, b]\n',
    );
    const environment = { CHECKPOINTABLE_CLIENT_RATE: '-1' };
    const problems = problemsOf(
      ['--config', path, '--log-level', 'loud', 'word', '--nope', 'x', '--grpc'],
      environment,
    );
    expect(problems.map((line) => line.replace(/one of .*/, 'one of …'))).toEqual([
      '"word": expected a setting, such as --http',
      '--nope: unknown, expected one of …',
      '--grpc: expected a value behind it',
      `${path}:3: no-such: unknown, expected one of …`,
      `${path}:4: kubelet: expected a single value`,
      `${path}:5: config: unknown, expected one of …`,
      `${path}:6: http: expected a single value`,
      'CHECKPOINTABLE_CLIENT_RATE: expected a whole number from 0 to 100000, got "-1"',
      '--log-level: expected trace, debug, info, warn, error, fatal or silent, got "loud"',
      `${path}:2: workers: expected a whole number from 1 to 64, got "many"`,
    ]);
  });

  it.each([
    ['workers: [', /^f:1: /],
    ['workers: 1\nworkers: 2', /^f:2: .*unique/],
    ['- workers', /^f:1: expected lines "name: value"/],
    ['workers: *a', /^f:1: /],
    ['? [1]\n: 2', /^f:1: .*unknown/],
  ])('a file that is no list of settings: %j', (text, said) => {
    const problems: string[] = [];
    expect(parseConfigFile('f', text, problems)).toEqual({});
    expect(problems.join('\n')).toMatch(said);
  });

  it('a file that is not there, or too large', () => {
    expect(problemsOf(['--config', join(dir, 'none')])).toEqual([
      `${join(dir, 'none')}: cannot be read: ENOENT`,
    ]);
    expect(problemsOf(['--config', dir])[0]).toMatch(/cannot be read: EISDIR/);
    expect(problemsOf(['--config', file(`#${' '.repeat(1024 * 1024)}`)])[0]).toMatch(
      /expected at most 1048576 bytes/,
    );
  });
});

describe('listening beyond this machine', () => {
  const tls = ['--tls-cert', 'c', '--tls-key', 'k'];
  const http = ['--http', '0.0.0.0:1'];

  it.each([
    [http, false],
    [['--grpc', '[::]:1'], false],
    [[...http, ...tls], false],
    [[...http, '--token-file', 't'], false],
    [[...http, ...tls, '--token-file', 't'], true],
    [[...http, ...tls, '--tls-client-ca', 'a'], true],
    [[...http, '--insecure', 'true'], true],
    [['--http', '127.1.2.3:1', '--grpc', '[::1]:2'], true],
    [['--http', 'localhost.example:1'], false],
  ])('%j: %s', (args, may) => {
    const problems = problemsOf(args);
    expect(problems.length === 0).toBe(may);
    if (!may)
      expect(problems[0]).toMatch(
        /^--(http|grpc): .* can be reached from other machines: expected a loopback/,
      );
  });

  it('certificate and key go together, and a client CA with both', () => {
    expect(problemsOf(['--tls-cert', 'c'])).toEqual(['--tls-cert: expected a tls-key beside it']);
    expect(problemsOf(['--tls-key', 'k'])).toEqual(['--tls-key: expected a tls-cert beside it']);
    expect(problemsOf(['--tls-client-ca', 'a'])[0]).toMatch(
      /^--tls-client-ca: expected a tls-cert and a tls-key/,
    );
  });

  it('someone must be able to ask', () => {
    expect(problemsOf(['--anonymous-role', 'none'])[0]).toMatch(/nobody could ask/);
    expect(problemsOf(['--anonymous-role', 'none', '--token-file', 't'])).toEqual([]);
  });
});

describe('checkpointable config', () => {
  it('prints what is in force as a file that says the same, and where it is from', () => {
    const path = file('client-checks: 9\n');
    const result = readConfig(['--workers', '5', '--config', path], { CHECKPOINTABLE_POD_METRICS: 'true' });
    if (result.config === undefined) throw new Error(result.problems.join());
    const text = configYaml(result.given);
    expect(text).toContain('workers: 5 # --workers\n');
    expect(text).toContain('pod-metrics: true # CHECKPOINTABLE_POD_METRICS\n');
    expect(text).toContain(`client-checks: 9 # ${path}:1\n`);
    expect(text).toContain('http: 127.0.0.1:9722 # default\n');
    expect(readConfig(['--config', file(text)], {}).config).toEqual(result.config);
    expect(text.trim().split('\n')).toHaveLength(Object.keys(settings).length - 1);
  });

  it('a variable of each setting has its name', () => {
    expect(variableOf('sweep-cpu-percent')).toBe('CHECKPOINTABLE_SWEEP_CPU_PERCENT');
  });
});

import { expect, test } from 'vitest';
import { BatchBody, PidParams, ProcessQuery } from '../../../src/server/rest/schemas.ts';
import { validatorCompiler } from '../../../src/server/rest/validate.ts';

const run = (
  httpPart: string,
  schema: typeof ProcessQuery | typeof BatchBody | typeof PidParams,
  data: unknown,
) => {
  const result = validatorCompiler({ schema, httpPart, method: 'GET', url: '/' })(data) as {
    value?: unknown;
    error?: Error;
  };
  return result.error?.message ?? result.value;
};

const names = 'scope, startTimeTicks, policy, option, engineVersion, runtime, show, format, timeoutSeconds';

test.each([
  ['nothing', {}, {}],
  ['one option', { option: 'a' }, { option: ['a'] }],
  ['two options', { option: ['a', 'b'] }, { option: ['a', 'b'] }],
  ['a number', { timeoutSeconds: '0.5' }, { timeoutSeconds: 0.5 }],
  ['a typing error', { optoin: 'a' }, `unknown name "optoin": expected one of ${names}`],
  [
    'a typing error beside another fault',
    { show: 'x', zz: '' },
    `unknown name "zz": expected one of ${names}`,
  ],
  ['a scope', { scope: 'pod' }, 'scope: expected "tree" or "process", got "pod"'],
  ['a scope twice', { scope: ['tree', 'tree'] }, 'scope: expected "tree" or "process", got a list of 2'],
  ['too long a time', { timeoutSeconds: '61' }, 'timeoutSeconds: expected a number from 0.1 to 60, got 61'],
  [
    'a time that is none',
    { timeoutSeconds: '1e1' },
    'timeoutSeconds: expected a number from 0.1 to 60, got "1e1"',
  ],
  ['an empty name', { policy: '' }, 'policy: expected a string that is not empty, got ""'],
])('query: %s', (_, data, want) => {
  expect(run('querystring', ProcessQuery, data)).toEqual(want);
});

test.each([
  ['1', { pid: 1 }],
  ['4194304', { pid: 4194304 }],
  ['0', 'pid: expected an integer from 1 to 4194304, got 0'],
  ['4194305', 'pid: expected an integer from 1 to 4194304, got 4194305'],
  ['-1', 'pid: expected an integer from 1 to 4194304, got "-1"'],
  ['1e3', 'pid: expected an integer from 1 to 4194304, got "1e3"'],
  ['1.0', 'pid: expected an integer from 1 to 4194304, got "1.0"'],
  ['self', 'pid: expected an integer from 1 to 4194304, got "self"'],
  ['x'.repeat(100), `pid: expected an integer from 1 to 4194304, got "${'x'.repeat(79)}…`],
])('pid %s', (pid, want) => {
  expect(run('params', PidParams, { pid })).toEqual(want);
});

const request = 'target, policy, options, engineVersion, runtime, show';
test.each([
  ['no body', null, 'body: expected an object, got null'],
  ['a list', [], 'body: expected an object, got a list of 0'],
  ['no requests', {}, 'missing requests: expected one of requests'],
  ['none', { requests: [] }, 'requests: expected a list of 1 to 1000 of them, got a list of 0'],
  [
    'too many',
    { requests: Array.from({ length: 1001 }, () => ({ target: { pid: 1 } })) },
    'requests: expected a list of 1 to 1000 of them, got a list of 1001',
  ],
  [
    'a pid as text',
    { requests: [{ target: { pid: '1' } }] },
    'requests.0.target.pid: expected an integer, got "1"',
  ],
  [
    'true for a pid',
    { requests: [{ target: { pid: true } }] },
    'requests.0.target.pid: expected an integer, got true',
  ],
  [
    'a typing error',
    { requests: [{ target: { pid: 1 }, polcy: 'a' }] },
    `requests.0: unknown name "polcy": expected one of ${request}`,
  ],
  ['no pid', { requests: [{ target: {} }] }, { requests: [{ target: {} }] }],
  [
    'a typing error in a pod',
    { requests: [{ target: { pod: { nmae: 'a' } } }] },
    'requests.0.target.pod: unknown name "nmae": expected one of uid, namespace, name',
  ],
])('body: %s', (_, data, want) => {
  expect(run('body', BatchBody, data)).toEqual(want);
});

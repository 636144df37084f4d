import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../src/facts.ts';
import { vocabulary } from '../../src/probe/kinds/index.ts';
import { askFiles, file, mustParse } from '../support/policy.ts';
import { page } from './page.ts';

const text = /```yaml\n([\s\S]*?)```/.exec(page('docs/policies.md'))?.[1] ?? '';
const policy = mustParse(text, vocabulary);

const ask = (kind: string, facts: Record<string, FactValue>, ...options: string[]) => {
  const { verdict, reason, options: said } = askFiles(policy, [file(facts, { kind })], { options });
  return { verdict, reason, needed: said.needed };
};
const tcp = { receiveQueueBytes: 0, sendQueueBytes: 0 };
const deleted = { deleted: true, allocatedBytes: 3 * 2 ** 20 };

describe('the worked example of docs/policies.md', () => {
  it.each([
    ['/dev/null', 'chardev', { major: 1, minor: 3 }, [], 'ready', 'Ready', []],
    ['another device', 'chardev', { major: 10, minor: 229 }, [], 'not-ready', 'NotSupported', []],
    ['a listening socket', 'tcp', { ...tcp, socketState: 'LISTEN' }, [], 'ready', 'Ready', []],
    [
      'a connection',
      'tcp',
      { ...tcp, socketState: 'ESTABLISHED' },
      [],
      'ready-with-options',
      'Connected',
      ['tcp-established'],
    ],
    [
      'with the option',
      'tcp',
      { ...tcp, socketState: 'ESTABLISHED' },
      ['--tcp-established'],
      'ready',
      'Ready',
      [],
    ],
    ['a state that was not read', 'tcp', { ...tcp, socketState: null }, [], 'unknown', 'Unread', []],
    [
      'data in a queue',
      'tcp',
      { ...tcp, socketState: 'LISTEN', receiveQueueBytes: 1 },
      [],
      'ready',
      'Ready',
      [],
    ],
    ['a deleted file', 'regular', deleted, [], 'ready-with-options', 'LargeDeleted', ['ghost-limit=3145728']],
    ['with enough room', 'regular', deleted, ['ghost-limit=3M'], 'ready', 'Ready', []],
    ['a pipe', 'pipe', {}, [], 'not-ready', 'NotSupported', []],
  ] as const)('%s', (_, kind, facts, options, verdict, reason, needed) => {
    expect(ask(kind, facts, ...options)).toEqual({ verdict, reason, needed: [...needed] });
  });
});

import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/parse.ts';
import { policyHead, vocabulary } from '../support/policy.ts';

const head =
  'policy, description, engine, engineVersion, judges, options, runtimes, accept, refuse, otherwise, line';

it('an empty group of conditions is an issue', () => {
  const text = `${policyHead}accept:\n  - { rule: a, when: { any: [] } }\n`;
  expect(parsePolicy(text, vocabulary).issues).toEqual([
    { line: 11, path: 'accept[0].when.any', message: 'expected a list of conditions' },
  ]);
});

describe('what is no YAML, or no map', () => {
  it.each([
    ['duplicate key', 'policy: a\npolicy: b\n', 2, /unique/i],
    ['unclosed list', 'policy: a\naccept: [\n  { rule: x }\n', 4, /./],
    ['tab as indentation', 'policy:\n\ta: b\n', 2, /tab/i],
    ['unknown alias', 'policy: *no\n', 0, /alias/i],
    ['two documents', 'policy: a\n---\npolicy: b\n', 2, /document/i],
    ['alias bomb', bomb(), 0, /alias/i],
  ])('YAML: %s', (_, text, line, message) => {
    const [first] = parsePolicy(text, vocabulary).issues;
    expect(first?.message).toMatch(message);
    expect(first?.message).not.toMatch(/at line/);
    if (line > 0) expect(first?.line).toBe(line);
  });

  it.each(['', '# nothing\n', '[]', 'text', '3', 'null'])('no map at all: %j', (text) => {
    const { policy, issues } = parsePolicy(text, vocabulary);
    expect(policy).toBeUndefined();
    expect(issues[0]?.message).toBe(`expected a map with ${head}`);
  });
});

function bomb(): string {
  const rows = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => [...pair] as [string, string])) {
    rows.push(`${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`);
  }
  return `${rows.join('\n')}\n`;
}

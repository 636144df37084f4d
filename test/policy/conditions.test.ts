import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/facts.ts';
import { compileCondition, factsOf, type Truth } from '../../src/policy/condition.ts';
import { readOptions } from '../../src/policy/options.ts';
import { smallPolicy } from '../support/policy.ts';

const policyOf = (when: string) => smallPolicy([`{ rule: r, reason: R, message: m, when: ${when} }`]);

function truth(when: string, facts: Facts, options: readonly string[] = []): Truth {
  const policy = policyOf(when);
  const condition = policy.refuse[0]?.when;
  if (condition === undefined) throw new Error('no rule');
  return compileCondition(condition, readOptions(options, policy.options))(facts);
}

const [yes, no, unsure] = [true, false, undefined];

describe('a test of one fact: value, absent, null', () => {
  it.each<[when: string, facts: Facts, answer: Truth]>([
    ['{ name: a }', { name: 'a' }, yes],
    ['{ name: a }', { name: 'b' }, no],
    ['{ name: a }', {}, no],
    ['{ name: a }', { name: null }, unsure],
    ['{ name: [a, b] }', { name: 'b' }, yes],
    ['{ good: false }', { good: false }, yes],
    ['{ good: false }', {}, no],
    ['{ tags: x }', { tags: ['w', 'x'] }, yes],
    ['{ tags: x }', { tags: [] }, no],
    ['{ tags: [x, y] }', { tags: null }, unsure],
    ['{ size: { gt: 5 } }', { size: 5 }, no],
    ['{ size: { gte: 5 } }', { size: 5 }, yes],
    ['{ size: { lt: 5 } }', { size: 5 }, no],
    ['{ size: { lte: 5 } }', { size: 5 }, yes],
    ['{ size: { lt: 5 } }', {}, no],
    ['{ size: { lt: 5 } }', { size: null }, unsure],
    ['{ name: { prefix: /dev/ } }', { name: '/dev/x' }, yes],
    ['{ name: { prefix: /dev/ } }', { name: 'x/dev/' }, no],
    ['{ name: { suffix: .so } }', { name: 'a.so' }, yes],
    ['{ name: { suffix: .so } }', { name: null }, unsure],
    ['{ name: { present: true } }', { name: '' }, yes],
    ['{ name: { present: true } }', {}, no],
    ['{ name: { present: false } }', {}, yes],
    ['{ name: { present: false } }', { name: null }, unsure],
    ['{ name: { not: a } }', { name: 'b' }, yes],
    ['{ name: { not: a } }', {}, yes],
    ['{ name: { not: a } }', { name: null }, unsure],
    ['{ name: { not: { not: a } } }', { name: 'a' }, yes],
    ['{ size: { not: { gt: 5 } } }', { size: null }, unsure],
  ])('%s of %j is %s', (when, facts, answer) => {
    expect(truth(when, facts)).toBe(answer);
  });
});

describe('groups: false wins in all, true in any, and what was not read is neither', () => {
  const facts: Facts = { name: 'a', size: null };
  const [T, F, U] = ['{ name: a }', '{ name: b }', '{ size: 1 }'];
  it.each<[group: string, members: readonly string[], answer: Truth]>([
    ['all', [T, T], yes],
    ['all', [T, U], unsure],
    ['all', [U, F], no],
    ['all', [U, U], unsure],
    ['any', [F, F], no],
    ['any', [F, U], unsure],
    ['any', [U, T], yes],
    ['none', [F, F], yes],
    ['none', [F, U], unsure],
    ['none', [U, T], no],
  ])('%s of %j is %s', (group, members, answer) => {
    expect(truth(`{ ${group}: [${members.join(', ')}] }`, facts)).toBe(answer);
  });

  it('takes several facts of one map together, and nests', () => {
    expect(truth('{ name: a, good: true }', { name: 'a', good: true })).toBe(yes);
    expect(truth('{ name: a, good: true }', { name: 'a', good: false })).toBe(no);
    expect(truth('{ name: a, any: [{ good: true }, { none: [{ size: 3 }] }] }', { name: 'a', size: 4 })).toBe(
      yes,
    );
  });

  it('an empty condition always holds', () => {
    const policy = smallPolicy(['{ rule: r, reason: R, message: m }']);
    expect(compileCondition(policy.refuse[0]?.when ?? { any: [] }, readOptions([], []))({})).toBe(yes);
  });
});

describe('options in a condition', () => {
  it.each<[when: string, options: readonly string[], answer: Truth]>([
    ['{ option.tcp: true }', [], no],
    ['{ option.tcp: true }', ['tcp'], yes],
    ['{ option.tcp: false }', [], yes],
    ['{ size: { gt: { option: ghost, else: 5 } } }', [], yes],
    ['{ size: { gt: { option: ghost, else: 500 } } }', [], no],
    ['{ size: { gt: { option: ghost, else: 5 } } }', ['ghost=1K'], no],
    ['{ size: { gt: { option: ghost, else: 5 } } }', ['ghost=99'], yes],
    ['{ name: { given: external } }', [], no],
    ['{ name: { given: external } }', ['external=b'], no],
    ['{ name: { given: external } }', ['external=b', 'external=a'], yes],
    ['{ name: { given: external } }', ['external=b,a'], no],
    ['{ inode: { given: external } }', ['external=b', 'external=a'], no],
    ['{ good: { given: external } }', ['external=a'], unsure],
  ])('%s with %j is %s', (when, options, answer) => {
    expect(truth(when, { size: 100, name: 'a', good: null }, options)).toBe(answer);
  });

  it('are not facts that the probe would have to read', () => {
    const policy = policyOf(
      '{ option.tcp: true, any: [{ name: a }, { none: [{ size: 1 }, { all: [{ good: true }] }] }] }',
    );
    expect(factsOf(policy.refuse[0]?.when ?? { all: [] })).toEqual(['name', 'size', 'good']);
    expect([...policy.asks]).toEqual(['name', 'size', 'good']);
  });
});

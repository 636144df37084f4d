import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Facts, FactValue } from '../../src/facts.ts';
import { compileCondition } from '../../src/policy/condition.ts';
import { compilePolicy } from '../../src/policy/evaluate.ts';
import { readOptions } from '../../src/policy/options.ts';
import type { Condition, Test } from '../../src/policy/policy.ts';
import { compileSieve, createSieve } from '../../src/policy/sieve.ts';
import { smallPolicy } from '../support/policy.ts';

const { options: known } = smallPolicy([]);
const given = (...words: string[]) => readOptions(words, known);
const whose = (when: Condition) => ({ rule: { when } });

/** Words that would end a string, a comment or a line, or are no plain members of an object. */
const words = ['a', 'ab', '', '"', "'", '`', '\\', `$\{a}`, '*/', '//', '\n', '\u2028', '__proto__', 'eth0'];
const numbers = [0, -1, 1.5, 3, 1e21, Number.POSITIVE_INFINITY, Number.MIN_SAFE_INTEGER];
const scalar = fc.constantFrom<string | number | boolean>(...words, ...numbers, true, false);
const operand = fc.oneof(
  fc.constantFrom(...numbers),
  fc.record({ option: fc.constant('ghost'), else: fc.constantFrom(...numbers) }),
);
const { test } = fc.letrec<{ test: Test }>((tie) => ({
  test: fc.oneof(
    fc.array(scalar, { maxLength: 3 }).map((values): Test => ({ op: 'in', values })),
    fc.record({ op: fc.constantFrom('gt', 'gte', 'lt', 'lte'), value: operand }) as fc.Arbitrary<Test>,
    fc.record({ op: fc.constantFrom('prefix', 'suffix'), value: fc.constantFrom(...words) }),
    fc.boolean().map((value): Test => ({ op: 'present', value })),
    fc.constant<Test>({ op: 'given', option: 'external' }),
    tie('test').map((one): Test => ({ op: 'not', test: one })),
  ),
}));
/** What no vocabulary has is no fact of a policy: see `parsePolicy`. */
const names = words.filter((word) => word !== '__proto__');
const fact = fc.constantFrom('name', 'size', ...names, 'option.tcp', 'option.link-remap');
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ fact, test }),
    fc.array(tie('condition'), { maxLength: 3 }).map((all): Condition => ({ all })),
    fc.array(tie('condition'), { maxLength: 3 }).map((any): Condition => ({ any })),
    fc.array(tie('condition'), { maxLength: 3 }).map((none): Condition => ({ none })),
  ),
}));
const value = fc.oneof<[fc.Arbitrary<FactValue>, fc.Arbitrary<FactValue>, fc.Arbitrary<FactValue>]>(
  scalar,
  fc.constant(null),
  fc.array(fc.constantFrom(...words), { maxLength: 2 }),
);
const facts: fc.Arbitrary<Facts> = fc.dictionary(fact, value);
const options = fc
  .subarray(['tcp', 'link-remap', 'ghost=3', 'external=eth0', 'external=a'])
  .map((all) => given(...all));

afterEach(() => vi.unstubAllGlobals());

describe('the code that is made of conditions', () => {
  it('leaves out what is false, and nothing else', () => {
    const all = fc.array(condition, { maxLength: 5 });
    fc.assert(
      fc.property(all, options, fc.array(facts, { minLength: 1 }), (conditions, opts, files) => {
        const rules = conditions.map(whose);
        const sieve = compileSieve(rules, opts);
        for (const one of files) {
          const left = rules.filter(({ rule }) => compileCondition(rule.when, opts)(one) !== false);
          expect(sieve?.(one)).toEqual(left);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('runs no word of a policy', () => {
    const attack = `"]; globalThis.attacked = true; //\n\`$\{globalThis.attacked = true}\``;
    const rules = [
      { fact: attack, test: { op: 'in', values: [attack] } },
      { fact: attack, test: { op: 'prefix', value: attack } },
      { fact: 'a', test: { op: 'gt', value: { option: attack, else: 1 } } },
    ] as const;
    const sieve = compileSieve(rules.map(whose), given(`external=${attack}`));
    expect(sieve?.({ [attack]: attack, a: 2 })).toEqual(rules.map(whose));
    expect(sieve?.({ [attack]: 'other', a: 1 })).toEqual([]);
    expect(globalThis).not.toHaveProperty('attacked');
  });

  it('is not there where none may be made', () => {
    vi.stubGlobal(
      'Function',
      class {
        constructor() {
          throw new EvalError('Code generation from strings disallowed for this context');
        }
      },
    );
    const rules = [whose({ fact: 'size', test: { op: 'in', values: [1] } })];
    expect(compileSieve(rules, given())).toBeUndefined();
    const sieve = createSieve(rules, given());
    for (let i = 0; i < 300; i++) expect(sieve({ size: 2 })).toBe(rules);
  });

  it('is made of what is asked of many files, and of nothing else', () => {
    const rules = [whose({ fact: 'size', test: { op: 'in', values: [1] } })];
    const sieve = createSieve(rules, given());
    const left = Array.from({ length: 200 }, () => sieve({ size: 2 }).length);
    expect(left).toEqual([...Array(100).fill(1), ...Array(100).fill(0)]);
  });
});

it('a file is judged the same, however many were judged before', () => {
  const policy = smallPolicy(
    [
      '{ rule: large, when: { size: { gt: { option: ghost, else: 5 } } }, reason: Large, message: m, lift: ["ghost={size}"] }',
      '{ rule: bad, when: { good: false, name: { not: [x, y] } }, reason: Bad, message: m }',
      '{ rule: said, when: { tags: [loud] }, reason: Loud, message: m, as: warning }',
    ],
    ['{ rule: any, when: { name: { present: true } } }'],
  );
  const evaluate = compilePolicy(policy, given(), '4.2');
  const files: readonly Facts[] = [
    { name: 'x', size: 1, good: true, tags: [] },
    { name: 'x', size: 9, good: false, tags: ['loud'] },
    { name: 'z', size: null, good: null, tags: null },
    { name: 'z', size: 6, good: false, tags: ['loud', 'long'] },
    { size: 1, good: true },
    {},
  ];
  const judged = () =>
    files.map((one) => {
      const { outcome, findings } = evaluate({ kind: 'plain', facts: one, names: () => ({}) });
      return [outcome, ...findings.map(({ rule, outcome: of, lift }) => [rule, of, ...lift].join(' '))];
    });
  const first = judged();
  for (let i = 0; i < 60; i++) expect(judged()).toEqual(first);
  expect(first.map(([outcome]) => outcome)).toEqual([
    'allowed',
    'needs-option',
    'unknown',
    'refused',
    'refused',
    'refused',
  ]);
});

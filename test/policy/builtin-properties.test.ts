import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts, FactType, FactValue } from '../../src/facts.ts';
import { compileCondition } from '../../src/policy/condition.ts';
import { compilePolicy, joinOutcomes } from '../../src/policy/evaluate.ts';
import { joinJudgements, type Part } from '../../src/policy/join.ts';
import { readOptions } from '../../src/policy/options.ts';
import type { Condition, Outcome, Policy, RefuseRule, Test } from '../../src/policy/policy.ts';
import { compileSieve } from '../../src/policy/sieve.ts';
import { vocabulary } from '../../src/probe/kinds/index.ts';
import { ask, builtin, file, processOf, target } from '../support/policy.ts';

/** The policies that are shipped, on files that are made of what their own rules look for. */
const policies = [builtin('criu'), builtin('cr-check-file')];
const grave: readonly Outcome[] = ['allowed', 'needs-option', 'unknown', 'refused'];

/** Values that the rules compare a fact with, and their neighbours: random ones would seldom match. */
function wordsOf(policy: Policy): ReadonlyMap<string, readonly FactValue[]> {
  const words = new Map<string, FactValue[]>();
  const add = (fact: string, ...values: FactValue[]) =>
    words.set(fact, [...(words.get(fact) ?? []), ...values]);
  const ofTest = (fact: string, test: Test): void => {
    if (test.op === 'not') ofTest(fact, test.test);
    else if (test.op === 'in') add(fact, ...test.values);
    else if (test.op === 'prefix' || test.op === 'suffix')
      add(fact, test.value, `${test.value}x${test.value}`);
    else if ('value' in test && typeof test.value !== 'boolean') {
      const limit = typeof test.value === 'object' ? test.value.else : Number(test.value);
      add(fact, limit - 1, limit, limit + 1);
    }
  };
  const walk = (condition: Condition): void => {
    if ('fact' in condition) ofTest(condition.fact, condition.test);
    else for (const part of Object.values(condition).flat()) walk(part as Condition);
  };
  for (const { when } of [...policy.accept, ...policy.refuse]) walk(when);
  return words;
}

const plain: Readonly<Record<FactType, readonly FactValue[]>> = {
  string: ['', 'other'],
  number: [0, 1, 7],
  boolean: [true, false],
  list: [[], ['other']],
};

interface Subject {
  readonly kind: string;
  readonly facts: Facts;
}

function subjectsOf(policy: Policy): fc.Arbitrary<Subject> {
  const words = wordsOf(policy);
  const wordFor = (fact: string, type: FactType) => {
    const all = words.get(fact) ?? [];
    const listed = type === 'list' ? all.map((one) => [String(one)]) : all;
    return fc.constantFrom<FactValue | undefined>(...plain[type], ...listed, null, undefined);
  };
  const kinds = Object.entries(vocabulary.kinds).map(([kind, own]) => {
    const facts = Object.entries({ ...(kind === 'process' ? {} : vocabulary.common), ...own });
    const asked = facts.filter(([fact]) => policy.asks.has(fact) || fact === 'device');
    return fc
      .record(Object.fromEntries(asked.map(([fact, type]) => [fact, wordFor(fact, type)])))
      .map((all) => ({ kind, facts: present(all) }));
  });
  return fc.oneof(...kinds);
}
const present = (all: Readonly<Record<string, FactValue | undefined>>): Facts =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Facts;

const optionsOf = ({ options }: Policy) =>
  fc
    .subarray(options.filter(({ takes }) => takes !== 'value' && takes !== 'words'))
    .map((specs) =>
      specs.map(({ name, takes }) =>
        takes === 'size' ? `${name}=10M` : takes === 'list' ? `${name}=mnt[]` : name,
      ),
    );

const outcome = (policy: Policy, { kind, facts }: Subject, given: readonly string[] = []): Outcome =>
  compilePolicy(
    policy,
    readOptions(given, policy.options),
    policy.engineVersion,
  )({ kind, facts, names: () => ({}) }).outcome;
const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });
/** Enough that each kind is met some dozen times, with options and without. */
const runs = { numRuns: 1500 };

describe.each(policies.map((policy) => ({ name: policy.name, policy })))('$name', ({ policy }) => {
  const subject = subjectsOf(policy);
  const options = fc.oneof(fc.constant<readonly string[]>([]), optionsOf(policy));

  it('meets files of every outcome, so that what follows is about something', () => {
    const seen = new Set<Outcome>();
    fc.assert(
      fc.property(subject, options, (one, given) => void seen.add(outcome(policy, one, given))),
      { ...runs, seed: 1 },
    );
    expect([...seen].sort()).toEqual(
      policy.name === 'criu'
        ? ['allowed', 'needs-option', 'refused', 'unknown']
        : ['allowed', 'refused', 'unknown'],
    );
  });

  it('the code that is made of its rules leaves out what does not hold, and nothing else', () => {
    const rules = [...policy.refuse, ...policy.accept].map((rule) => ({ rule }));
    fc.assert(
      fc.property(fc.array(subject, { minLength: 20, maxLength: 20 }), options, (files, given) => {
        const known = readOptions(given, policy.options);
        const sieve = compileSieve(rules, known);
        const all = rules.map((one) => ({ one, holds: compileCondition(one.rule.when, known) }));
        for (const { facts } of files) {
          const left = all.filter(({ holds }) => holds(facts) !== false).map(({ one }) => one);
          expect(sieve?.(facts)).toEqual(left);
        }
      }),
    );
  });

  it('the order of its rules does not change an outcome', () => {
    const rules = fc.record({ accept: shuffled(policy.accept), refuse: shuffled(policy.refuse) });
    fc.assert(
      fc.property(rules, subject, options, (other, one, given) => {
        expect(outcome({ ...policy, ...other }, one, given)).toBe(outcome(policy, one, given));
      }),
      { numRuns: 200 },
    );
  });

  it('each refuse rule taken away makes no file worse, so each added makes none better', () => {
    const without = fc.subarray([...policy.refuse], { minLength: policy.refuse.length >> 1 });
    fc.assert(
      fc.property(without, subject, options, (refuse: readonly RefuseRule[], one, given) => {
        const fewer = outcome({ ...policy, refuse }, one, given);
        expect(grave.indexOf(fewer)).toBeLessThanOrEqual(grave.indexOf(outcome(policy, one, given)));
      }),
      { numRuns: 300 },
    );
  });

  it('facts that are not read make nothing allowed that was not, and nothing sufficient that was not', () => {
    const lost = fc.func(fc.boolean());
    fc.assert(
      fc.property(subject, options, lost, (one, given, isLost) => {
        const facts = Object.fromEntries(
          Object.entries(one.facts).map(([fact, value]) => [fact, isLost(fact) ? null : value]),
        );
        const less = outcome(policy, { ...one, facts }, given);
        if (less === 'allowed') expect(outcome(policy, one, given)).toBe('allowed');
        if (less === 'needs-option')
          expect(['allowed', 'needs-option']).toContain(outcome(policy, one, given));
      }),
      { numRuns: 4000 },
    );
  });

  it('parts joined in any order and grouping come to the same, and a part joined with itself to itself', () => {
    const part = fc.array(subject, { minLength: 1, maxLength: 3 }).map((all): Part => {
      const files = all
        .filter(({ kind }) => kind !== 'process')
        .map(({ kind, facts }) => file(facts, { kind }));
      return { name: 'p', judgement: ask(policy, target(processOf(files, { facts: {} }))) };
    });
    const join = (first: Part, ...rest: readonly Part[]) =>
      joinJudgements({ type: 'pod' }, [first, ...rest], []);
    const asPart = (judgement: Part['judgement']): Part => ({ name: 'p', judgement });
    const essence = ({ verdict, options: { needed, sufficient }, counts }: Part['judgement']) => ({
      verdict,
      needed: [...needed].sort(),
      sufficient,
      counts,
    });
    fc.assert(
      fc.property(part, part, part, (a, b, c) => {
        const flat = essence(join(a, b, c));
        expect(essence(join(c, a, b))).toEqual(flat);
        expect(essence(join(asPart(join(a, b)), c))).toEqual(flat);
        expect(essence(join(a, asPart(join(b, c))))).toEqual(flat);
        expect(join(a, a)).toMatchObject({
          verdict: a.judgement.verdict,
          options: { needed: a.judgement.options.needed },
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('joining of outcomes', () => {
  it('is commutative, associative, idempotent; allowed and warnings add nothing', () => {
    for (const a of grave)
      for (const b of grave) {
        const both = joinOutcomes([a, b]);
        expect(joinOutcomes([b, a])).toBe(both);
        expect([a, b]).toContain(both);
        for (const c of grave) expect(joinOutcomes([both, c])).toBe(joinOutcomes([a, joinOutcomes([b, c])]));
      }
    for (const a of grave)
      for (const b of [a, 'allowed', 'warning'] as const) expect(joinOutcomes([a, b])).toBe(a);
  });
});

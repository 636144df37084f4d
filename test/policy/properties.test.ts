import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts, FactValue } from '../../src/facts.ts';
import { compilePolicy } from '../../src/policy/evaluate.ts';
import { readOptions } from '../../src/policy/options.ts';
import type { Condition, Outcome, Policy, RefuseRule, Rule, Test } from '../../src/policy/policy.ts';
import { askFiles, file, smallPolicy } from '../support/policy.ts';

/** Random policies over three facts and two options, and random files for them. */
const scalar = fc.constantFrom<string | number | boolean>('a', 'b', 1, 2, true);
const test: fc.Arbitrary<Test> = fc.oneof(
  fc.array(scalar, { minLength: 1, maxLength: 2 }).map((values): Test => ({ op: 'in', values })),
  fc.record({
    op: fc.constantFrom('gt', 'lte'),
    value: fc.integer({ min: 0, max: 3 }),
  }) as fc.Arbitrary<Test>,
  fc.boolean().map((value): Test => ({ op: 'present', value })),
  scalar.map((value): Test => ({ op: 'not', test: { op: 'in', values: [value] } })),
);
const leaf = fc.record({ fact: fc.constantFrom('name', 'size', 'good', 'option.tcp'), test });
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('condition'), { maxLength: 3 }).map((all): Condition => ({ all })),
    fc.array(tie('condition'), { maxLength: 3 }).map((any): Condition => ({ any })),
    fc.array(tie('condition'), { maxLength: 3 }).map((none): Condition => ({ none })),
  ),
}));
const kinds = fc.constantFrom<readonly string[]>([], ['plain'], ['net']);
const accept: fc.Arbitrary<Rule> = fc.record({ rule: fc.string(), kinds, when: condition });
const refuse: fc.Arbitrary<RefuseRule> = fc.record({
  rule: fc.string(),
  kinds,
  when: condition,
  reason: fc.constantFrom('R', 'S'),
  message: fc.constant('m'),
  phase: fc.constant('dump' as const),
  as: fc.constantFrom('refused', 'unknown', 'warning'),
  lift: fc.subarray(['tcp', 'link-remap']),
  advice: fc.constant(''),
  source: fc.constant(''),
  line: fc.constant(''),
});
const frame = smallPolicy([]);
const policies: fc.Arbitrary<Policy> = fc
  .record({ accept: fc.array(accept, { maxLength: 3 }), refuse: fc.array(refuse, { maxLength: 4 }) })
  .map((rules) => ({ ...frame, ...rules }));
const value = fc.constantFrom<FactValue | undefined>('a', 'b', 1, 2, true, null, undefined);
const factsOf = fc
  .record({ name: value, size: value, good: value })
  .map((facts) => Object.fromEntries(Object.entries(facts).filter(([, v]) => v !== undefined)) as Facts);
const options = fc.subarray(['tcp', 'link-remap']);
const subject = fc.record({ kind: fc.constantFrom('plain', 'net'), facts: factsOf });

const outcome = (policy: Policy, { kind, facts }: { kind: string; facts: Facts }, given: readonly string[]) =>
  compilePolicy(policy, readOptions(given, policy.options), '4.2')({ kind, facts, names: () => ({}) })
    .outcome;

const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });
const nullFacts = (facts: Facts) => Object.keys(facts).filter((name) => facts[name] === null);
const runs = { numRuns: 400 };
const grave: readonly Outcome[] = ['allowed', 'needs-option', 'unknown', 'refused'];

describe('properties of the evaluation', () => {
  it('the order of the rules does not change an outcome', () => {
    const all = policies.chain((policy) =>
      fc.tuple(
        fc.constant(policy),
        fc.record({ accept: shuffled(policy.accept), refuse: shuffled(policy.refuse) }),
        subject,
        options,
      ),
    );
    fc.assert(
      fc.property(all, ([policy, rules, one, given]) => {
        expect(outcome({ ...policy, ...rules }, one, given)).toBe(outcome(policy, one, given));
      }),
      runs,
    );
  });

  it('one more refuse rule never makes a file better', () => {
    fc.assert(
      fc.property(policies, refuse, subject, options, (policy, rule, one, given) => {
        const more = { ...policy, refuse: [...policy.refuse, rule] };
        expect(grave.indexOf(outcome(more, one, given))).toBeGreaterThanOrEqual(
          grave.indexOf(outcome(policy, one, given)),
        );
      }),
      runs,
    );
  });

  it('one more accept rule never makes a file worse', () => {
    fc.assert(
      fc.property(policies, accept, subject, options, (policy, rule, one, given) => {
        const more = { ...policy, accept: [...policy.accept, rule] };
        expect(grave.indexOf(outcome(more, one, given))).toBeLessThanOrEqual(
          grave.indexOf(outcome(policy, one, given)),
        );
      }),
      runs,
    );
  });

  it('what was not read never makes a file allowed that some reading of it would not allow', () => {
    const values: readonly (FactValue | undefined)[] = ['a', 'b', 'c', 1, 2, 9, true, false, undefined];
    fc.assert(
      fc.property(policies, subject, options, (policy, one, given) => {
        fc.pre(nullFacts(one.facts).length > 0 && outcome(policy, one, given) === 'allowed');
        const readings = nullFacts(one.facts).reduce<readonly Facts[]>(
          (all, name) =>
            all.flatMap((facts) =>
              values.map((v) => {
                const { [name]: _, ...rest } = facts;
                return v === undefined ? rest : { ...rest, [name]: v };
              }),
            ),
          [one.facts],
        );
        for (const facts of readings) expect(outcome(policy, { ...one, facts }, given)).toBe('allowed');
      }),
      { numRuns: 150 },
    );
  });

  it('one more option never makes a file worse, where no condition asks for options', () => {
    const plain = policies.filter(
      (policy) => !JSON.stringify(policy.accept.concat(policy.refuse)).includes('option.'),
    );
    fc.assert(
      fc.property(plain, subject, options, (policy, one, given) => {
        const all = outcome(policy, one, ['tcp', 'link-remap']);
        expect(grave.indexOf(all)).toBeLessThanOrEqual(grave.indexOf(outcome(policy, one, given)));
      }),
      runs,
    );
  });

  it('with the needed options given, what is left needs none', () => {
    fc.assert(
      fc.property(policies, fc.array(subject, { maxLength: 5 }), (policy, subjects) => {
        fc.pre(!JSON.stringify(policy).includes('option.'));
        const files = subjects.map(({ kind, facts }) => file(facts as Record<string, FactValue>, { kind }));
        const first = askFiles(policy, files);
        const then = askFiles(policy, files, { options: first.options.needed });
        expect(then.options.needed).toEqual([]);
        if (first.options.sufficient) expect(then.verdict).toBe('ready');
      }),
      runs,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/parse.ts';
import { mustParse, policyHead, vocabulary } from '../support/policy.ts';

/** The head ends on line 9; `accept` is line 10, and the rule under test begins on line 12. */
const withRefuse = (rule: string) => `${policyHead}accept: []\nrefuse:\n${rule}\n`;
const rule = (line: string, more = '') =>
  withRefuse(`  - rule: r\n    reason: R\n    message: m\n    ${line}${more}`);

const operators =
  'expected a value, a list, or one operator of not, gt, gte, lt, lte, prefix, suffix, present, given';
const facts = 'name, size, good, tags, inode';
const head =
  'policy, description, engine, engineVersion, judges, options, runtimes, accept, refuse, otherwise, line';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly issues: readonly (readonly [line: number, path: string, message: string])[];
}

const cases: readonly Case[] = [
  {
    name: 'unknown key at the top',
    text: `${policyHead}accept: []\ncolour: red\n`,
    issues: [[11, 'colour', `unknown key "colour": expected one of ${head}`]],
  },
  {
    name: 'unknown key whose value begins on the next line: the line of the key',
    text: `${policyHead}accept: []\ncolour:\n  - red\n`,
    issues: [[11, 'colour', `unknown key "colour": expected one of ${head}`]],
  },
  {
    name: 'unknown key of a rule',
    text: rule('reasson: X'),
    issues: [
      [
        15,
        'refuse[0].reasson',
        'unknown key "reasson": expected one of rule, kinds, when, since, until, reason, message, phase, as, lift, advice, source, line',
      ],
    ],
  },
  {
    name: 'key of a refuse rule in an accept rule',
    text: `${policyHead}accept:\n  - rule: a\n    lift: [tcp]\n`,
    issues: [[12, 'accept[0].lift', 'unknown key "lift": expected one of rule, kinds, when, since, until']],
  },
  {
    name: 'unknown kind',
    text: rule('kinds: [plane]'),
    issues: [[15, 'refuse[0].kinds', 'unknown kind "plane": expected one of plain, net, process']],
  },
  {
    name: 'unknown fact',
    text: rule('when: { colour: red }'),
    issues: [
      [
        15,
        'refuse[0].when.colour',
        `unknown fact "colour" of any kind: expected one of ${facts}, state, threads`,
      ],
    ],
  },
  {
    name: 'fact of another kind',
    text: rule('kinds: [plain]', '\n    when:\n      state: LISTEN'),
    issues: [[17, 'refuse[0].when.state', `unknown fact "state" of plain: expected one of ${facts}`]],
  },
  {
    name: 'unknown option in a condition',
    text: rule('when: { option.udp: true }'),
    issues: [[15, 'refuse[0].when.option.udp', 'unknown option "udp": expected one listed under options']],
  },
  {
    name: 'unknown option of given',
    text: rule('when: { name: { given: udp } }'),
    issues: [[15, 'refuse[0].when.name.given', 'unknown option "udp": expected one listed under options']],
  },
  {
    name: 'unknown option in lift',
    text: rule('lift: [tcp, udp]'),
    issues: [[15, 'refuse[0].lift', 'unknown option "udp": expected one listed under options']],
  },
  {
    name: 'unknown operator',
    text: rule('when: { size: { over: 3 } }'),
    issues: [[15, 'refuse[0].when.size', `${operators}; got over`]],
  },
  {
    name: 'two operators in one test',
    text: rule('when: { size: { gt: 3, lt: 9 } }'),
    issues: [[15, 'refuse[0].when.size', `${operators}; got gt, lt`]],
  },
  {
    name: 'text for a number',
    text: rule('when: { size: "3" }'),
    issues: [[15, 'refuse[0].when.size', 'expected a number, got "3"']],
  },
  {
    name: 'a number in a list of texts',
    text: rule('when: { name: [a, 3] }'),
    issues: [[15, 'refuse[0].when.name[1]', 'expected a string, got 3']],
  },
  {
    name: 'nothing for a value',
    text: rule('when: { good: }'),
    issues: [[15, 'refuse[0].when.good', 'expected a boolean, got null']],
  },
  {
    name: 'gt of a text',
    text: rule('when: { name: { gt: 3 } }'),
    issues: [[15, 'refuse[0].when.name.gt', 'gt compares a number, and this fact is a string']],
  },
  {
    name: 'prefix of a number',
    text: rule('when: { size: { prefix: a } }'),
    issues: [[15, 'refuse[0].when.size.prefix', 'prefix compares a string, and this fact is a number']],
  },
  {
    name: 'gt of an option that takes no size',
    text: rule('when: { size: { gt: { option: tcp, else: 3 } } }'),
    issues: [
      [
        15,
        'refuse[0].when.size.gt',
        'expected a number, or { option: <an option that takes a size>, else: <number> }',
      ],
    ],
  },
  {
    name: 'unknown placeholder',
    text: rule('source: kernel').replace('message: m', 'message: "it is {colour}"'),
    issues: [
      [
        14,
        'refuse[0].message',
        'unknown placeholder {colour}: expected a fact or one of pid, comm, ref, path, fop, kind, via',
      ],
    ],
  },
  {
    name: 'placeholder of a fact that the kind does not have',
    text: rule('kinds: [plain]', '\n    lift: ["external={state}"]'),
    issues: [
      [
        16,
        'refuse[0].lift[0]',
        'unknown placeholder {state}: expected a fact or one of pid, comm, ref, path, fop, kind, via',
      ],
    ],
  },
  {
    name: 'reason that is not CamelCase',
    text: rule('as: refused').replace('reason: R', 'reason: not_this'),
    issues: [[13, 'refuse[0].reason', 'expected CamelCase, got "not_this"']],
  },
  {
    name: 'version without quotes',
    text: rule('since: 4.2'),
    issues: [
      [15, 'refuse[0].since', 'expected text, in quotes'],
      [15, 'refuse[0].since', 'expected a version in quotes such as "4.2", got ""'],
    ],
  },
  {
    name: 'version of letters',
    text: rule('until: v4'),
    issues: [[15, 'refuse[0].until', 'expected a version in quotes such as "4.2", got "v4"']],
  },
  {
    name: 'unknown phase and outcome',
    text: rule('phase: later', '\n    as: maybe'),
    issues: [
      [15, 'refuse[0].phase', 'expected one of dump, restore, loss, hazard, got "later"'],
      [16, 'refuse[0].as', 'expected one of refused, unknown, warning, got "maybe"'],
    ],
  },
  {
    name: 'two rules of one name, across the lists',
    text: `${policyHead}accept:\n  - rule: r\nrefuse:\n  - { rule: q, reason: R, message: m }\n  - { rule: r, reason: R, message: m }\n`,
    issues: [[14, 'refuse[1].rule', 'two rules are called "r": expected unique names']],
  },
  {
    name: 'missing members',
    text: `${policyHead}accept: []\nrefuse:\n  - rule: r\n`,
    issues: [
      [12, 'refuse[0]', 'missing: expected reason'],
      [12, 'refuse[0].reason', 'expected text'],
      [12, 'refuse[0]', 'missing: expected message'],
    ],
  },
  {
    name: 'a list where a map belongs',
    text: rule('when: [a]'),
    issues: [[15, 'refuse[0].when', 'expected a map from fact to test']],
  },
  {
    name: 'name of the policy',
    text: `${policyHead}accept: []\n`.replace('policy: test', 'policy: My Policy'),
    issues: [[1, 'policy', 'expected a name such as my-policy']],
  },
];

describe('parsePolicy', () => {
  it.each(cases)('$name', ({ text, issues }) => {
    const found = parsePolicy(text, vocabulary).issues.map(({ line, path, message }) => [
      line,
      path,
      message,
    ]);
    expect(found).toEqual(issues);
  });

  it('tells every issue at once, each with its line', () => {
    const text = withRefuse(
      '  - { rule: a, reason: x, message: "{q}", kinds: [zz] }\n  - { rule: a, wen: 1 }',
    );
    expect(parsePolicy(text, vocabulary).issues.map(({ line }) => line)).toEqual(
      expect.arrayContaining([12, 13]),
    );
    expect(parsePolicy(text, vocabulary).issues.length).toBeGreaterThanOrEqual(5);
  });

  it('reads a whole policy, with defaults', () => {
    const policy = mustParse(rule('when: { size: { gt: { option: ghost, else: 5 } } }'));
    expect(policy).toMatchObject({
      name: 'test',
      engine: 'test',
      engineVersion: '4.2',
      line: '',
      description: '',
    });
    expect(policy.refuse[0]).toEqual({
      rule: 'r',
      kinds: [],
      when: { fact: 'size', test: { op: 'gt', value: { option: 'ghost', else: 5 } } },
      reason: 'R',
      message: 'm',
      phase: 'dump',
      as: 'refused',
      lift: [],
      advice: '',
      source: '',
      line: '',
    });
    expect([...policy.asks]).toEqual(['size']);
  });
});

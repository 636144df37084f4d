import { describe, expect, it } from 'vitest';
import { joinOutcomes } from '../../src/policy/evaluate.ts';
import type { Outcome } from '../../src/policy/policy.ts';
import { compareVersions, inForce, isVersion } from '../../src/policy/version.ts';
import { askFiles, file, smallPolicy } from '../support/policy.ts';

const r = (name: string, more: string) =>
  `{ rule: ${name}, reason: ${name.toUpperCase()}, message: m${name}, ${more} }`;
const rules = {
  refuse: r('a', 'when: { name: bad }'),
  lift: r('b', 'when: { name: bad }, lift: [tcp, link-remap]'),
  unsure: r('c', 'when: { name: bad }, as: unknown'),
  warn: r('d', 'when: { name: bad }, as: warning'),
  null: r('e', 'when: { size: 3 }'),
};
type Name = keyof typeof rules;

const outcomeOf = (names: readonly Name[], options: readonly string[] = []) => {
  const report = askFiles(
    smallPolicy(names.map((name) => rules[name])),
    [file({ name: 'bad', size: null })],
    {
      options,
    },
  );
  return report.processes[0]?.files[0]?.outcome;
};

describe('joining: refused > unknown > needs-option > allowed', () => {
  it.each<[names: readonly Name[], outcome: Outcome]>([
    [[], 'allowed'],
    [['refuse'], 'refused'],
    [['lift'], 'needs-option'],
    [['unsure'], 'unknown'],
    [['null'], 'unknown'],
    [['warn'], 'allowed'],
    [['warn', 'lift'], 'needs-option'],
    [['lift', 'unsure'], 'unknown'],
    [['lift', 'null'], 'unknown'],
    [['null', 'refuse'], 'refused'],
    [['lift', 'unsure', 'null', 'warn', 'refuse'], 'refused'],
  ])('%j: %s', (names, outcome) => {
    expect(outcomeOf(names)).toBe(outcome);
    expect(outcomeOf(names.toReversed())).toBe(outcome);
  });

  it('of outcomes', () => {
    expect(joinOutcomes([])).toBe('allowed');
    expect(joinOutcomes(['allowed', 'warning'])).toBe('allowed');
    expect(joinOutcomes(['allowed', 'needs-option', 'unknown'])).toBe('unknown');
  });
});

describe('lifting', () => {
  const only = (names: readonly Name[], options: readonly string[]) =>
    askFiles(smallPolicy(names.map((name) => rules[name])), [file({ name: 'bad' })], { options });

  it.each([[['tcp']], [['--link-remap']], [['tcp', 'link-remap']]])(
    '%j lifts it, and its effect is told',
    (options) => {
      const report = only(['lift'], options);
      const names = options.map((option) => option.replace(/^--/, ''));
      expect(report.verdict).toBe('ready');
      expect(report.findings[0]).toMatchObject({
        outcome: 'allowed',
        lift: ['tcp', 'link-remap'],
        effect: names.map((name) => ({ tcp: 'kept', 'link-remap': 'linked' })[name]).join('; '),
      });
      expect(report.options).toMatchObject({ given: names, needed: [], sufficient: true });
    },
  );

  it('without the option all alternatives are told, and the first is needed', () => {
    const report = only(['lift'], []);
    expect(report).toMatchObject({
      verdict: 'ready-with-options',
      reason: 'B',
      message: '1 lifted by an option',
    });
    expect(report.findings[0]).toMatchObject({ outcome: 'needs-option', effect: 'kept; linked' });
    expect(report.options).toMatchObject({
      needed: ['tcp'],
      sufficient: true,
      effects: [{ option: 'tcp', effect: 'kept' }],
    });
  });

  it('one refused file makes the options insufficient, and they are told all the same', () => {
    const report = only(['lift', 'refuse'], []);
    expect(report).toMatchObject({ verdict: 'not-ready', options: { needed: ['tcp'], sufficient: false } });
  });

  it('an option lifts the rule that names it and no other', () => {
    expect(only(['lift', 'refuse'], ['tcp']).verdict).toBe('not-ready');
    expect(only(['lift', 'unsure'], ['tcp']).verdict).toBe('unknown');
  });

  it('a warning is no verdict, and says so whether or not its option is given', () => {
    const warning = r('w', 'as: warning, lift: [tcp]');
    for (const options of [[], ['tcp']]) {
      expect(askFiles(smallPolicy([warning]), [file()], { options }).verdict).toBe('ready');
    }
  });

  it('an unknown that an option settles', () => {
    const unsure = smallPolicy([r('u', 'as: unknown, lift: [tcp]')]);
    expect(askFiles(unsure, [file()]).verdict).toBe('unknown');
    expect(askFiles(unsure, [file()], { options: ['tcp'] }).verdict).toBe('ready');
  });

  it('a size has to be large enough, and the largest one is needed', () => {
    const ghost = smallPolicy([
      '{ rule: g, kinds: [plain], reason: G, message: m, when: { good: true }, lift: ["ghost={size}"] }',
    ]);
    const files = [
      file({ good: true, size: 500 }),
      file({ good: true, size: 2000 }),
      file({ good: true, size: null }),
    ];
    const first = askFiles(ghost, files.slice(0, 2), { options: ['ghost=1K'] });
    expect(first.findings.map(({ outcome }) => outcome)).toEqual(['needs-option', 'allowed']);
    expect(first.options.needed).toEqual(['ghost=2000']);
    expect(askFiles(ghost, files, { options: ['ghost=1M'] }).verdict).not.toBe('ready');
  });
});

describe('what was not read', () => {
  const nullFile = [file({ name: 'fine', size: null, good: null })];
  it.each<[name: string, refuse: readonly string[], accept: readonly string[], outcome: Outcome]>([
    ['asked by a refuse rule', [r('a', 'when: { size: 3 }')], ['{ rule: any }'], 'unknown'],
    ['asked by the only accept rule', [], ['{ rule: x, when: { good: true } }'], 'unknown'],
    [
      'asked by one accept rule, and another matches',
      [],
      ['{ rule: x, when: { good: true } }', '{ rule: any }'],
      'allowed',
    ],
    ['asked by a lifted rule', [r('a', 'when: { size: 3 }, lift: [tcp]')], ['{ rule: any }'], 'allowed'],
    ['asked by a warning', [r('a', 'when: { size: 3 }, as: warning')], ['{ rule: any }'], 'allowed'],
    ['asked by no rule', [r('a', 'when: { name: bad }')], ['{ rule: any }'], 'allowed'],
    [
      'beside a test that fails anyway',
      [r('a', 'when: { size: 3, name: bad }')],
      ['{ rule: any }'],
      'allowed',
    ],
  ])('%s: %s', (_, refuse, accept, outcome) => {
    const report = askFiles(smallPolicy(refuse, accept), nullFile, { options: ['tcp'] });
    expect(report.processes[0]?.files[0]?.outcome).toBe(outcome);
  });

  it('names the facts', () => {
    const report = askFiles(
      smallPolicy([r('a', 'when: { size: 3 }'), r('b', 'when: { good: true }')]),
      nullFile,
    );
    expect(report).toMatchObject({ verdict: 'unknown', reason: 'Unread' });
    expect(report.findings).toMatchObject([{ rule: 'unread', message: 'cannot tell: not read: size, good' }]);
  });
});

describe('ban by default', () => {
  it('without an accept rule that matches it is refused', () => {
    const report = askFiles(smallPolicy([], ['{ rule: a, when: { name: fine } }']), [file({ name: 'odd' })]);
    expect(report.findings).toMatchObject([
      { outcome: 'refused', rule: 'otherwise', reason: 'NotSupported', message: 'no rule for plain' },
    ]);
  });

  it('is not said of a file that a rule refuses already', () => {
    const report = askFiles(smallPolicy([rules.refuse], []), [file({ name: 'bad' })]);
    expect(report.findings.map(({ rule }) => rule)).toEqual(['a']);
  });

  it('a rule without kinds never speaks of the process itself', () => {
    const report = askFiles(smallPolicy([r('all', 'as: refused')]), []);
    expect(report.verdict).toBe('ready');
  });
});

describe('templates', () => {
  it('shows facts and names; what is missing or unread as a question mark', () => {
    const text = '"{pid}/{ref} {comm} {path} {fop} {kind} {via} {name} {size} {tags} {good}"';
    const policy = smallPolicy([`{ rule: a, reason: A, message: ${text} }`]);
    const [finding] = askFiles(policy, [file({ name: '$& {pid}', size: null, tags: ['x', 'y'] })]).findings;
    expect(finding?.message).toBe('7/3 job /x ext4_file_operations plain fd $& {pid} ? x, y ?');
  });
});

describe('versions', () => {
  it.each([
    ['4.2', '4.2', 0],
    ['4.2', '4.2.0', 0],
    ['4.9', '4.10', -1],
    ['10', '9.9.9', 1],
    ['3.17.1', '3.17', 1],
    ['4.2', '', undefined],
    ['4.2-rc1', '4.2', undefined],
  ])('compare %s with %s', (a, b, sign) => {
    const difference = compareVersions(a, b);
    expect(difference === undefined ? undefined : Math.sign(difference)).toBe(sign);
  });

  it.each(['', '4.', '.4', '4..2', 'v4', '1.2.3.4.5', '4.2 ', '-1', '1e3'])('%j is no version', (text) => {
    expect(isVersion(text)).toBe(false);
  });

  it.each([
    ['4.0', false],
    ['4.1', true],
    ['4.1.5', true],
    ['4.2', false],
  ])('since 4.1 until 4.2 in %s: %s', (version, force) => {
    expect(inForce({ since: '4.1', until: '4.2' }, version)).toBe(force);
    const policy = smallPolicy([r('a', 'since: "4.1", until: "4.2"')]);
    expect(askFiles(policy, [file()], { engineVersion: version }).verdict).toBe(
      force ? 'not-ready' : 'ready',
    );
  });

  it('binds accept rules as well', () => {
    const policy = smallPolicy([], ['{ rule: new, since: "4.0" }']);
    expect(askFiles(policy, [file()], { engineVersion: '3.19' }).verdict).toBe('not-ready');
    expect(askFiles(policy, [file()]).verdict).toBe('ready');
  });
});

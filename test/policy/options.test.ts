import { describe, expect, it } from 'vitest';
import { neededOptions } from '../../src/policy/needed.ts';
import { covers, parseSize, readOptions } from '../../src/policy/options.ts';
import type { OptionSpec } from '../../src/policy/policy.ts';
import type { Finding } from '../../src/policy/report.ts';

const spec = (name: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  name,
  effect: '',
  takes: 'flag',
  alias: [],
  inert: false,
  ...more,
});
const specs = [
  spec('tcp-established'),
  spec('shell-job', { alias: ['j'] }),
  spec('file-locks', { alias: ['l'] }),
  spec('ghost-limit', { takes: 'size' }),
  spec('external', { takes: 'list' }),
  spec('enable-fs', { takes: 'words' }),
  spec('log-file', { takes: 'value', alias: ['o'], inert: true }),
  spec('v', { takes: 'optional', inert: true }),
  spec('manage-cgroups', { takes: 'optional' }),
];
const read = (...words: readonly string[]) => readOptions(words, specs);

describe('readOptions', () => {
  it.each<[words: readonly string[], canonical: readonly string[]]>([
    [['tcp-established'], ['tcp-established']],
    // the last size counts, so its place does
    [
      ['ghost-limit=10M', 'ghost-limit=1M'],
      ['ghost-limit=10M', 'ghost-limit=1M'],
    ],
    [
      ['ghost-limit=10M', 'ghost-limit=1M', 'ghost-limit=10M'],
      ['ghost-limit=1M', 'ghost-limit=10M'],
    ],
    [['--tcp-established'], ['tcp-established']],
    [['-tcp-established'], ['tcp-established']],
    [['-j'], ['shell-job']],
    [['j'], ['shell-job']],
    [['-jl'], ['shell-job', 'file-locks']],
    [
      ['-lj', '--shell-job'],
      ['file-locks', 'shell-job'],
    ],
    [['--ghost-limit', '10M'], ['ghost-limit=10M']],
    [['ghost-limit=10M'], ['ghost-limit=10M']],
    [['--ghost-limit=10M'], ['ghost-limit=10M']],
    [
      ['--external', 'unix[5]', '--external=unix[6]'],
      ['external=unix[5]', 'external=unix[6]'],
    ],
    [['--external', 'a=b'], ['external=a=b']],
    [['--manage-cgroups'], ['manage-cgroups']],
    [['--manage-cgroups=soft'], ['manage-cgroups=soft']],
    [['-v4'], []],
    [['-v', '-j'], ['shell-job']],
    [['-o', 'dump.log', '-j'], ['shell-job']],
    [['-odump.log'], []],
    [
      ['-jo', 'x', '-l'],
      ['shell-job', 'file-locks'],
    ],
    [[], []],
  ])('%j means %j', (words, canonical) => {
    expect(read(...words)).toMatchObject({ canonical, unrecognised: [], problems: [] });
  });

  it.each<[words: readonly string[], unrecognised: readonly string[]]>([
    [['--no-such'], ['--no-such']],
    [['no-such=3'], ['no-such=3']],
    [['-q'], ['-q']],
    [['-jq'], ['-jq']],
    [['--jl'], ['--jl']],
    [['--'], ['--']],
    [['-'], ['-']],
    [[''], ['']],
    [
      ['constructor', '__proto__'],
      ['constructor', '__proto__'],
    ],
  ])('%j is unrecognised', (words, unrecognised) => {
    expect(read(...words)).toMatchObject({ unrecognised, problems: [] });
  });

  it.each<[words: readonly string[], problem: string]>([
    [['ghost-limit=ten'], 'option ghost-limit takes a size such as 10M, got "ten"'],
    [['ghost-limit=-1'], 'option ghost-limit takes a size such as 10M, got "-1"'],
    [['ghost-limit=1.5M'], 'option ghost-limit takes a size such as 10M, got "1.5M"'],
    [['ghost-limit=10MB'], 'option ghost-limit takes a size such as 10M, got "10MB"'],
    [['--ghost-limit'], 'option ghost-limit needs a value: ghost-limit=…'],
    [['ghost-limit='], 'option ghost-limit needs a value: ghost-limit=…'],
    [['--external'], 'option external needs a value: external=…'],
    [['tcp-established=yes'], 'option tcp-established takes no value, got "yes"'],
  ])('%j: %s', (words, problem) => {
    const given = read(...words);
    expect(given.problems).toEqual([problem]);
    expect(given.canonical).toEqual([]);
    expect(given.values.size + given.sizes.size).toBe(0);
  });

  it('keeps sizes in bytes; the last one given counts', () => {
    expect(read('ghost-limit=1M').sizes.get('ghost-limit')).toBe(1024 ** 2);
    expect(read('ghost-limit=1M', 'ghost-limit=5').sizes.get('ghost-limit')).toBe(5);
  });

  it.each([
    ['0', 0],
    ['1048576', 1048576],
    ['512K', 524288],
    ['2m', 2097152],
    ['1G', 1073741824],
    ['', undefined],
    ['M', undefined],
    ['1T', undefined],
    [' 1', undefined],
    ['1e3', undefined],
  ])('parseSize(%j) is %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});

describe('covers', () => {
  it.each<[given: readonly string[], lift: string, answer: boolean]>([
    [['tcp-established'], 'tcp-established', true],
    [[], 'tcp-established', false],
    [['ghost-limit=10M'], 'ghost-limit=10M', true],
    [['ghost-limit=10M'], 'ghost-limit=10485761', false],
    [['ghost-limit=10M'], 'ghost-limit=1', true],
    [['ghost-limit=10M'], 'ghost-limit=?', false],
    [['external=unix[5]'], 'external=unix[5]', true],
    [['external=unix[55]'], 'external=unix[5]', false],
    [['external=unix[5],tty[1:2]'], 'external=tty[1:2]', false],
    [['external=mnt[/a,b]:/a,b'], 'external=mnt[/a,b]:/a,b', true],
    [['external=all'], 'external=mnt[/a]:/a', false],
    [['external=mnt[/p]:/p'], 'external=mnt[/p]q]:/p]q', false],
    [['external=mnt[/p]q]:x'], 'external=mnt[/p]q]:/p]q', true],
    [['enable-fs=proc,hugetlbfs'], 'enable-fs=hugetlbfs', true],
    [['enable-fs=all'], 'enable-fs=hugetlbfs', true],
    [['enable-fs=a,all'], 'enable-fs=hugetlbfs', true],
    [['enable-fs=proc'], 'enable-fs=hugetlbfs', false],
    [['external=mnt[/data]:data'], 'external=mnt[/data]', true],
    [['external=mnt[/database]:data'], 'external=mnt[/data]', false],
    [['manage-cgroups'], 'manage-cgroups=soft', false],
    [['manage-cgroups=soft'], 'manage-cgroups', true],
  ])('%j lifts %s: %s', (given, lift, answer) => {
    expect(covers(read(...given), lift)).toBe(answer);
  });
});

describe('neededOptions', () => {
  const flag = { effect: '', takes: 'flag', alias: [], inert: false } as const;
  const options = [
    { ...flag, name: 'ghost', takes: 'size' as const },
    { ...flag, name: 'external', takes: 'list' as const },
  ];
  const finding = (...lift: readonly string[]) => ({ outcome: 'needs-option', lift }) as unknown as Finding;
  it.each<[name: string, lifts: readonly (readonly string[])[], needed: readonly string[]]>([
    ['none', [], []],
    ['one each', [['a'], ['b'], ['a']], ['a', 'b']],
    ['the alternative that is needed anyway', [['a', 'b'], ['b']], ['b']],
    [
      'the alternative that lifts most',
      [
        ['a', 'x'],
        ['b', 'x'],
        ['c', 'x'],
      ],
      ['x'],
    ],
    ['the first named of equals', [['mild', 'harsh']], ['mild']],
    [
      'two that do what three would',
      [
        ['a', 'x'],
        ['b', 'x'],
        ['c', 'y'],
        ['d', 'y'],
      ],
      ['x', 'y'],
    ],
    [
      'two, where taking the one that lifts most would make it three',
      [
        ['x', 'a'],
        ['x', 'a'],
        ['x', 'b'],
        ['x', 'b'],
        ['a', 'c'],
        ['b', 'd'],
      ],
      ['a', 'b'],
    ],
    ['numbers that are no sizes', [['external=1'], ['external=2']], ['external=1', 'external=2']],
    ['the largest of several sizes', [['ghost=2M'], ['ghost=5M'], ['ghost=300K']], ['ghost=5M']],
    [
      'values that are no sizes side by side',
      [['external=unix[1]'], ['external=unix[2]']],
      ['external=unix[1]', 'external=unix[2]'],
    ],
  ])('%s', (_, lifts, needed) => {
    expect(
      neededOptions(
        lifts.map((lift) => finding(...lift)),
        options,
      ),
    ).toEqual(needed);
  });

  it('leaves out what no option lifts and what is lifted already', () => {
    const done = [
      { outcome: 'refused', lift: [] },
      { outcome: 'allowed', lift: ['a'] },
      { outcome: 'warning', lift: ['b'] },
    ] as unknown as Finding[];
    expect(neededOptions(done, options)).toEqual([]);
  });
});

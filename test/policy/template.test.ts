import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../src/facts.ts';
import { compileTemplate, fill, placeholders } from '../../src/policy/template.ts';

const facts: Readonly<Record<string, FactValue>> = {
  fd: 7,
  path: '/a b',
  watched: false,
  unread: null,
  none: '',
  flags: ['O_RDWR', 'O_DIRECT'],
  tricky: '{fd} $1 $&',
};

describe('a template', () => {
  it.each([
    ['', ''],
    ['no name', 'no name'],
    ['{fd}', '7'],
    ['fd {fd} of {path}.', 'fd 7 of /a b.'],
    ['{fd}{fd}', '77'],
    ['{none}|{watched}', '|false'],
    ['{flags}', 'O_RDWR, O_DIRECT'],
    ['{unread} {nothing}', '? ?'],
    // what is filled in is not looked at again
    ['{tricky}', '{fd} $1 $&'],
    // no names
    ['{} { fd } {a-b} {{fd}} }{', '{} { fd } {a-b} {7} }{'],
  ])('%s → %s', (template, text) => {
    const values = (name: string) => facts[name];
    expect(fill(template, values)).toBe(text);
    const compiled = compileTemplate(template);
    expect([compiled(values), compiled(values)]).toEqual([text, text]);
  });

  it.each([
    ['none', []],
    ['{major}:{minor}', ['major', 'minor']],
    ['{a}{a} {{b}} {}', ['a', 'a', 'b']],
  ])('%s names %j', (template, names) => {
    expect(placeholders(template)).toEqual(names);
  });
});

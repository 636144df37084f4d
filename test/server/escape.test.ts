import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { escapeBytes, escapeControl } from '../../src/server/escape.ts';

describe('escapeControl', () => {
  test.each([
    ['plain', '/usr/bin/java 1', '/usr/bin/java 1'],
    ['letters of the world', '/日本/ñandú/é', '/日本/ñandú/é'],
    ['newline, return, tab', 'a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['escape sequence', '\x1b[2J', '\\x1b[2J'],
    ['bell, delete, C1', '\x07\x7f\x9b', '\\x07\\x7f\\x9b'],
    ['bidi override and isolate', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['zero width', 'a\u200bb\u200dc\ufeffd\u00ade', 'a\\u200bb\\u200dc\\ufeffd\\xade'],
    ['line and paragraph separator', '\u2028\u2029', '\\u2028\\u2029'],
    ['invisible filler, variation selector, tag', '\u3164\ufe0f\u{e0041}', '\\u3164\\ufe0f\\u{e0041}'],
    ['lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['a backslash that is one', 'a\\nb', 'a\\\\nb'],
  ])('%s', (_, text, want) => {
    expect(escapeControl(text)).toBe(want);
  });

  it('keeps different names different, and leaves nothing a terminal acts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(escapeControl(a)).not.toMatch(/\p{Cc}|\p{Cf}/u);
        expect(escapeControl(a) === escapeControl(b)).toBe(a === b);
      }),
    );
  });
});

test.each([
  ['UTF-8', Buffer.from('/日本/é\n'), '/日本/é\\n'],
  ['bytes that are no character', Buffer.from('/tmp/\xff\xfe.log', 'latin1'), '/tmp/\\xff\\xfe.log'],
  ['a character cut short', Buffer.from([0x61, 0xe6, 0x97]), 'a\\xe6\\x97'],
  ['an overlong slash', Buffer.from([0xc0, 0xaf]), '\\xc0\\xaf'],
])('escapeBytes: %s', (_, bytes, want) => {
  expect(escapeBytes(bytes)).toBe(want);
});

import { describe, expect, it } from 'vitest';
import { parseMaps } from '../../../src/probe/parse/maps.ts';

const python = '/root/.pyenv/versions/3.11.7/bin/python3.11';
const base = {
  start: 0x1000n,
  end: 0x2000n,
  perms: 'r--p',
  offset: '0',
  device: '254:0',
  inode: '7',
  path: '/a',
};
const line = (path: string) => `1000-2000 r--p 00000000 fe:00 7                                  ${path}\n`;

const cases = [
  {
    name: 'file',
    text: `55b548148000-55b548149000 r-xp 00001000 fe:00 26723                      ${python}\n`,
    rows: [
      {
        start: 0x55b548148000n,
        end: 0x55b548149000n,
        perms: 'r-xp',
        offset: '4096',
        device: '254:0',
        inode: '26723',
        path: python,
      },
    ],
    bad: 0,
  },
  {
    name: 'anonymous, heap, vsyscall',
    text:
      '7f58f917c000-7f58f94de000 rw-p 00000000 00:00 0 \n' +
      '55b57477f000-55b5749b8000 rw-p 00000000 00:00 0                          [heap]\n' +
      'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n',
    rows: [
      {
        start: 0x7f58f917c000n,
        end: 0x7f58f94de000n,
        perms: 'rw-p',
        offset: '0',
        device: '0:0',
        inode: '0',
        path: '',
      },
      {
        start: 0x55b57477f000n,
        end: 0x55b5749b8000n,
        perms: 'rw-p',
        offset: '0',
        device: '0:0',
        inode: '0',
        path: '[heap]',
      },
      {
        start: 0xffffffffff600000n,
        end: 0xffffffffff601000n,
        perms: '--xp',
        offset: '0',
        device: '0:0',
        inode: '0',
        path: '[vsyscall]',
      },
    ],
    bad: 0,
  },
  {
    name: 'newline and spaces in the name',
    text: line('/tmp/a\\012b  c '),
    rows: [{ ...base, path: '/tmp/a\nb  c ' }],
    bad: 0,
  },
  {
    name: 'other escapes are not escapes',
    text: line('/tmp/a\\040b'),
    rows: [{ ...base, path: '/tmp/a\\040b' }],
    bad: 0,
  },
  {
    name: 'deleted stays on',
    text: line('/dev/zero (deleted)'),
    rows: [{ ...base, path: '/dev/zero (deleted)' }],
    bad: 0,
  },
  {
    name: 'bytes, a no-break one last',
    text: line('/\xc3\xa0'),
    rows: [{ ...base, path: '/\xc3\xa0' }],
    bad: 0,
  },
  {
    name: 'named anonymous',
    text: line('[anon:my heap]'),
    rows: [{ ...base, path: '[anon:my heap]' }],
    bad: 0,
  },
  {
    name: 'large numbers',
    text: '0-ffffffffffffffff rwxs fffffffffffff000 103:123 18446744073709551615 /a\n',
    rows: [
      {
        start: 0n,
        end: 0xffffffffffffffffn,
        perms: 'rwxs',
        offset: '18446744073709547520',
        device: '259:291',
        inode: '18446744073709551615',
        path: '/a',
      },
    ],
    bad: 0,
  },
  { name: 'empty', text: '', rows: [], bad: 0 },
  { name: 'last line cut', text: `${line('/a')}1000-2000 r--p 00000000 fe:00 7 /ab`, rows: [base], bad: 1 },
  { name: 'a blank line', text: `\n${line('/a')}`, rows: [base], bad: 1 },
  { name: 'no range', text: '1000 r--p 00000000 fe:00 7 /a\n', rows: [], bad: 1 },
  { name: 'range not hexadecimal', text: '1000-x r--p 00000000 fe:00 7 /a\n', rows: [], bad: 1 },
  { name: 'perms too short', text: '1000-2000 r-- 00000000 fe:00 7 /a\n', rows: [], bad: 1 },
  { name: 'offset not hexadecimal', text: '1000-2000 r--p x fe:00 7 /a\n', rows: [], bad: 1 },
  { name: 'no device', text: '1000-2000 r--p 0 fe00 7 /a\n', rows: [], bad: 1 },
  { name: 'inode not a number', text: '1000-2000 r--p 0 fe:00 f /a\n', rows: [], bad: 1 },
  { name: 'binary', text: '\x00\x01\n\xff\xfe\n', rows: [], bad: 2 },
];

describe('parseMaps', () => {
  it.each(cases)('$name', ({ text, rows, bad }) => {
    expect(parseMaps(text)).toEqual({ rows, bad });
  });

  it('holds 65,530 mappings (vm.max_map_count)', () => {
    expect(parseMaps(line('/a').repeat(65_530))).toMatchObject({ rows: { length: 65_530 }, bad: 0 });
  });
});

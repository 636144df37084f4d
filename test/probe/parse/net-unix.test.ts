import { describe, expect, it } from 'vitest';
import { parseNetUnix } from '../../../src/probe/parse/net-unix.ts';

const titles = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
const line = (path: string) => `000000007fbebab9: 00000002 00000000 00000000 0002 01  9466${path}\n`;
const base = { refCount: 2, protocol: 0, flags: 0, type: 2, state: 1, inode: '9466', path: '' };

const cases = [
  {
    name: 'listening, a space in the path',
    text: `${titles}0000000084b40e88: 00000002 00000000 00010000 0001 01  9463 /tmp/pp/so ck\n`,
    rows: [
      { refCount: 2, protocol: 0, flags: 0x10000, type: 1, state: 1, inode: '9463', path: '/tmp/pp/so ck' },
    ],
    bad: 0,
  },
  {
    name: 'not yet accepted, real address',
    text: `${titles}ffff8881deadbeef: 00000003 00000000 00000000 0001 02     0 /tmp/so\n`,
    rows: [{ refCount: 3, protocol: 0, flags: 0, type: 1, state: 2, inode: '0', path: '/tmp/so' }],
    bad: 0,
  },
  { name: 'no name', text: titles + line(''), rows: [base], bad: 0 },
  { name: 'abstract', text: titles + line(' @ab@c d '), rows: [{ ...base, path: '@ab@c d ' }], bad: 0 },
  {
    name: 'a path that begins with a space',
    text: titles + line('  x'),
    rows: [{ ...base, path: ' x' }],
    bad: 0,
  },
  {
    name: 'bytes, a no-break one last',
    text: titles + line(' /\xc3\xa0'),
    rows: [{ ...base, path: '/\xc3\xa0' }],
    bad: 0,
  },
  {
    name: 'newlines in the path',
    text: titles + line(' /a\n\nb') + line(''),
    rows: [{ ...base, path: '/a\n\nb' }, base],
    bad: 0,
  },
  { name: 'no titles', text: line(''), rows: [base], bad: 0 },
  { name: 'titles only', text: titles, rows: [], bad: 0 },
  { name: 'empty', text: '', rows: [], bad: 0 },
  {
    name: 'last line cut',
    text: titles + line(' /a') + line(' /b').slice(0, -1),
    rows: [{ ...base, path: '/a' }],
    bad: 1,
  },
  { name: 'a line that follows no path', text: `${titles}x\n${line('')}y\n`, rows: [base], bad: 2 },
  { name: 'no colon', text: line('').replace(':', ' '), rows: [], bad: 1 },
  { name: 'address not hexadecimal', text: `x${line('')}`, rows: [], bad: 1 },
  { name: 'count not hexadecimal', text: line('').replace('00000002', 'x'), rows: [], bad: 1 },
  { name: 'state not hexadecimal', text: line('').replace('01  9', '0x  9'), rows: [], bad: 1 },
  { name: 'inode not a number', text: line('').replace('9466', '94f'), rows: [], bad: 1 },
  { name: 'binary', text: '\x00\xff\n\x80\n', rows: [], bad: 2 },
];

describe('parseNetUnix', () => {
  it.each(cases)('$name', ({ text, rows, bad }) => {
    expect(parseNetUnix(text)).toEqual({ rows, bad });
  });
});

import { describe, expect, it } from 'vitest';
import { parseLimits } from '../../../src/probe/parse/limits.ts';

const titles = 'Limit                     Soft Limit           Hard Limit           Units     \n';
const cases = [
  {
    name: 'rows',
    text:
      titles +
      'Max cpu time              unlimited            unlimited            seconds   \n' +
      'Max stack size            8388608              unlimited            bytes     \n' +
      'Max open files            1024                 524288               files     \n' +
      'Max nice priority         0                    0                    \n' +
      'Max file size             18446744073709551614 18446744073709551614 bytes     \n',
    want: [
      ['Max cpu time', { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY }],
      ['Max stack size', { soft: 8388608, hard: Number.POSITIVE_INFINITY }],
      ['Max open files', { soft: 1024, hard: 524288 }],
      ['Max nice priority', { soft: 0, hard: 0 }],
      ['Max file size', { soft: 2 ** 64, hard: 2 ** 64 }],
    ],
  },
  { name: 'empty', text: '', want: [] },
  { name: 'titles only', text: titles, want: [] },
  {
    name: 'last line cut',
    text: 'Max open files            1024                 524288               files',
    want: [],
  },
  { name: 'cut in the columns', text: 'Max open files            1024\n', want: [] },
  {
    name: 'columns moved',
    text: 'Max open files        1024                 524288               files     \n',
    want: [],
  },
  {
    name: 'not a number',
    text: 'Max open files            many                 524288               files     \n',
    want: [],
  },
  {
    name: 'no name',
    text: '                          1024                 524288               files     \n',
    want: [],
  },
  { name: 'binary', text: '\x00\xff\n', want: [] },
];

describe('parseLimits', () => {
  it.each(cases)('$name', ({ text, want }) => {
    expect([...parseLimits(text)]).toEqual(want);
  });
});

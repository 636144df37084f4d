import { describe, expect, it } from 'vitest';
import { parseLocks } from '../../../src/probe/parse/locks.ts';

const cases = [
  { name: 'none', text: '', want: [] },
  {
    name: 'of two filesystems, one that waits',
    text:
      '1: POSIX  ADVISORY  WRITE 40 fe:00:100 0 EOF\n' +
      '1: -> POSIX  ADVISORY  WRITE 41 fe:00:100 0 EOF\n' +
      '2: FLOCK  ADVISORY  WRITE 42 fe:00:101 0 EOF\n' +
      '3: LEASE  ACTIVE    READ  43 00:17:7 0 EOF\n',
    want: [
      ['254:0', ['100', '101']],
      ['0:23', ['7']],
    ],
  },
  { name: 'one that names no inode', text: '1: POSIX  ADVISORY  READ 40 <none>:0 0 EOF\n', want: undefined },
  { name: 'cut', text: '1: POSIX  ADVISORY  WRITE 40 fe:00:1', want: undefined },
  { name: 'binary', text: '\x00\xff\n', want: undefined },
];

describe('parseLocks', () => {
  it.each(cases)('$name', ({ text, want }) => {
    const locked = parseLocks(text);
    expect(locked && [...locked].map(([device, inodes]) => [device, [...inodes]])).toEqual(want);
  });
});

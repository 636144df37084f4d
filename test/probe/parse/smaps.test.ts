import { describe, expect, it } from 'vitest';
import { parseSmapsFlags } from '../../../src/probe/parse/smaps.ts';

const stack =
  '7fff90c46000-7fff90c67000 rw-p 00000000 00:00 0                          [stack]\n' +
  'Size:                132 kB\nKernelPageSize:        4 kB\nRss:                  64 kB\nTHPeligible:           0\n' +
  'VmFlags: rd wr mr mw me gd ac \n';
const stackRow = {
  start: 0x7fff90c46000n,
  end: 0x7fff90c67000n,
  vmFlags: ['rd', 'wr', 'mr', 'mw', 'me', 'gd', 'ac'],
};
const vsyscall =
  'ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\nSize:                  4 kB\nVmFlags: ex \n';
const vsyscallRow = { start: 0xffffffffff600000n, end: 0xffffffffff601000n, vmFlags: ['ex'] };

const cases = [
  { name: 'two mappings', text: stack + vsyscall, rows: [stackRow, vsyscallRow], bad: 0 },
  {
    name: 'no flags set',
    text: '1000-2000 ---p 0 00:00 0 \nVmFlags: \n',
    rows: [{ start: 0x1000n, end: 0x2000n, vmFlags: [] }],
    bad: 0,
  },
  {
    name: 'unknown lines after the flags',
    text: `${stack}New: 1 kB\n${vsyscall}`,
    rows: [stackRow, vsyscallRow],
    bad: 0,
  },
  {
    name: 'a path that says VmFlags',
    text: stack.replace('[stack]', '/VmFlags: io'),
    rows: [stackRow],
    bad: 0,
  },
  { name: 'empty', text: '', rows: [], bad: 0 },
  { name: 'cut before the flags', text: stack + vsyscall.slice(0, 90), rows: [stackRow], bad: 1 },
  { name: 'cut in the flags', text: (stack + vsyscall).slice(0, -2), rows: [stackRow], bad: 1 },
  { name: 'flags without a range', text: `x\nVmFlags: rd\n${stack}`, rows: [stackRow], bad: 1 },
  { name: 'flags and nothing else', text: 'VmFlags: rd\n', rows: [], bad: 1 },
  { name: 'binary', text: '\x00\n\xff', rows: [], bad: 1 },
];

describe('parseSmapsFlags', () => {
  it.each(cases)('$name', ({ text, rows, bad }) => {
    expect(parseSmapsFlags(text)).toEqual({ rows, bad });
  });
});

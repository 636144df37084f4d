import { describe, expect, it } from 'vitest';
import { parsePidStatus } from '../../../src/probe/parse/pid-status.ts';

const text = [
  'Name:\tpython3',
  'Umask:\t0022',
  'State:\tR (running)',
  'Tgid:\t4346',
  'Ngid:\t0',
  'Pid:\t4347',
  'PPid:\t4341',
  'TracerPid:\t12',
  'Uid:\t1\t2\t3\t4',
  'Gid:\t5\t6\t7\t4294967294',
  'FDSize:\t256',
  'Groups:\t27 44 ',
  'NStgid:\t4346\t7',
  'NSpid:\t4347\t8',
  'NSpgid:\t4341\t1',
  'NSsid:\t3714\t0',
  'VmSize:\t   19828 kB',
  'Threads:\t2',
  'SigPnd:\t0000000000000200',
  'ShdPnd:\t8000000000000001',
  'CapEff:\t000001fffeffffff',
  'Seccomp:\t2',
  'Mems_allowed:\t00000000,00000001',
  'untag_mask:\t0xffffffffffffffff',
  '',
].join('\n');

const want = {
  tgid: 4346,
  tracerPid: 12,
  uids: [1, 2, 3, 4],
  gids: [5, 6, 7, 4294967294],
  groups: [27, 44],
  nsTgid: [4346, 7],
  nsPid: [4347, 8],
  nsPgid: [4341, 1],
  nsSid: [3714, 0],
  seccomp: 2,
  capEff: 0x1fffeffffffn,
  sigPnd: 0x200n,
  shdPnd: 0x8000000000000001n,
  threads: 2,
  vmSizeKb: 19828,
};

const without = (key: string) => text.replace(new RegExp(`^${key}:.*\n`, 'm'), '');
const withValue = (key: string, value: string) =>
  text.replace(new RegExp(`^${key}:.*`, 'm'), `${key}:\t${value}`);

const cases = [
  { name: 'thread', text, want },
  { name: 'no groups', text: withValue('Groups', ' '), want: { ...want, groups: [] } },
  { name: 'zombie, no memory', text: without('VmSize'), want: { ...want, vmSizeKb: undefined } },
  { name: 'kernel without seccomp', text: without('Seccomp'), want: { ...want, seccomp: undefined } },
  { name: 'kernel without pid namespaces', text: without('NSpid'), want: { ...want, nsPid: undefined } },
  { name: 'a line without a colon is passed over', text: `x\n${text}`, want },
  { name: 'the first of two counts', text: `${text}Tgid:\t1\n`, want },
  { name: 'empty', text: '', want: undefined },
  { name: 'last line cut', text: text.slice(0, -1), want: undefined },
  { name: 'cut after a line', text: text.slice(0, text.indexOf('CapEff')), want: undefined },
  { name: 'no tracer', text: without('TracerPid'), want: undefined },
  { name: 'no groups line', text: without('Groups'), want: undefined },
  { name: 'three ids', text: withValue('Uid', '1\t2\t3'), want: undefined },
  { name: 'five ids', text: withValue('Gid', '1\t2\t3\t4\t5'), want: undefined },
  { name: 'id not a number', text: withValue('Uid', '1\t2\t3\tx'), want: undefined },
  { name: 'threads not a number', text: withValue('Threads', '-1'), want: undefined },
  { name: 'mask not hexadecimal', text: withValue('SigPnd', 'x'), want: undefined },
  { name: 'mask above 64 bits', text: withValue('CapEff', '0'.repeat(17)), want: undefined },
  { name: 'optional line garbled', text: withValue('Seccomp', 'x'), want: undefined },
  { name: 'size without its unit', text: withValue('VmSize', '19828'), want: undefined },
  { name: 'binary', text: '\x00\xff:\n', want: undefined },
];

describe('parsePidStatus', () => {
  it.each(cases)('$name', ({ text, want }) => {
    const got = parsePidStatus(text);
    const { fields: _, ...typed } = got ?? {};
    expect(got && typed).toEqual(want);
  });

  it('keeps every line as text', () => {
    const fields = parsePidStatus(withValue('Name', ' a\\nb: \xa0'))?.fields;
    expect(fields?.get('Name')).toBe(' a\\nb: \xa0');
    expect(fields?.get('State')).toBe('R (running)');
    expect(fields?.get('VmSize')).toBe('19828 kB');
    expect(fields?.get('untag_mask')).toBe('0xffffffffffffffff');
    expect(fields?.size).toBe(24);
  });
});

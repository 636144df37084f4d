import { describe, expect, it } from 'vitest';
import { parsePidStat } from '../../../src/probe/parse/pid-stat.ts';

const tail =
  'R 4341 4340 3714 34817 -1 4194560 3223 6493 22 2 6 5 4 3 20 0 5 0 171615 20303872 3848 18446744073709551615 ' +
  '94237086744576 94237086744917 140735622305008 0 0 0 0 16781312 2 0 0 0 17 1 0 2 0 0 0 94237086756272 94237086756888 ' +
  '94237831458816 140735622310129 140735622310184 140735622310184 140735622311887 256\n';
const base = {
  pid: 4346,
  comm: 'python3',
  state: 'R',
  ppid: 4341,
  pgrp: 4340,
  session: 3714,
  ttyNr: 34817,
  tpgid: -1,
  flags: 4194560,
  numThreads: 5,
  startTimeTicks: '171615',
  processor: 1,
  policy: 2,
  exitCode: 256,
};
const line = (comm: string) => `4346 (${comm}) ${tail}`;

const cases = [
  { name: 'process', text: line('python3'), want: base },
  { name: 'spaces and parentheses', text: line(') R 1 (a) '), want: { ...base, comm: ') R 1 (a) ' } },
  { name: 'newline and bytes', text: line('a\n\xc3\xa0 ('), want: { ...base, comm: 'a\n\xc3\xa0 (' } },
  { name: 'empty name', text: line(''), want: { ...base, comm: '' } },
  {
    name: 'start time of 64 bits',
    text: line('a').replace('171615', '18446744073709551615'),
    want: { ...base, comm: 'a', startTimeTicks: '18446744073709551615' },
  },
  { name: 'fields of the future', text: line('python3').replace('\n', ' 7 8\n'), want: base },
  { name: 'empty', text: '', want: undefined },
  { name: 'cut in the last number', text: line('a').slice(0, -2), want: undefined },
  { name: 'cut in the name', text: '4346 (pyth', want: undefined },
  { name: '51 fields', text: line('a').replace(' 256\n', '\n'), want: undefined },
  { name: 'no name', text: `4346 ${tail}`, want: undefined },
  { name: 'pid not a number', text: `x${line('a')}`, want: undefined },
  { name: 'state of two letters', text: line('a').replace(' R ', ' RR '), want: undefined },
  { name: 'parent not a number', text: line('a').replace('4341', '-'), want: undefined },
  { name: 'start time not a number', text: line('a').replace('171615', '1.5'), want: undefined },
  { name: 'binary', text: '\x00 (\xff) \n', want: undefined },
];

describe('parsePidStat', () => {
  it.each(cases)('$name', ({ text, want }) => {
    expect(parsePidStat(text)).toEqual(want);
  });
});

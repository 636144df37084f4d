import { describe, expect, it } from 'vitest';
import { parseLock } from '../../../src/probe/parse/lock.ts';

const base = {
  id: 1,
  waiting: false,
  type: 'POSIX',
  mode: 'ADVISORY',
  access: 'WRITE',
  pid: 123,
  device: '0:46',
  inode: '5',
  start: '0',
  end: 'EOF',
};

const cases = [
  { name: 'posix', text: '1: POSIX  ADVISORY  WRITE 123 00:2e:5 0 EOF', want: base },
  {
    name: 'a range',
    text: '2: POSIX  ADVISORY  WRITE 4346 fe:00:2146350 5 14',
    want: { ...base, id: 2, pid: 4346, device: '254:0', inode: '2146350', start: '5', end: '14' },
  },
  {
    name: 'waiter',
    text: '1: -> POSIX  ADVISORY  WRITE 123 00:2e:5 0 EOF',
    want: { ...base, waiting: true },
  },
  {
    name: 'waiter of a waiter',
    text: '1:  -> POSIX  ADVISORY  WRITE 123 00:2e:5 0 EOF',
    want: { ...base, waiting: true },
  },
  {
    name: 'flock',
    text: '1: FLOCK  ADVISORY  READ 4346 fe:00:2146350 0 EOF',
    want: { ...base, type: 'FLOCK', access: 'READ', pid: 4346, device: '254:0', inode: '2146350' },
  },
  {
    name: 'old share lock',
    text: '1: FLOCK  MSNFS     RW    123 00:2e:5 0 EOF',
    want: { ...base, type: 'FLOCK', mode: 'MSNFS', access: 'RW' },
  },
  {
    name: 'open file description',
    text: '1: OFDLCK ADVISORY  WRITE -1 00:2e:5 0 EOF',
    want: { ...base, type: 'OFDLCK', pid: -1 },
  },
  {
    name: 'lease',
    text: '1: LEASE  ACTIVE    READ 123 00:2e:5 0 EOF',
    want: { ...base, type: 'LEASE', mode: 'ACTIVE', access: 'READ' },
  },
  {
    name: 'lease breaking',
    text: '1: LEASE  BREAKING  UNLCK 123 00:2e:5 0 EOF',
    want: { ...base, type: 'LEASE', mode: 'BREAKING', access: 'UNLCK' },
  },
  {
    name: 'delegation',
    text: '1: DELEG  ACTIVE    READ 123 00:2e:5 0 EOF',
    want: { ...base, type: 'DELEG', mode: 'ACTIVE', access: 'READ' },
  },
  {
    name: 'no inode',
    text: '1: POSIX  *NOINODE* WRITE 123 <none>:0 0 EOF',
    want: { ...base, mode: '*NOINODE*', device: undefined, inode: undefined },
  },
  {
    name: 'minor of three digits',
    text: '1: POSIX  ADVISORY  WRITE 123 00:1a2:5 0 EOF',
    want: { ...base, device: '0:418' },
  },
  { name: 'cut', text: '1: POSIX  ADVISORY  WRITE 123 00:2e:5 0', want: undefined },
  { name: 'cut in EOF', text: '1: POSIX  ADVISORY  WRITE 123 00:2e:5 0 EO', want: undefined },
  { name: 'more after it', text: '1: POSIX  ADVISORY  WRITE 123 00:2e:5 0 EOF 1', want: undefined },
  { name: 'no id', text: 'POSIX  ADVISORY  WRITE 123 00:2e:5 0 EOF', want: undefined },
  { name: 'id not a number', text: 'x: POSIX  ADVISORY  WRITE 123 00:2e:5 0 EOF', want: undefined },
  { name: 'pid not a number', text: '1: POSIX  ADVISORY  WRITE x 00:2e:5 0 EOF', want: undefined },
  { name: 'no device', text: '1: POSIX  ADVISORY  WRITE 123 5 0 EOF', want: undefined },
  { name: 'inode not a number', text: '1: POSIX  ADVISORY  WRITE 123 00:2e:x 0 EOF', want: undefined },
  { name: 'start not a number', text: '1: POSIX  ADVISORY  WRITE 123 00:2e:5 x EOF', want: undefined },
  { name: 'empty', text: '', want: undefined },
];

describe('parseLock', () => {
  it.each(cases)('$name', ({ text, want }) => {
    expect(parseLock(text)).toEqual(want);
  });
});

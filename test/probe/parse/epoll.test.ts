import { describe, expect, it } from 'vitest';
import { parseTargets, parseTfd } from '../../../src/probe/parse/epoll.ts';

const pipe = {
  fd: 6,
  events: '80000019',
  data: '6',
  pos: '0',
  inode: '9393',
  device: { major: 0, minor: 15 },
};

const cases = [
  { name: 'pipe', text: '6 events: 80000019 data:                6  pos:0 ino:24b1 sdev:f', want: pipe },
  { name: 'blanks before', text: '       6 events: 80000019 data: 6  pos:0 ino:24b1 sdev:f', want: pipe },
  {
    name: 'large device, 64-bit inode and data, negative position',
    text: '12 events:       19 data: ffff8881deadbeef  pos:-1 ino:ffffffffffffffff sdev:fe00001',
    want: {
      fd: 12,
      events: '19',
      data: 'ffff8881deadbeef',
      pos: '-1',
      inode: '18446744073709551615',
      device: { major: 254, minor: 1 },
    },
  },
  { name: 'before 4.13', text: '6 events: 80000019 data:                6 ', want: undefined },
  { name: 'cut', text: '6 events: 80000019 data:                6  pos:0 ino:24b1 sdev:', want: undefined },
  { name: 'fd not decimal', text: 'a events: 19 data: 6  pos:0 ino:24b1 sdev:f', want: undefined },
  { name: 'negative fd', text: '-1 events: 19 data: 6  pos:0 ino:24b1 sdev:f', want: undefined },
  { name: 'events not hexadecimal', text: '6 events: z data: 6  pos:0 ino:24b1 sdev:f', want: undefined },
  { name: 'no data', text: '6 events: 19 data:   pos:0 ino:24b1 sdev:f', want: undefined },
  { name: 'position not a number', text: '6 events: 19 data: 6  pos:x ino:24b1 sdev:f', want: undefined },
  {
    name: 'inode above 64 bits',
    text: '6 events: 19 data: 6  pos:0 ino:11111111111111111 sdev:f',
    want: undefined,
  },
  { name: 'device above 32 bits', text: '6 events: 19 data: 6  pos:0 ino:1 sdev:100000000', want: undefined },
  { name: 'more after it', text: '6 events: 19 data: 6  pos:0 ino:1 sdev:f x', want: undefined },
  { name: 'empty', text: '', want: undefined },
];

describe('parseTfd', () => {
  it.each(cases)('$name', ({ text, want }) => {
    expect(parseTfd(text)).toEqual(want);
  });
});

it('of one eventpoll each is counted among those of its number, as kcmp(2) does', () => {
  const line = (fd: number) => `${fd} events: 19 data: 6  pos:0 ino:1 sdev:f`;
  const targets = parseTargets([line(6), line(7), 'x', line(6), line(6), line(7)]);
  expect(targets.map(({ fd, offset }) => [fd, offset])).toEqual([
    [6, 0],
    [7, 0],
    [6, 1],
    [6, 2],
    [7, 1],
  ]);
  expect(parseTargets()).toEqual([]);
});

import { expect, it } from 'vitest';
import { parseFdinfo } from '../../src/probe/parse/fdinfo.ts';
import { realProc } from '../../src/probe/proc.ts';
import { createPseudoLinks, ownFiles } from '../../src/probe/pseudo-links.ts';
import { fdinfoHead } from '../support/fake-process.ts';

const fdinfo = (mntId: number, ino: string, more = '') => {
  const parsed = parseFdinfo(fdinfoHead({ mntId, ino }) + more);
  if (parsed === undefined) throw new Error('no fdinfo');
  return parsed;
};

it('tells the link of a pipe or socket by one of its mount of our own, and of nothing else', () => {
  let looks = 0;
  const links = createPseudoLinks(function* () {
    looks += 1;
    yield ['pipe:[5]', fdinfo(16, '5')];
    yield ['socket:[6]', fdinfo(10, '6')];
    yield ['/data/x', fdinfo(27, '7')];
    yield ['anon_inode:[eventfd]', fdinfo(17, '8')];
    // its number was used again between the two reads
    yield ['pipe:[5]', fdinfo(30, '9')];
  });
  expect(looks).toBe(0);
  expect([16, 10, 27, 17, 30].map((mntId) => links.of(fdinfo(mntId, '77')))).toEqual([
    'pipe:[77]',
    'socket:[77]',
    undefined,
    undefined,
    undefined,
  ]);
  expect(looks).toBe(1);
});

it.each([
  ['anon_inode:[eventfd]', 'eventfd-count:                0\neventfd-id: 1\n'],
  [
    'anon_inode:[eventpoll]',
    'tfd:        3 events:       19 data:                3  pos:0 ino:40e sdev:10\n',
  ],
  ['anon_inode:inotify', 'inotify wd:1 ino:3f7e8 sdev:fe00000 mask:2 ignored_mask:0\n'],
  ['anon_inode:[timerfd]', 'clockid: 1\nticks: 0\n'],
  ['anon_inode:[signalfd]', 'sigmask:\t0000000000000001\n'],
])('tells %s by its line, once the mount of anonymous inodes was seen', (text, lines) => {
  const [own, eventfd] = [fdinfo(17, '8', lines), fdinfo(17, '8', 'eventfd-count: 0\n')];
  // another file had its number by the time the link was read
  const none = createPseudoLinks(() => [
    ['anon_inode:[io_uring]', eventfd],
    ['/data/eventfd', eventfd],
  ]);
  expect(none.of(own)).toBeUndefined();
  const links = createPseudoLinks(() => [['anon_inode:[eventfd]', eventfd]]);
  expect(links.of(own)).toBe(text);
  expect(links.of(fdinfo(27, '8', lines))).toBeUndefined();
  expect(
    links.of(fdinfo(17, '8', `lock:\t1: FLOCK  ADVISORY  WRITE 7 00:0e:8 0 EOF\n${lines}`)),
  ).toBeUndefined();
  expect(links.of(fdinfo(17, '8', 'unheard-of: 1\n'))).toBeUndefined();
  expect(links.of(fdinfo(17, '8'))).toBeUndefined();
});

it('reads the link where fdinfo has no inode', () => {
  const links = createPseudoLinks(() => [['pipe:[5]', fdinfo(16, '5')]]);
  const before514 = parseFdinfo('pos:\t0\nflags:\t02\nmnt_id:\t16\n');
  expect(before514 && links.of(before514)).toBeUndefined();
});

it('has all sorts among the files of the agent', () => {
  const seen = [...ownFiles(realProc())];
  const links = createPseudoLinks(() => seen);
  for (const [text, info] of seen.filter(([text]) => /^(pipe|socket|anon_inode:\[eventfd)/.test(text)))
    expect(links.of(info)).toBe(text);
  const sorts = new Set(seen.map(([text]) => text.replace(/\d+/, '')));
  for (const sort of ['pipe:[]', 'anon_inode:[eventfd]']) expect(sorts).toContain(sort);
});

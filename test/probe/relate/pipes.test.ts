import { describe, expect, it } from 'vitest';
import { type Fd, see } from '../../support/world.ts';

const pipe = (inode: number, flags = '0', lines = ''): Fd => ({
  link: `pipe:[${inode}]`,
  flags,
  ino: String(inode),
  lines,
});
const asks = ['readablePipes', 'autofsPipe', 'otherEndInTree', 'readByAnother'];
const path = '010000000';

describe('pipes', () => {
  it('those that can be read are counted once, however many hold them', () => {
    const fds = { 3: pipe(10), 4: pipe(10), 5: pipe(11, '01'), 6: pipe(12, '02'), 7: pipe(13, '04000') };
    expect(see({ 7: { fds }, 8: { ppid: 7, fds: { 3: pipe(10) } } }, { asks }).facts(7).readablePipes).toBe(
      3,
    );
  });

  it.each<[string, Fd[], Fd[], boolean]>([
    ['both ends in one process', [pipe(10), pipe(10, '01')], [], true],
    ['the writer in a child', [pipe(10)], [pipe(10, '01')], true],
    ['one fd for both', [pipe(10, '02')], [], true],
    ['the writer outside', [pipe(10)], [pipe(11, '01')], false],
    ['the reader outside', [pipe(10, '01')], [], false],
    ['an O_PATH fd is no end', [pipe(10), pipe(10, path)], [], false],
  ])('%s', (_, own, of, inside) => {
    const { fd } = see({ 7: { fds: { ...own } }, 8: { ppid: 7, fds: { ...of } } }, { asks });
    expect(fd(7, 0).facts.otherEndInTree).toBe(inside);
  });

  it('an O_PATH fd knows whether what is in it was saved through an earlier one', () => {
    const fds = { 3: pipe(10, path), 4: pipe(10), 5: pipe(10, path), 6: pipe(11, '01'), 7: pipe(11, path) };
    const { fd } = see({ 7: { fds } }, { asks });
    expect([3, 5, 7].map((number) => fd(7, number).facts.readByAnother)).toEqual([false, true, false]);
  });

  it('an automounter is asked through one that is in packet mode by right', () => {
    const mountinfo =
      '27 1 254:0 / / rw - ext4 /dev/vda rw\n50 27 0:60 / /auto rw - autofs auto rw,fd=5,pgrp=7,pipe_ino=10,indirect\n';
    const { fd } = see(
      { 7: { fds: { 3: pipe(10, '040001'), 4: pipe(11, '040001') } } },
      { asks, more: { texts: { '7/mountinfo': mountinfo, '1/mountinfo': mountinfo } } },
    );
    expect([3, 4].map((number) => fd(7, number).facts.autofsPipe)).toEqual([true, false]);
  });
});

import { expect, it } from 'vitest';
import { parseFdinfo } from '../../src/probe/parse/fdinfo.ts';
import { parseLink } from '../../src/probe/parse/link.ts';
import { createPseudoLinks } from '../../src/probe/pseudo-links.ts';
import { fdinfoHead } from '../support/fake-process.ts';

const fdinfo = (mntId: number, ino: string) => {
  const parsed = parseFdinfo(fdinfoHead({ mntId, ino }));
  if (parsed === undefined) throw new Error('no fdinfo');
  return parsed;
};

it('tells the link of a pipe or socket once one of its mount was seen, and of nothing else', () => {
  const links = createPseudoLinks();
  expect(links.of(fdinfo(16, '5'))).toBeUndefined();
  links.learn(parseLink('pipe:[5]'), fdinfo(16, '5'));
  links.learn(parseLink('socket:[6]'), fdinfo(10, '6'));
  links.learn(parseLink('/data/x'), fdinfo(27, '7'));
  links.learn(parseLink('anon_inode:[eventfd]'), fdinfo(17, '8'));
  // its number was used again between the two reads
  links.learn(parseLink('pipe:[5]'), fdinfo(30, '9'));
  expect([16, 10, 27, 17, 30].map((mntId) => links.of(fdinfo(mntId, '77')))).toEqual([
    'pipe:[77]',
    'socket:[77]',
    undefined,
    undefined,
    undefined,
  ]);
});

it('reads the link where fdinfo has no inode', () => {
  const links = createPseudoLinks();
  links.learn(parseLink('pipe:[5]'), fdinfo(16, '5'));
  const before514 = parseFdinfo('pos:\t0\nflags:\t02\nmnt_id:\t16\n');
  expect(before514 && links.of(before514)).toBeUndefined();
});

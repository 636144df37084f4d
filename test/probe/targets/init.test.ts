import { expect, it } from 'vitest';
import { someLive } from '../../../src/probe/targets/init.ts';
import { errno, fakeProc } from '../../support/fake-proc.ts';
import { statLine } from '../../support/fake-process.ts';

it.each([
  ['lives', statLine(7), true],
  ['is dead', statLine(7, { state: 'Z' }), false],
  ['may not be read', errno('EACCES'), true],
  ['is gone', errno('ENOENT'), false],
  ['went while it was read', errno('ESRCH'), false],
])('a container whose one process %s', (_, stat, live) => {
  expect(someLive(fakeProc({ texts: { '7/stat': stat } }), [7])).toBe(live);
});

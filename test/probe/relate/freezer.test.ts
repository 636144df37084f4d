import { expect, it } from 'vitest';
import { see, type World } from '../../support/world.ts';

const asks = ['stoppedInFreezer'];
const own = '/pod/a';
const v1 = (path: string) => `4:freezer:${path}\n3:memory:/elsewhere\n0::/\n`;
const v2 = (path: string) => `0::${path}\n`;
const world: World = { 7: {}, 8: { ppid: 7 }, 30: {} };

function seen(groups: Readonly<Record<number, string>>, more: World = {}, cgroup: string | null = own) {
  const texts = Object.fromEntries(Object.entries(groups).map(([pid, text]) => [`${pid}/cgroup`, text]));
  const members = cgroup === null ? [] : [7, 8, 30];
  return see({ ...world, ...more }, { asks, members, cgroup: cgroup ?? undefined, more: { texts } }).facts;
}

it.each([
  ['v1', v1, true],
  ['v2', v2, false],
] as const)('%s: a stopped process of the tree, and one beside it', (_, at, hangs) => {
  const all = { 7: at(own), 8: at(own), 30: at(own) };
  const facts = seen(all, { 8: { ppid: 7, state: 'T' }, 30: { state: 'T' } });
  expect(facts(8)).toMatchObject({ stoppedInFreezer: hangs });
  expect(facts(7).outsidersInTheWay).toEqual(hangs ? ['30 (job) stopped'] : undefined);
  expect(seen(all)(7)).not.toHaveProperty('outsidersInTheWay');
});

it('what CRIU cannot seize beside the tree', () => {
  const all = { 7: v2(own), 8: v2(own), 30: v2(own) };
  expect(seen(all, { 30: { state: 'D' } })(7).outsidersInTheWay).toEqual([
    '30 (job) in an uninterruptible sleep',
  ]);
  const status =
    'Name:\tjob\nState:\tS (sleeping)\nTgid:\t30\nPid:\t30\nPPid:\t1\nTracerPid:\t5\nUid:\t0\t0\t0\t0\n' +
    'Gid:\t0\t0\t0\t0\nFDSize:\t256\nGroups:\t \nVmSize:\t    3060 kB\nThreads:\t1\nSigPnd:\t0000000000000000\n' +
    'ShdPnd:\t0000000000000000\nCapEff:\t0000000000000000\nSeccomp:\t0\n';
  expect(seen(all, { 30: { status } })(7).outsidersInTheWay).toEqual(['30 (job) traced by 5']);
  expect(seen(all, { 30: { status: 'none' } })(7).outsidersInTheWay).toBeNull();
  expect(seen(all, { 30: { state: 'Z' } })(7)).not.toHaveProperty('outsidersInTheWay');
});

it.each([
  [own, own, false],
  [own, `${own}/below`, false],
  [own, '/pod/ab', true],
  // a systemd of the container's
  [`${own}/init.scope`, `${own}/system.slice`, false],
])('the root in %s and a child in %s', (root, child, outside) => {
  for (const at of [v1, v2]) {
    expect(seen({ 7: at(root), 8: at(child), 30: at(own) })(8).outsideFreezer).toBe(outside);
  }
});

it('without a cgroup that was asked for a child elsewhere may be where it should', () => {
  expect(seen({ 7: v1(own), 8: v1('/b') }, {}, null)(8).outsideFreezer).toBeNull();
  expect(seen({ 7: v1(own), 8: v1(own) }, {}, null)(8).outsideFreezer).toBe(false);
});

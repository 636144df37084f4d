import { expect, it } from 'vitest';
import { see, type World } from '../../support/world.ts';

const asks = ['hasOutsiders'];
const world: World = { 7: {}, 8: { ppid: 7 }, 30: {}, 31: { state: 'Z' } };

it('names what is in the cgroup and not below the root, but no zombie and nothing that is gone', () => {
  const { facts } = see(world, { asks, members: [7, 8, 30, 31, 32] });
  expect(facts(7)).toMatchObject({ hasOutsiders: true, outsiders: ['30 (job)'] });
  expect(facts(8)).not.toHaveProperty('hasOutsiders');
});

it('a cgroup of the tree alone has none', () => {
  expect(see(world, { asks, members: [8, 7] }).facts(7)).toMatchObject({
    hasOutsiders: false,
    outsiders: [],
  });
});

it('says nothing where no cgroup was looked at', () => {
  expect(see(world, { asks }).facts(7)).not.toHaveProperty('hasOutsiders');
});

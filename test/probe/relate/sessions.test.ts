import { expect, it } from 'vitest';
import { type Member, see } from '../../support/world.ts';

it.each<[string, Member, unknown]>([
  ['leads its own', { session: 8 }, 'self'],
  ['is in that of the root', { session: 7 }, 'inside'],
  ['is in that of a live process outside', { session: 30 }, 'outside'],
  ['is in that of a process that is gone', { session: 31 }, 'gone'],
])('a process that %s', (_, member, leader) => {
  const world = { 7: {}, 8: { ppid: 7, ...member }, 30: {} };
  expect(see(world, { asks: ['sessionLeader'] }).facts(8).sessionLeader).toBe(leader);
});

it('is not looked for where the policy does not ask', () => {
  expect(see({ 7: {} }).facts(7)).not.toHaveProperty('sessionLeader');
});

import { describe, expect, it } from 'vitest';
import { type Fd, see, type World } from '../../support/world.ts';

const asks = ['nestedNamespaces', 'namespaceInTree', 'innerNamespaces', 'timeForChildrenDiffers'];
const single = ['uts', 'ipc', 'pid', 'user', 'cgroup', 'time'];
const facts = (world: World, pid: number) => see(world, { asks }).facts(pid);

describe('namespaces of a member', () => {
  it.each(single)('a %s namespace below the root is nested, whatever the root is in', (type) => {
    expect(facts({ 7: {}, 8: { ppid: 7, ns: { [type]: 9001 } } }, 8).nestedNamespaces).toEqual([type]);
    expect(
      facts({ 7: { ns: { [type]: 9000 } }, 8: { ppid: 7, ns: { [type]: 9001 } } }, 8).nestedNamespaces,
    ).toEqual([type]);
  });

  it.each(single)('%s: the same as the root has, or that of the engine, is not', (type) => {
    const world = { 7: { ns: { [type]: 9000 } }, 8: { ppid: 7, ns: { [type]: 9000 } }, 9: { ppid: 7 } };
    expect(facts(world, 7).nestedNamespaces).toEqual([]);
    expect(facts(world, 8).nestedNamespaces).toEqual([]);
    expect(facts(world, 9).nestedNamespaces).toEqual([]);
  });

  it.each(['net', 'mnt'])(
    'an own %s namespace is stray where the root has none, inner where it has',
    (type) => {
      const child = { ppid: 7, ns: { [type]: 9001 } };
      expect(facts({ 7: {}, 8: child }, 8)).toMatchObject({ strayNamespaces: [type], innerNamespaces: [] });
      expect(facts({ 7: { ns: { [type]: 9000 } }, 8: child }, 8)).toMatchObject({
        strayNamespaces: [],
        innerNamespaces: [type],
        nestedNamespaces: [],
      });
    },
  );

  it('its children would be in another', () => {
    const plain = facts({ 7: {} }, 7);
    expect([plain.timeForChildrenDiffers, plain.pidForChildrenDiffers]).toEqual([false, false]);
    const links = { '7/ns/time_for_children': 'time:[9009]', '7/ns/pid_for_children': 'pid:[9008]' };
    const other = see({ 7: {} }, { asks, more: { links } }).facts(7);
    expect([other.timeForChildrenDiffers, other.pidForChildrenDiffers]).toEqual([true, true]);
  });
});

describe('an fd of a namespace', () => {
  const fd = (link: string): Fd => ({ link, ino: /\d+/.exec(link)?.[0] ?? '' });
  it.each<[string, string, boolean]>([
    ['of the process', 'net:[9000]', true],
    ['of a child', 'net:[9001]', true],
    ['of the engine', 'uts:[4026531839]', true],
    ['of nobody', 'net:[9002]', false],
    ['of the right number and another type', 'uts:[9001]', false],
  ])('%s', (_, link, inside) => {
    const world = { 7: { ns: { net: 9000 }, fds: { 3: fd(link) } }, 8: { ppid: 7, ns: { net: 9001 } } };
    expect(see(world, { asks }).fd(7, 3).facts.namespaceInTree).toBe(inside);
  });
});

describe('the id maps of a user namespace', () => {
  it.each<[string, string, string, boolean]>([
    ['map all', '         0          0 4294967295\n', '         0       1000          1\n', false],
    ['are empty', '', '', true],
    ['have no 0', '         1          0          1\n', '         0          0          1\n', true],
    ['have no group 0', '         0          0          1\n', '        10          0          1\n', true],
  ])('%s', (_, uid, gid, missing) => {
    const texts = { '7/uid_map': uid, '7/gid_map': gid };
    expect(see({ 7: { ns: { user: 9000 } } }, { asks, more: { texts } }).facts(7).idMapMissing).toBe(missing);
  });
});

describe('cgroups against the cgroup namespace of the root', () => {
  const cgroups = (own: string, child: string) => ({
    texts: { '7/cgroup': `0::${own}\n`, '8/cgroup': `0::${child}\n` },
  });
  const world = { 7: { ns: { cgroup: 9000 } }, 8: { ppid: 7, ns: { cgroup: 9000 } } };
  const native = { inCgroupNs: <T>(_: string, act: () => T) => act() };

  it.each([
    ['/', '/a', false],
    ['/', '/../b', true],
    ['/', '/a/..b', false],
  ])('%s and %s', (own, child, outside) => {
    const seen = see(world, { asks: ['cgroupOutside'], native, more: cgroups(own, child) });
    expect([7, 8].map((pid) => seen.facts(pid).cgroupOutside)).toEqual([false, outside]);
  });

  it('cannot be told without the library, and is not asked where there is no own one', () => {
    expect(see(world, { asks: ['cgroupOutside'] }).facts(8).cgroupOutside).toBeNull();
    expect(see({ 7: {} }, { asks: ['cgroupOutside'] }).facts(7)).not.toHaveProperty('cgroupOutside');
  });
});

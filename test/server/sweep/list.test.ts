import { describe, expect, it } from 'vitest';
import type { FindDeps } from '../../../src/probe/targets/containers.ts';
import { listNode, type NodeListing } from '../../../src/server/sweep/list.ts';
import { placeProcesses } from '../../../src/server/sweep/place.ts';
import { fakeNode } from '../../support/fake-folders.ts';
import { statLine } from '../../support/fake-process.ts';

const idOf = (start: string) => start.padEnd(64, '0');
const outer = idOf('aaaa');
const inner = idOf('bbbb');
const docker = (id: string) => `/system.slice/docker-${id}.scope`;

/** With the agent, 900, and the probing process that asks, 901. */
function withAgent(deps: FindDeps, more: Readonly<Record<string, string>> = {}): FindDeps {
  const texts: Readonly<Record<string, string>> = {
    '900/stat': statLine(900, { ppid: 1, start: '900' }),
    '901/stat': statLine(901, { ppid: 900, start: '901' }),
    '2/stat': statLine(2, { ppid: 0, flags: 0x200000 }),
    ...more,
  };
  const names = Object.keys(texts).map((path) => path.split('/')[0] ?? '');
  const { proc } = deps;
  const text = (read: (path: string) => ReturnType<typeof proc.readText>) => (path: string) =>
    texts[path] ?? read(path);
  return {
    ...deps,
    proc: {
      ...proc,
      readText: text(proc.readText),
      readPiece: text(proc.readPiece),
      readLink: (path) => (path === 'self' ? '901' : proc.readLink(path)),
      list: (path) =>
        path === '' ? [...new Set([...(proc.list('') as string[]), ...names])] : proc.list(path),
    },
  };
}

const rows = ({ slices }: NodeListing) =>
  slices.map(({ name, target, processes, members, inside }) => [
    name,
    target.type,
    processes.map(({ pid }) => pid),
    members,
    ...(inside === undefined ? [] : [inside]),
  ]);

const node = fakeNode({
  50: { cgroup: '/system.slice/nginx.service' },
  51: { cgroup: '/system.slice/nginx.service', ppid: 50 },
  60: { cgroup: '/system.slice/pool.service' },
  61: { cgroup: '/system.slice/pool.service' },
  100: { cgroup: docker(outer), nsPid: '100 1' },
  101: { cgroup: docker(outer), ppid: 100, nsPid: '101 2' },
  110: { cgroup: docker(outer), ppid: 60, nsPid: '110 9' },
  111: { cgroup: docker(outer), ppid: 110, nsPid: '111 10' },
  200: { cgroup: `${docker(outer)}/docker/${inner}`, ppid: 101, nsPid: '200 3 1' },
  300: { cgroup: '/' },
  301: { cgroup: '/', ppid: 300 },
  302: { cgroup: '/' },
});

describe('the node in slices', () => {
  const listing = listNode(withAgent(node));

  it('has every process once, but for kernel threads and the agent, which are counted', () => {
    const pids = listing.slices.flatMap(({ processes }) => processes.map(({ pid }) => pid));
    expect(pids.sort((a, b) => a - b)).toEqual([1, 50, 51, 60, 61, 100, 101, 110, 111, 200, 300, 301, 302]);
    expect([listing.kernelThreads, listing.own, listing.unread]).toEqual([1, 2, []]);
  });

  it('a service is its trees, a container what descends from its init, the rest is cut below process 1', () => {
    expect(rows(listing)).toEqual(
      expect.arrayContaining([
        ['nginx.service', 'cgroup', [50, 51], [50, 51]],
        ['pool.service 60', 'cgroup', [60], []],
        ['pool.service 61', 'cgroup', [61], []],
        ['process 300', 'tree', [300, 301], []],
        ['process 302', 'tree', [302], []],
      ]),
    );
    const container = listing.slices.find(({ target }) => target.type === 'container');
    expect(container?.processes[0]).toEqual({ pid: 100, startTimeTicks: '100' });
  });

  it('what was put into a container later is a tree beside it, and known to it', () => {
    expect(rows(listing)).toEqual(
      expect.arrayContaining([[expect.stringMatching(/ 110$/), 'tree', [110, 111], []]]),
    );
    const container = listing.slices.find(({ processes }) => processes[0]?.pid === 100);
    expect(container?.members).toEqual(expect.arrayContaining([100, 101, 110, 111]));
  });

  it('a container none of whose processes may be read is there all the same', () => {
    const { slices } = listNode(
      withAgent(fakeNode({ 70: { cgroup: docker(outer) } }), { '70/stat': 'nothing' }),
    );
    expect(slices.find(({ target }) => target.type === 'container')).toMatchObject({
      processes: [],
      members: [70],
    });
  });
});

describe('who has a process', () => {
  const stats = (parents: Readonly<Record<number, number>>) =>
    new Map(Object.entries(parents).map(([pid, ppid]) => [Number(pid), { ppid }]));
  const container = (initPid: number, pids: readonly number[]) => ({
    identity: { id: String(initPid), runtime: 'docker', role: 'container' as const },
    cgroup: `/${initPid}`,
    pids,
    initPid,
  });
  const place = (
    parents: Readonly<Record<number, number>>,
    found: Partial<Parameters<typeof placeProcesses>[1]>,
  ) =>
    placeProcesses(stats(parents), { containers: [], groups: [], ...found }).map(
      ({ type, of, pids, inside }) => [type, of, pids, ...(inside === undefined ? [] : [inside])],
    );

  it('a container in a container', () => {
    const containers = [container(10, [10, 11, 20, 21, 30]), container(20, [20, 21, 30])];
    expect(place({ 10: 1, 11: 10, 20: 11, 21: 20, 30: 10 }, { containers })).toEqual([
      ['container', 0, [10, 11]],
      ['beside', 1, [30], 0],
      ['container', 1, [20, 21], 0],
    ]);
  });

  it('what descends from a container is its own, whatever cgroup it went to', () => {
    const groups = [{ type: 'unit' as const, cgroup: '/u', name: 'u', pids: [11, 40] }];
    expect(place({ 10: 1, 11: 10, 40: 1 }, { containers: [container(10, [10])], groups })).toEqual([
      ['container', 0, [10, 11]],
      ['service', 0, [40]],
    ]);
  });

  it('a shim and its container', () => {
    const groups = [{ type: 'unit' as const, cgroup: '/u', name: 'containerd.service', pids: [5, 6] }];
    expect(place({ 5: 1, 6: 1, 10: 6 }, { containers: [container(10, [10])], groups })).toEqual([
      ['service', 0, [5]],
      ['service', 0, [6]],
      ['container', 0, [10]],
    ]);
  });

  it('a table that contradicts itself loses nobody', () => {
    const pids = placeProcesses(stats({ 3: 4, 4: 3, 5: 5 }), { containers: [], groups: [] }).flatMap(
      (one) => one.pids,
    );
    expect(pids.sort()).toEqual([3, 4, 5]);
  });
});

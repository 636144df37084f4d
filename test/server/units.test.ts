import { describe, expect, it } from 'vitest';
import { resolveUnits, unitOfInit } from '../../src/server/units.ts';
import { fakeNode } from '../support/fake-folders.ts';

const uid = '5b9a3d7e-1111-4222-8333-444455556666';
const [web, log, pause] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
const pod = (id: string) => `/kubepods/burstable/pod${uid}/${id}`;
const task = '/run/containerd/io.containerd.runtime.v2.task/k8s.io';
const config = (type: string, name: string) =>
  JSON.stringify({
    annotations: {
      'io.kubernetes.cri.container-type': type,
      'io.kubernetes.cri.container-name': name,
      'io.kubernetes.cri.sandbox-uid': uid,
      'io.kubernetes.cri.sandbox-namespace': 'shop',
      'io.kubernetes.cri.sandbox-name': 'cart',
    },
  });
const node = fakeNode(
  {
    100: { cgroup: pod(pause), nsPid: '100 1', comm: 'pause' },
    200: { cgroup: pod(web), nsPid: '200 1' },
    201: { cgroup: pod(web), ppid: 200, nsPid: '201 2' },
    250: { cgroup: pod(web), ppid: 99, nsPid: '250 7' },
    300: { cgroup: pod(log), nsPid: '300 1' },
    400: { cgroup: '/system.slice/nginx.service' },
    401: { cgroup: '/system.slice/nginx.service', ppid: 400 },
    500: { cgroup: '/system.slice/pool.service' },
    501: { cgroup: '/system.slice/pool.service' },
  },
  {
    [`${task}/${pause}/config.json`]: config('sandbox', ''),
    [`${task}/${web}/config.json`]: config('container', 'web'),
    [`${task}/${log}/config.json`]: config('container', 'log'),
  },
);
const rows = (ref: Parameters<typeof resolveUnits>[0]) =>
  resolveUnits(ref, node).units.map(({ name, pid, members }) => [name, pid, members]);

describe('what is asked about becomes trees', () => {
  it('a container is one, with all processes of its cgroup', () => {
    expect(resolveUnits({ type: 'container', id: web }, node)).toMatchObject({
      single: true,
      target: { type: 'container', container: { id: web, name: 'web', role: 'container' }, pod: { uid } },
      units: [{ name: 'shop/cart/web', pid: 200, members: [200, 201, 250] }],
    });
  });

  it('a pod is its containers, and says that its sandbox is left out', () => {
    const resolved = resolveUnits({ type: 'pod', uid }, node);
    expect(resolved).toMatchObject({
      single: false,
      target: { type: 'pod', pod: { uid, namespace: 'shop', name: 'cart' } },
    });
    expect(resolved.units.map(({ pid }) => pid)).toEqual([200, 300]);
    expect(resolved.notes).toContain('not judged: its sandbox cccccccccccc, which is made anew');
  });

  it('a sandbox is judged where it is asked for by its own id', () => {
    expect(rows({ type: 'container', id: pause })).toEqual([['shop/cart/cccccccccccc', 100, [100]]]);
  });

  it('a service of one root is one tree, one of several as many', () => {
    expect(rows({ type: 'cgroup', path: '/system.slice/nginx.service' })).toEqual([
      ['nginx.service', 400, [400, 401]],
    ]);
    const pool = resolveUnits({ type: 'cgroup', path: 'system.slice/pool.service' }, node);
    expect(pool.single).toBe(false);
    expect(pool.units.map(({ pid, members }) => [pid, members])).toEqual([
      [500, []],
      [501, []],
    ]);
  });

  it.each([
    [{ type: 'container', id: 'dddddddd' }, 'ContainerNotFound'],
    [{ type: 'container', id: 'aaaa' }, 'InvalidArgument'],
    [{ type: 'pod', namespace: 'shop', name: 'none' }, 'PodNotFound'],
    [{ type: 'cgroup', path: '/none' }, 'CgroupNotFound'],
  ] as const)('%j is %s', (ref, code) => {
    expect(() => resolveUnits(ref, node)).toThrowError(expect.objectContaining({ code }));
  });

  it('a pod of which only the sandbox runs has nothing to judge', () => {
    const alone = fakeNode(
      { 100: { cgroup: pod(pause), nsPid: '100 1' } },
      { [`${task}/${pause}/config.json`]: config('sandbox', '') },
    );
    expect(() => resolveUnits({ type: 'pod', uid }, alone)).toThrowError(
      expect.objectContaining({
        code: 'PodNotFound',
        message: expect.stringContaining('only its sandbox runs'),
      }),
    );
  });
});

it('a process that is the init of a container brings what else is in it', () => {
  expect(unitOfInit(200, node)).toMatchObject({ members: [200, 201, 250], container: { id: web } });
  expect(unitOfInit(201, node)).toBeUndefined();
});

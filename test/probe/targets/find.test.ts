import { describe, expect, it } from 'vitest';
import { findTarget } from '../../../src/probe/targets/find.ts';
import type { Found } from '../../../src/probe/targets/found.ts';
import { fakeNode } from '../../support/fake-folders.ts';
import { errno, fakeProc } from '../../support/fake-proc.ts';

const uid = '5b9a3d7e-1111-4222-8333-444455556666';
const uidNew = '6c9a3d7e-1111-4222-8333-444455556666';
const idOf = (start: string) => start.padEnd(64, '0');
const web = idOf('aaaabbbb1');
const log = idOf('aaaabbbb2');
const pause = idOf('cccc');
const scope = (pod: string, id: string) =>
  `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${pod.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`;
const task = '/run/containerd/io.containerd.runtime.v2.task/k8s.io';
const annotations = (type: string, name: string) =>
  JSON.stringify({
    annotations: {
      'io.kubernetes.cri.container-type': type,
      'io.kubernetes.cri.container-name': name,
      'io.kubernetes.cri.sandbox-uid': uid,
      'io.kubernetes.cri.sandbox-namespace': 'shop',
      'io.kubernetes.cri.sandbox-name': 'cart-7f9c',
    },
  });
const members = {
  100: { cgroup: scope(uid, pause), nsPid: '100 1', comm: 'pause' },
  200: { cgroup: scope(uid, web), nsPid: '200 1' },
  201: { cgroup: `${scope(uid, web)}/init.scope`, ppid: 200, nsPid: '201 2' },
  250: { cgroup: scope(uid, web), ppid: 99, nsPid: '250 7' },
  300: { cgroup: scope(uid, log), nsPid: '300 1' },
};
const files = {
  [`${task}/${pause}/config.json`]: annotations('sandbox', ''),
  [`${task}/${web}/config.json`]: annotations('container', 'web'),
  [`${task}/${web}/init.pid`]: '200',
  [`${task}/${log}/config.json`]: annotations('container', 'log'),
  [`/var/log/pods/shop_cart-7f9c_${uid}/web/0.log`]: '',
  [`/var/log/pods/shop_cart-7f9c_${uid}/prepare/0.log`]: '',
};
const node = fakeNode(members, files);
const foundIn = (answer: ReturnType<typeof findTarget>): Found => {
  if ('code' in answer) throw new Error(`${answer.code}: ${answer.detail}`);
  return answer;
};

describe('a container', () => {
  it.each([web, `containerd://${web}`, 'aaaabbbb1'])('by %s', (id) => {
    const { containers } = foundIn(findTarget({ type: 'container', id }, node));
    expect(containers).toMatchObject([
      {
        identity: {
          id: web,
          name: 'web',
          role: 'container',
          runtime: 'containerd',
          pod: { uid, namespace: 'shop' },
        },
        pids: [200, 201, 250],
        initPid: 200,
      },
    ]);
  });

  it.each([
    ['aaaabbbb', 'Ambiguous'],
    ['aaaabbb', 'InvalidArgument'],
    ['../x', 'InvalidArgument'],
    ['..', 'InvalidArgument'],
    ['dddddddd', 'ContainerNotFound'],
    ['web', 'ContainerNotFound'],
  ])('%s is %s', (id, code) => {
    expect(findTarget({ type: 'container', id }, node)).toMatchObject({ code });
  });

  it('lists the matches of an ambiguous beginning', () => {
    expect(findTarget({ type: 'container', id: 'aaaabbbb' }, node)).toMatchObject({ matches: [web, log] });
  });

  it('of plain runc goes by its name where its runtime knows it', () => {
    const state = JSON.stringify({ id: 'ab', init_process_pid: 700, init_process_start: 7 });
    const deps = (start: string) =>
      fakeNode({ 700: { cgroup: '/x/ab', start } }, { '/run/runc/ab/state.json': state });
    const answer = foundIn(findTarget({ type: 'container', id: 'ab' }, deps('7')));
    expect(answer.containers).toMatchObject([
      { identity: { id: 'ab', runtime: 'runc' }, ociRuntime: 'runc', initPid: 700, pids: [700] },
    ]);
    expect(findTarget({ type: 'container', id: 'other' }, deps('7'))).toMatchObject({
      code: 'ContainerNotFound',
    });
  });

  it('of plain runc in a cgroup of another name goes by its state, unless the pid is another process now', () => {
    const state = JSON.stringify({ id: 'box', init_process_pid: 700, init_process_start: 7 });
    const deps = (start: string) =>
      fakeNode({ 700: { cgroup: '/some/where', start } }, { '/run/runc/box/state.json': state });
    const ref = { type: 'container', id: 'box' } as const;
    expect(foundIn(findTarget(ref, deps('7'))).containers[0]).toMatchObject({
      cgroup: '/some/where',
      initPid: 700,
    });
    expect(findTarget(ref, deps('8'))).toMatchObject({ code: 'ContainerNotFound' });
  });

  it('in a plain cgroup shows by its pid namespace, where all are in one', () => {
    const ref = { type: 'container', id: 'box' } as const;
    const inside = {
      700: { cgroup: '/box', nsPid: '700 1' },
      701: { cgroup: '/box', nsPid: '701 2', ppid: 9 },
    };
    expect(foundIn(findTarget(ref, fakeNode(inside))).containers).toMatchObject([
      { initPid: 700, pids: [700, 701] },
    ]);
    expect(findTarget(ref, fakeNode({ ...inside, 702: { cgroup: '/box' } }))).toMatchObject({
      code: 'ContainerNotFound',
    });
  });

  it('a plain cgroup without evidence is no container', () => {
    const deps = fakeNode({ 700: { cgroup: '/mine' } });
    expect(findTarget({ type: 'container', id: 'mine' }, deps)).toMatchObject({ code: 'ContainerNotFound' });
  });

  it('is the one with the process of its runtime where another cgroup has taken its name', () => {
    const fake = `/user.slice/user-1000.slice/user@1000.service/docker-${web}.scope`;
    const more = { ...members, 50: { cgroup: fake } };
    const ref = { type: 'container', id: web } as const;
    expect(foundIn(findTarget(ref, fakeNode(more, files))).containers).toMatchObject([{ initPid: 200 }]);
    expect(findTarget(ref, fakeNode(more))).toMatchObject({
      code: 'Ambiguous',
      matches: expect.arrayContaining([fake]),
    });
  });

  it('is not found for sure only where all could be read', () => {
    const proc = fakeProc({ texts: { '1/cgroup': '0::/\n', '5/cgroup': () => errno('EACCES') } });
    const answer = findTarget({ type: 'container', id: web }, { ...node, proc });
    expect(answer).toMatchObject({ code: 'ContainerNotFound', detail: expect.stringContaining('EACCES') });
  });
});

describe('the init of a container', () => {
  const ref = { type: 'container', id: web } as const;
  const init = (more: Parameters<typeof fakeNode>[0], extra = {}) =>
    foundIn(findTarget(ref, fakeNode(more, extra))).containers[0]?.initPid;

  it('is process 1 of its namespace, also when another is older', () => {
    expect(
      init({
        10: { cgroup: scope(uid, web), nsPid: '10 9', start: '1' },
        20: { cgroup: scope(uid, web), nsPid: '20 1' },
      }),
    ).toBe(20);
  });
  it('is the oldest from outside where the namespace is shared', () => {
    expect(
      init({
        10: { cgroup: scope(uid, web), start: '9', ppid: 99 },
        20: { cgroup: scope(uid, web), start: '5', ppid: 98 },
      }),
    ).toBe(20);
  });
  it('is not process 1 of a namespace made within', () => {
    expect(
      init({
        10: { cgroup: scope(uid, web), nsPid: '10' },
        20: { cgroup: scope(uid, web), ppid: 10, nsPid: '20 1' },
      }),
    ).toBe(10);
  });
  it("is not what a process of the node's namespace left in one of its own", () => {
    expect(
      init({ 10: { cgroup: scope(uid, web), nsPid: '10' }, 20: { cgroup: scope(uid, web), nsPid: '20 1' } }),
    ).toBe(10);
  });
  it('is not what was written down for a process that is elsewhere', () => {
    expect(
      init({ 10: { cgroup: scope(uid, web) }, 20: { cgroup: '/x' } }, { [`${task}/${web}/init.pid`]: '20' }),
    ).toBe(10);
  });
});

describe('a pod', () => {
  const named = { type: 'pod', namespace: 'shop', name: 'cart-7f9c' } as const;

  it.each([
    { type: 'pod', uid } as const,
    { type: 'pod', uid: uid.toUpperCase() } as const,
    named,
    { ...named, uid },
  ])('by %o', (ref) => {
    const { pod, containers, notes } = foundIn(findTarget(ref, node));
    expect(pod).toEqual({ uid, namespace: 'shop', name: 'cart-7f9c' });
    expect(containers.map(({ identity }) => identity.role)).toEqual(['sandbox', 'container', 'container']);
    expect(containers.map(({ initPid }) => initPid)).toEqual([100, 200, 300]);
    expect(notes).toEqual([expect.stringMatching(/^not running.*: prepare$/)]);
  });

  it('of which an old one has left its folder', () => {
    const old = { ...files, [`/var/log/pods/shop_cart-7f9c_${uidNew}/web/0.log`]: '' };
    const answer = foundIn(findTarget(named, fakeNode(members, old)));
    expect(answer.pod?.uid).toBe(uid);
    expect(answer.notes.join()).toContain(uidNew);
  });

  const both = fakeNode(
    { ...members, 400: { cgroup: scope(uidNew, idOf('eeee')), nsPid: '400 1' } },
    { ...files, [`/var/log/pods/shop_cart-7f9c_${uidNew}/web/0.log`]: '' },
  );
  it('of which two run is ambiguous unless pinned', () => {
    expect(findTarget(named, both)).toMatchObject({ code: 'Ambiguous', matches: [uid, uidNew] });
    expect(foundIn(findTarget({ ...named, uid: uidNew }, both)).containers).toHaveLength(1);
  });
  it('that was replaced', () => {
    expect(findTarget({ ...named, uid: uidNew }, node)).toMatchObject({ code: 'TargetReplaced' });
  });
  it.each([
    [{ type: 'pod', uid: uidNew }, 'PodNotFound'],
    [{ type: 'pod', uid: '..' }, 'InvalidArgument'],
    [{ type: 'pod', namespace: '..', name: 'x' }, 'InvalidArgument'],
    [{ type: 'pod', namespace: 'shop', name: 'other' }, 'PodNotFound'],
  ] as const)('%o is %s', (ref, code) => {
    expect(findTarget(ref, node)).toMatchObject({ code });
  });
  it('with folders and no process', () => {
    const answer = findTarget(named, fakeNode({}, files));
    expect(answer).toMatchObject({
      code: 'PodNotFound',
      detail: expect.stringContaining('no running container'),
    });
  });
});

describe('a cgroup and the node', () => {
  const pod = scope(uid, web).replace(/\/[^/]*$/, '');
  it.each([pod, pod.slice(1), `/sys/fs/cgroup${pod}`, `${pod}/`])('%s', (path) => {
    expect(foundIn(findTarget({ type: 'cgroup', path }, node)).containers).toHaveLength(3);
  });
  it('a part of a container', () => {
    const answer = foundIn(findTarget({ type: 'cgroup', path: `${scope(uid, web)}/init.scope` }, node));
    expect(answer).toMatchObject({
      containers: [],
      groups: [{ pids: [201] }],
      notes: [`it is part of container ${web}`],
    });
  });
  it.each([
    ['/', 'InvalidArgument'],
    ['/a/../b', 'InvalidArgument'],
    ['/nothing', 'CgroupNotFound'],
    [`${pod}x`, 'CgroupNotFound'],
  ])('%s is %s', (path, code) => {
    expect(findTarget({ type: 'cgroup', path }, node)).toMatchObject({ code });
  });
  it('one v1 hierarchy of several', () => {
    const deps = fakeNode({
      7: { cgroup: '4:memory:/a\n1:name=systemd:/b\n0::/\n' },
      8: { cgroup: '4:memory:/b\n0::/\n' },
    });
    const pids = (path: string) =>
      foundIn(findTarget({ type: 'cgroup', path }, deps)).groups.flatMap((each) => each.pids);
    expect(pids('/sys/fs/cgroup/systemd/b')).toEqual([7]);
    expect(pids('/sys/fs/cgroup/memory/b')).toEqual([8]);
    expect(pids('/b')).toEqual([7, 8]);
  });
  it('the node', () => {
    const answer = foundIn(findTarget({ type: 'node' }, node));
    expect(answer.containers).toHaveLength(3);
    expect(answer.groups).toMatchObject([{ type: 'unit', name: 'init.scope', pids: [1] }]);
  });
});

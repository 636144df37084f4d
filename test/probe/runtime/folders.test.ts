import { describe, expect, it } from 'vitest';
import { findStates, isContainerId } from '../../../src/probe/runtime/folders.ts';
import { detectRuntime, stateFolders } from '../../../src/probe/runtime/index.ts';
import { errno } from '../../support/fake-proc.ts';
import { crunStatus, fakeReader, id, runcState } from './fixture.ts';

const state = runcState();
const crun = (folder: string, config: object = {}) => ({
  [`${folder}/status`]: crunStatus(),
  [`${folder}/config.json`]: JSON.stringify(config),
});

describe('where state lies', () => {
  it.each([
    [`/run/runc/${id}/state.json`, 'runc'],
    [`/run/containerd/runc/k8s.io/${id}/state.json`, 'containerd'],
    [`/run/containerd/runc/default/${id}/state.json`, 'containerd'],
    [`/run/docker/runtime-runc/moby/${id}/state.json`, 'containerd'],
    [`/run/docker/runtime-nvidia/moby/${id}/state.json`, 'containerd'],
  ])('%s', (path, name) => {
    const found = detectRuntime({ id, runtime: 'unknown' }, stateFolders(), fakeReader({ [path]: state }));
    expect(found).toEqual({ name, from: 'state', path: path.replace('/state.json', '') });
  });

  it('crun keeps the configuration beside its status', () => {
    const reader = fakeReader(crun(`/run/crun/${id}`));
    expect(detectRuntime({ id, runtime: 'unknown' }, stateFolders(), reader)?.name).toBe('crun');
  });

  it('containerd may run crun, in the same folder', () => {
    const reader = fakeReader(crun(`/run/containerd/runc/k8s.io/${id}`));
    const { found } = findStates(id, stateFolders(), reader);
    expect(found.map((each) => each.state.runtime)).toEqual(['crun']);
    expect(detectRuntime({ id, runtime: 'unknown' }, stateFolders(), reader)?.name).toBe('containerd');
  });

  it.each([
    ['CRI-O', { 'io.kubernetes.cri-o.ContainerType': 'container' }, 'cri-o'],
    ['podman', { 'io.container.manager': 'libpod' }, 'podman'],
    ['podman pods', { 'io.podman.annotations.label': 'disable' }, 'podman'],
    ['nobody', { 'io.container.manager': 'me' }, 'crun'],
  ])('%s is known by what it writes into the configuration', (_, annotations, name) => {
    const reader = fakeReader(crun(`/run/crun/${id}`, { annotations }));
    expect(detectRuntime({ id, runtime: 'unknown' }, stateFolders(), reader)?.name).toBe(name);
  });

  it.each([
    ['containerd', 'containerd'],
    ['docker', 'containerd'],
    ['cri-o', 'cri-o'],
    ['podman', 'podman'],
  ] as const)('the cgroup says %s', (runtime, name) => {
    const reader = fakeReader({});
    expect(detectRuntime({ id, runtime }, stateFolders(), reader)).toEqual({ name, from: 'cgroup' });
    expect(reader.asked).toEqual([]);
  });

  it.each(['lxc', 'unknown', 'constructor', '__proto__'])(
    '%s without state is nothing we know',
    (runtime) => {
      expect(detectRuntime({ id, runtime }, stateFolders(), fakeReader({}))).toBeUndefined();
    },
  );

  it("the host's /run may be elsewhere", () => {
    const reader = fakeReader({ [`/host/run/runc/${id}/state.json`]: state });
    expect(detectRuntime({ id, runtime: 'unknown' }, stateFolders('/host/run'), reader)?.name).toBe('runc');
  });

  it('what cannot be read or understood is told, and does not hide the rest', () => {
    const { found, troubles } = findStates(
      id,
      stateFolders(),
      fakeReader({
        [`/run/containerd/runc/a/${id}/state.json`]: errno('EACCES'),
        [`/run/containerd/runc/b/${id}/state.json`]: 'nonsense',
        [`/run/containerd/runc/c/${id}/state.json`]: ' '.repeat(5 * 1024 * 1024),
        [`/run/runc/${id}/state.json`]: state,
        [`/run/crun/${id}/status`]: crunStatus(),
      }),
    );
    expect(found).toHaveLength(1);
    expect(troubles).toEqual([
      `/run/containerd/runc/a/${id} could not be read: EACCES`,
      `/run/containerd/runc/b/${id} could not be read: EBADMSG`,
      `/run/containerd/runc/c/${id} could not be read: EFBIG`,
      `/run/crun/${id} could not be read: ENOENT`,
    ]);
  });

  it.each(['', '.', '..', '../x', 'a/b', '/etc', 'a\0b', 'a\nb', 'a b', '*', `${'a'.repeat(1025)}`, 'é'])(
    'the id %j is never part of a path',
    (bad) => {
      const reader = fakeReader({ '/run/runc/state.json': state, '/run/state.json': state });
      expect(isContainerId(bad)).toBe(false);
      expect(findStates(bad, stateFolders(), reader).found).toEqual([]);
      expect(reader.asked).toEqual([]);
    },
  );

  it('a namespace with an odd name is not looked into', () => {
    const reader = fakeReader({ [`/run/containerd/runc/..evil/${id}/state.json`]: state });
    expect(findStates(id, stateFolders(), reader).found).toEqual([]);
  });
});

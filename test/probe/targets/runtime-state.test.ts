import { describe, expect, it } from 'vitest';
import { defaultHostFolders } from '../../../src/probe/targets/folders.ts';
import type { FolderProblem } from '../../../src/probe/targets/pod-folders.ts';
import { readRuntimeState } from '../../../src/probe/targets/runtime-state.ts';
import { fakeFolders } from '../../support/fake-folders.ts';

const id = 'c'.repeat(64);
const uid = '5b9a3d7e-1111-4222-8333-444455556666';
const read = (files: Readonly<Record<string, string>>, problems: FolderProblem[] = []) =>
  readRuntimeState(id, defaultHostFolders, fakeFolders(files), problems);

const criO = {
  'io.kubernetes.cri-o.ContainerType': 'container',
  'io.kubernetes.cri-o.ContainerName': `k8s_web_cart_shop_${uid}_0`,
  'io.kubernetes.container.name': 'web',
  'io.kubernetes.pod.name': 'cart',
  'io.kubernetes.pod.namespace': 'shop',
  'io.kubernetes.pod.uid': uid,
};
const cases = [
  {
    name: 'runc 1.1.5, as it writes state.json',
    files: {
      [`/run/runc/${id}/state.json`]: `{"id":"${id}","init_process_pid":20259,"init_process_start":1300567}`,
    },
    is: { ociRuntime: 'runc', initPid: 20259, initStartTicks: '1300567' },
  },
  {
    name: 'crun (jwang11/crun_code_analysis)',
    files: {
      [`/run/crun/${id}/status`]:
        '{"pid": 139179, "process-start-time": 263473330, "cgroup-path": "/busybox1"}',
    },
    is: { ociRuntime: 'crun', initPid: 139179, initStartTicks: '263473330' },
  },
  {
    name: 'CRI-O',
    files: {
      [`/run/containers/storage/overlay-containers/${id}/userdata/config.json`]: JSON.stringify({
        annotations: criO,
      }),
      [`/run/containers/storage/overlay-containers/${id}/userdata/pidfile`]: '77\n',
    },
    is: {
      runtime: 'cri-o',
      role: 'container',
      name: 'web',
      initPid: 77,
      pod: { uid, namespace: 'shop', name: 'cart' },
    },
  },
  {
    name: 'Podman',
    files: {
      [`/var/lib/containers/storage/overlay-containers/${id}/userdata/config.json`]:
        '{"annotations":{"io.container.manager":"libpod"}}',
    },
    is: { runtime: 'podman' },
  },
  {
    name: 'Docker',
    files: {
      [`/var/lib/docker/containers/${id}/config.v2.json`]:
        '{"Name":"/db","State":{"Pid":5},"Config":{"Labels":{}}}',
    },
    is: { runtime: 'docker', name: 'db', initPid: 5 },
  },
  {
    name: 'cri-dockerd, a sandbox',
    files: {
      [`/var/lib/docker/containers/${id}/config.v2.json`]: JSON.stringify({
        Name: '/k8s_POD_cart',
        State: { Pid: 0 },
        Config: { Labels: { 'io.kubernetes.docker.type': 'podsandbox', 'io.kubernetes.pod.uid': uid } },
      }),
    },
    is: { runtime: 'docker', name: 'k8s_POD_cart', role: 'sandbox', pod: { uid } },
  },
  { name: 'nobody knows it', files: {}, is: undefined },
  {
    name: 'other types than expected',
    files: { [`/run/runc/${id}/state.json`]: '[{"init_process_pid":"1"}]' },
    is: {},
  },
  {
    name: 'a pid that is none',
    files: { [`/run/crun/${id}/status`]: '{"pid":-1}' },
    is: { ociRuntime: 'crun' },
  },
];

describe('readRuntimeState', () => {
  it.each(cases)('$name', ({ files, is }) => {
    expect(read(files)).toEqual(is);
  });
  it('tells what is not JSON', () => {
    const problems: FolderProblem[] = [];
    expect(read({ [`/run/runc/${id}/state.json`]: '{' }, problems)).toEqual({});
    expect(problems).toEqual([{ path: `/run/runc/${id}/state.json`, problem: 'not JSON' }]);
  });
  it('asks for nothing with an id that is a path', () => {
    const files = fakeFolders({ '/run/runc/../x/state.json': '{"init_process_pid":5}' });
    expect(readRuntimeState('../x', defaultHostFolders, files, [])).toBeUndefined();
  });
});

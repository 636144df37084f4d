import { describe, expect, it, test } from 'vitest';
import { readCheckArguments } from '../../src/commands/check-arguments.ts';

const uid = '0f6a8a4c-7a0e-4c0f-9b1c-2d3e4f5a6b7c';

test.each<[string[], object]>([
  [['7'], { type: 'tree', pid: 7 }],
  [['7', '--process'], { type: 'process', pid: 7 }],
  [['container/3f2a91c07be4'], { type: 'container', id: '3f2a91c07be4' }],
  [['container/containerd://3f2a91c07be4'], { type: 'container', id: 'containerd://3f2a91c07be4' }],
  [[`pod/${uid}`], { type: 'pod', uid }],
  [['pod/shop/cart-7f9c'], { type: 'pod', namespace: 'shop', name: 'cart-7f9c' }],
  [['pod/shop/cart-7f9c', '--uid', uid], { type: 'pod', namespace: 'shop', name: 'cart-7f9c', uid }],
  [['cgroup/system.slice/nginx.service'], { type: 'cgroup', path: '/system.slice/nginx.service' }],
  [['cgroup//a'], { type: 'cgroup', path: '/a' }],
  [['node'], { type: 'node' }],
])('%j', (args, target) => {
  expect(readCheckArguments(args)).toMatchObject({ request: { target }, settings: [] });
});

it('takes every flag, and the options of the engine after --', () => {
  const words =
    '7 --all --json --runtime crun --policy p --engine-version 4.1 --policy-dir /d --proc-root /p';
  const host = '--host-root /host --kubelet /k --pod-logs /l --container-logs /c -- --a -v4';
  expect(readCheckArguments(`${words} ${host}`.split(' '))).toEqual({
    request: {
      target: { type: 'tree', pid: 7 },
      options: ['--a', '-v4'],
      show: 'all',
      runtime: 'crun',
      engineVersion: '4.1',
    },
    json: true,
    settings: [
      ...['--policy', 'p', '--policy-dir', '/d', '--proc-root', '/p', '--host-root', '/host'],
      ...['--kubelet', '/k', '--pod-logs', '/l', '--container-logs', '/c'],
    ],
  });
});

it('takes numbers alone', () => {
  expect(readCheckArguments(['node', '--counts'])).toMatchObject({ request: { show: 'counts' } });
});

describe('says what was expected', () => {
  const targets = 'expected PID, container/ID, pod/UID, pod/NAMESPACE/NAME, cgroup/PATH or node, got';
  test.each<[string[], string]>([
    [[], `${targets} ""`],
    [['1', '2'], `${targets} "1 2"`],
    [['pods/a/b'], `${targets} "pods/a/b"`],
    [['pod/a/b/c'], `${targets} "pod/a/b/c"`],
    [['container/'], `${targets} "container/"`],
    [['0'], 'target: expected one of pid'],
    [['4194305'], 'target.pid: expected an integer from 1 to 4194304'],
    [['pod/cart'], 'target.pod.uid: expected a pod UID'],
    [['cgroup/a/..'], 'target.cgroupPath: expected a cgroup path'],
    [['node', '--process'], 'target.scope: expected none without a pid'],
    [['7', '--uid', uid], '--uid pins a pod that is named'],
    [[`pod/${uid}`, '--uid', uid], '--uid pins a pod that is named'],
    [['7', '--runtime', 'docker'], 'runtime: expected "runc" or "crun"'],
    [['7', '--all', '--counts'], '--all and --counts say the opposite: expected one of them'],
    [['7', '--no-such'], "Unknown option '--no-such'"],
  ])('%j', (args, want) => {
    expect(readCheckArguments(args)).toContain(want);
  });
});

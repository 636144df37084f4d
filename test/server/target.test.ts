import { describe, expect, it, test } from 'vitest';
import { AgentError } from '../../src/server/errors.ts';
import { nameForms } from '../../src/server/name-forms.ts';
import { toInterval } from '../../src/server/question.ts';
import { type AskedTarget, toTarget } from '../../src/server/target.ts';

const uid = '0f6a8a4c-7a0e-4c0f-9b1c-2d3e4f5a6b7c';
const pod = { namespace: 'shop', name: 'cart-7f9c' };

test.each<[string, AskedTarget, object]>([
  ['a tree', { pid: 7 }, { type: 'tree', pid: 7 }],
  ['a process', { pid: 7, scope: 'process' }, { type: 'process', pid: 7 }],
  ['a pinned one', { pid: 7, startTimeTicks: '12' }, { type: 'tree', pid: 7, startTimeTicks: '12' }],
  ['a file', { pid: 7, fd: 0 }, { type: 'process', pid: 7, fd: 0 }],
  ['a container', { containerId: 'containerd://3f2a' }, { type: 'container', id: 'containerd://3f2a' }],
  ['a pod by uid', { pod: { uid: uid.toUpperCase(), namespace: '', name: '' } }, { type: 'pod', uid }],
  ['a static pod', { pod: { uid: 'ab'.repeat(16) } }, { type: 'pod', uid: 'ab'.repeat(16) }],
  ['a pod by name', { pod }, { type: 'pod', ...pod }],
  ['a pinned pod', { pod: { ...pod, uid } }, { type: 'pod', ...pod, uid }],
  ['a cgroup', { cgroupPath: 'a.slice/b@1:2.scope/' }, { type: 'cgroup', path: '/a.slice/b@1:2.scope' }],
  [
    'the same cgroup',
    { cgroupPath: '/a.slice/b@1:2.scope' },
    { type: 'cgroup', path: '/a.slice/b@1:2.scope' },
  ],
  ['the root', { cgroupPath: '/' }, { type: 'cgroup', path: '/' }],
  ['a name with dots', { cgroupPath: '/a/..b/c..' }, { type: 'cgroup', path: '/a/..b/c..' }],
  ['the node', { node: true }, { type: 'node' }],
])('%s', (_, asked, want) => {
  expect(toTarget(asked)).toEqual(want);
});

describe('what is no target', () => {
  const { containerId, podUid, namespace, podName, cgroupPath, startTimeTicks } = nameForms;
  const oneWay = 'one of pid (1 to 4194304), containerId, pod, cgroupPath, node';
  test.each<[string, AskedTarget, string, string, string]>([
    ['three ways', { pid: 1, pod, cgroupPath: 'a' }, 'target', oneWay, 'pid and pod and cgroupPath'],
    ['a node that is not', { node: false }, 'target', oneWay, 'none'],
    ['a scope without a pid', { node: true, scope: 'tree' }, 'target.scope', 'none without a pid', '"tree"'],
    ['an fd without a pid', { containerId: 'a', fd: 0 }, 'target.fd', 'none without a pid', '0'],
    ['ticks', { pid: 1, startTimeTicks: '-1' }, 'target.startTimeTicks', startTimeTicks.expected, '"-1"'],
    ['an id', { containerId: '../a' }, 'target.containerId', containerId.expected, '"../a"'],
    [
      'a long id',
      { containerId: 'a'.repeat(257) },
      'target.containerId',
      containerId.expected,
      `"${'a'.repeat(79)}…`,
    ],
    ['no pod at all', { pod: {} }, 'target.pod', 'a uid, or a namespace and a name', 'none'],
    [
      'half a name',
      { pod: { name: 'a', uid } },
      'target.pod',
      'a uid, or a namespace and a name',
      'uid and name',
    ],
    ['a uid', { pod: { uid: '0f6a' } }, 'target.pod.uid', podUid.expected, '"0f6a"'],
    [
      'a namespace',
      { pod: { ...pod, namespace: 'a.b' } },
      'target.pod.namespace',
      namespace.expected,
      '"a.b"',
    ],
    ['a name', { pod: { ...pod, name: 'Cart' } }, 'target.pod.name', podName.expected, '"Cart"'],
    ['a step up', { cgroupPath: 'a/../b' }, 'target.cgroupPath', cgroupPath.expected, '"a/../b"'],
    ['the step itself', { cgroupPath: '..' }, 'target.cgroupPath', cgroupPath.expected, '".."'],
    ['an empty part', { cgroupPath: 'a//b' }, 'target.cgroupPath', cgroupPath.expected, '"a//b"'],
    ['a NUL', { cgroupPath: 'a\0' }, 'target.cgroupPath', cgroupPath.expected, '"a\\u0000"'],
  ])('%s', (_, asked, name, expected, got) => {
    const want = new AgentError('InvalidArgument', `${name}: expected ${expected}, got ${got}`);
    expect(() => toTarget(asked)).toThrow(want);
  });
});

it('an interval has limits and a default', () => {
  expect([toInterval(), toInterval(0), toInterval(1), toInterval(300)]).toEqual([5000, 5000, 1000, 300_000]);
  for (const seconds of [-1, 0.5, 301, Number.NaN]) {
    expect(() => toInterval(seconds)).toThrow('intervalSeconds: expected a number from 1 to 300');
  }
});

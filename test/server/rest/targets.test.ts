import { afterAll, beforeEach, describe, expect, it, test } from 'vitest';
import { nameForms } from '../../../src/server/name-forms.ts';
import { buildApp } from '../../../src/server/rest/app.ts';
import { encodeCgroupPath } from '../../../src/server/rest/cgroup-url.ts';
import { fakeDeps, readyReport } from '../fixture.ts';

const deps = fakeDeps(async () => readyReport);
const app = buildApp(deps);
afterAll(() => app.close());
beforeEach(() => void deps.asked.splice(0));

const uid = '0f6a8a4c-7a0e-4c0f-9b1c-2d3e4f5a6b7c';
const id = 'ab'.repeat(32);
const kubepods = '/kubepods.slice/kubepods-burstable.slice/cri-containerd-1.scope';

describe('a target has its report and its gate', () => {
  test.each<[string, object]>([
    ['/v1/processes/7', { type: 'tree', pid: 7 }],
    ['/v1/processes/7?scope=process&startTimeTicks=12', { type: 'process', pid: 7, startTimeTicks: '12' }],
    [`/v1/containers/${id}`, { type: 'container', id }],
    [`/v1/containers/containerd%3A%2F%2F${id}`, { type: 'container', id: `containerd://${id}` }],
    [`/v1/pods/${uid}`, { type: 'pod', uid }],
    [`/v1/pods/${uid.replaceAll('-', '')}`, { type: 'pod', uid: uid.replaceAll('-', '') }],
    ['/v1/pods/shop/cart-7f9c', { type: 'pod', namespace: 'shop', name: 'cart-7f9c' }],
    [`/v1/pods/shop/cart?uid=${uid}`, { type: 'pod', namespace: 'shop', name: 'cart', uid }],
    ['/v1/pods/shop/ready', { type: 'pod', namespace: 'shop', name: 'ready' }],
    ['/v1/pods/shop/watch', { type: 'pod', namespace: 'shop', name: 'watch' }],
    ['/v1/cgroups/system.slice/nginx.service', { type: 'cgroup', path: '/system.slice/nginx.service' }],
    ['/v1/cgroups/system.slice%2Fnginx.service', { type: 'cgroup', path: '/system.slice/nginx.service' }],
    [`/v1/cgroups${kubepods}`, { type: 'cgroup', path: kubepods }],
    [`/v1/cgroups/${kubepods}`, { type: 'cgroup', path: kubepods }],
    ['/v1/cgroups/a/watch%2Fready', { type: 'cgroup', path: '/a/watch/ready' }],
    ['/v1/cgroups/a%2Fready', { type: 'cgroup', path: '/a/ready' }],
    ['/v1/cgroups/ready', { type: 'cgroup', path: '/ready' }],
    ['/v1/cgroups/a%5Cx2db%25.scope', { type: 'cgroup', path: '/a\\x2db%.scope' }],
    [`/v1/cgroups/${'x'.repeat(255)}/${'y'.repeat(255)}`, { type: 'cgroup' }],
    ['/v1/node', { type: 'node' }],
  ])('%s', async (url, target) => {
    const [path = '', query] = url.split('?');
    const gate = `${path}/ready${query === undefined ? '' : `?${query}`}`;
    const answers = [await app.inject(url), await app.inject(gate)];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(answers[0]?.json().verdict).toBe('ready');
    expect(answers[1]?.payload).toMatch(/^ready {2}tree/);
    expect(deps.asked.map(({ request }) => request.target)).toMatchObject([target, target]);
  });

  it('takes the parameters of every check', async () => {
    await app.inject('/v1/node?policy=p&option=a&engineVersion=4.1&runtime=none&show=all&timeoutSeconds=2');
    expect(deps.asked).toEqual([
      {
        request: {
          target: { type: 'node' },
          policy: 'p',
          options: ['a'],
          engineVersion: '4.1',
          runtime: 'none',
          show: 'all',
        },
        deadlineMs: 2000,
      },
    ]);
  });

  it('leaves a line in the log, without a path', async () => {
    deps.logged.splice(0);
    await app.inject('/v1/cgroups/secret.slice/ready');
    expect(deps.logged).toEqual([
      expect.objectContaining({ route: 'GET /v1/cgroups/:path/ready', target: 'cgroup', verdict: 'ready' }),
    ]);
    expect(JSON.stringify(deps.logged)).not.toContain('secret');
  });
});

const { containerId, podUid, namespace, podName, cgroupPath } = nameForms;
test.each([
  ['/v1/containers/-a', `id: expected ${containerId.expected}, got "-a"`],
  ['/v1/pods/0f6a8a4c-7a0e-4c0f-9b1c-2d3e4f5a6b7', `uid: expected ${podUid.expected}, got`],
  ['/v1/pods/cart', `uid: expected ${podUid.expected}, got "cart"`],
  ['/v1/pods/Shop/cart', `namespace: expected ${namespace.expected}, got "Shop"`],
  ['/v1/pods/shop/cart_1', `name: expected ${podName.expected}, got "cart_1"`],
  ['/v1/pods/shop/cart?uid=1', `uid: expected ${podUid.expected}, got "1"`],
  ['/v1/cgroups/a%2F..%2Fb', `path: expected ${cgroupPath.expected}, got "a/../b"`],
  ['/v1/cgroups/a%00b', `path: expected ${cgroupPath.expected}, got`],
  ['/v1/node?runtime=docker', 'runtime: expected "runc" or "crun" or "podman" or'],
  ['/v1/node?scope=tree', 'unknown name "scope": expected one of fresh, policy,'],
  ['/v1/processes/1?uid=1', 'unknown name "uid": expected one of scope, startTimeTicks,'],
])('%s', async (url, want) => {
  const { statusCode, payload } = await app.inject(url);
  expect([statusCode, JSON.parse(payload).code]).toEqual([400, 'InvalidArgument']);
  expect(JSON.parse(payload).detail).toContain(want);
  expect(deps.asked).toEqual([]);
});

test.each([
  ['/v1/processes/1?a=/ready', '/v1/processes/1?a=/ready'],
  ['/v1/cgroups/a/b?option=x/watch', '/v1/cgroups/a%2Fb?option=x/watch'],
  ['/v1/cgroups/a/b/watch?option=x', '/v1/cgroups/a%2Fb/watch?option=x'],
  ['/v1/cgroups/a%2Fb/ready', '/v1/cgroups/a%2Fb/ready'],
  ['/v1/cgroups/a/ready/ready', '/v1/cgroups/a%2Fready/ready'],
  ['/v1/cgroups/', '/v1/cgroups/'],
  ['/v1/cgroups', '/v1/cgroups'],
])('the slashes of a cgroup: %s', (url, want) => {
  expect(encodeCgroupPath(url)).toBe(want);
});

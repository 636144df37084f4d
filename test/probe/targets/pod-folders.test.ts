import { describe, expect, it } from 'vitest';
import { defaultHostFolders } from '../../../src/probe/targets/folders.ts';
import {
  containerNames,
  normalUid,
  readPodFolders,
  sameUid,
} from '../../../src/probe/targets/pod-folders.ts';
import { fakeFolders } from '../../support/fake-folders.ts';

const uid = '9c470dbf-6ed7-11e7-8f37-02b893ed240a';
const hash = 'af3e4a507ec0af8c2233ee5bf0783073';
const id = 'a8a4511ad8ae87731a38acb9ec7d4b671fbd93d8f8bb753c2bb094298f1ecf15';
const read = (...paths: readonly string[]) =>
  readPodFolders(defaultHostFolders, fakeFolders(Object.fromEntries(paths.map((path) => [path, '']))));

describe('readPodFolders', () => {
  it('reads pods, a static one among them (kata-containers/runtime#1515)', () => {
    const { pods } = read(
      `/var/log/pods/kube-system_heapster-4285517626-3wlf8_${uid}/heapster/0.log`,
      `/var/log/pods/kube-system_etcd-clr-01_${hash}/etcd/1.log`,
    );
    expect(pods).toEqual([
      { namespace: 'kube-system', name: 'heapster-4285517626-3wlf8', uid },
      { namespace: 'kube-system', name: 'etcd-clr-01', uid: hash },
    ]);
  });
  it('reads the links of containers (rancher/rancher#7688)', () => {
    const { logs } = read(`/var/log/containers/heapster-4285517626-3wlf8_kube-system_heapster-${id}.log`);
    expect(logs).toEqual([
      { pod: 'heapster-4285517626-3wlf8', namespace: 'kube-system', container: 'heapster', id },
    ]);
  });
  it('reads the beginning of an id where the name was cut to 255', () => {
    const pod = 'p'.repeat(150);
    const name = `${pod}_shop_${'c'.repeat(60)}-${id}`.slice(0, 251);
    const { logs } = read(`/var/log/containers/${name}.log`);
    expect(logs).toHaveLength(1);
    expect(id.startsWith(logs[0]?.id ?? '-')).toBe(true);
    expect(read(`/var/log/containers/p_shop_c-${id.slice(0, 20)}.log`).logs).toEqual([]);
  });
  it.each([
    `${uid}/x`,
    `Shop_cart_${uid}/x`,
    `shop_cart_${uid}_x/x`,
    `shop_cart_1/x`,
    `a_b/x`,
    `shop_\n_${uid}/x`,
  ])('leaves %j out', (name) => expect(read(`/var/log/pods/${name}`).pods).toEqual([]));
  it('tells a folder that cannot be read, not one that is not there', () => {
    const reader = {
      list: (folder: string) => ({ errno: folder.endsWith('pods') ? 'EACCES' : 'ENOENT' }),
      readText: () => ({ errno: 'ENOENT' }),
    };
    expect(readPodFolders(defaultHostFolders, reader).problems).toEqual([
      { path: '/var/log/pods', problem: 'EACCES' },
    ]);
  });
  it('names the containers of a pod, of both folders', () => {
    const reader = fakeFolders({
      [`/var/lib/kubelet/pods/${uid}/containers/init/8a03d371`]: '',
      [`/var/lib/kubelet/pods/${uid}/containers/web/8a03d371`]: '',
      [`/var/log/pods/shop_cart_${uid}/web/0.log`]: '',
      [`/var/log/pods/shop_cart_${uid}/side/0.log`]: '',
    });
    const pod = { uid, namespace: 'shop', name: 'cart' };
    expect(containerNames(defaultHostFolders, reader, pod)).toEqual(['init', 'side', 'web']);
  });
});

describe('uids', () => {
  it.each([
    [uid, uid],
    [uid.toUpperCase(), uid],
    [uid.replaceAll('-', '_'), uid],
    [hash, hash],
    ['../..', undefined],
    ['', undefined],
  ])('%s', (text, want) => expect(normalUid(text)).toBe(want));
  it('are the same without dashes', () => expect(sameUid(uid, uid.replaceAll('-', ''))).toBe(true));
});

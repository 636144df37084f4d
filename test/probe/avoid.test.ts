import { describe, expect, it } from 'vitest';
import { avoiding, type Stuck } from '../../src/probe/avoid.ts';
import type { Native } from '../../src/probe/native/native.ts';
import { errno, fakeProc, stat } from '../support/fake-proc.ts';
import { baseTree, fakeNative, fdinfoHead } from '../support/fake-process.ts';

const fuse: Stuck = { what: 'mount', device: '0:50', fsType: 'fuse.bindfs', mountPoint: '/mnt/fuse' };
const detached: Stuck = { what: 'mount', mntId: 99, fsType: 'detached', mountPoint: '' };
const maps: Stuck = { what: 'file', path: '7/maps' };

const tree = baseTree({
  texts: {
    '7/fdinfo/3': fdinfoHead({ mntId: 40 }),
    '7/fdinfo/4': fdinfoHead({ mntId: 27 }),
    '7/fdinfo/5': fdinfoHead({ mntId: 99 }),
    '7/fdinfo/6': errno('EACCES'),
    '7/task/8/fdinfo/3': fdinfoHead({ mntId: 40 }),
  },
  links: { '7/cwd': '/mnt/fuse/deep', '7/exe': '/usr/bin/job', '7/map_files/1-2': '/mnt/fuse/lib' },
});
const paths = {
  onIt: ['7/fd/3', '7/task/8/fd/3', '7/cwd', '7/map_files/1-2', '7/root/mnt/fuse', '1/root/mnt/fuse/a/b'],
  beside: ['7/fd/4', '7/exe', '7/root', '7/root/mnt', '7/root/mnt/fuser', '7/stat', 'self/root/etc'],
};
const answers = [...paths.onIt, ...paths.beside, '7/fd/5', '7/fd/6'].map((path) => [path, stat()] as const);
const guard = (native?: Native) =>
  avoiding(fakeProc({ ...tree, stats: Object.fromEntries(answers) }), native);
const blocked = errno('EWOULDBLOCK');

describe('what does not answer', () => {
  it('is asked as long as nobody says so, without a look at where it is', () => {
    const { proc } = guard();
    for (const path of paths.onIt) expect(proc.stat(path)).toEqual(stat());
    const plain = fakeProc({ ...tree, stats: { '7/fd/3': stat() } });
    avoiding(plain, undefined).proc.stat('7/fd/3');
    expect(plain.calls).toEqual(['stat 7/fd/3']);
  });

  it.each(paths.onIt)('a mount is not asked by %s', (path) => {
    const { proc, avoid, avoided } = guard();
    avoid([detached, fuse]);
    expect(proc.stat(path)).toEqual(blocked);
    expect(proc.fsMagic(path)).toEqual(blocked);
    expect(avoided()).toEqual([fuse]);
  });

  it.each(paths.beside)('what is beside it is: %s', (path) => {
    const { proc, avoid, avoided } = guard();
    avoid([detached, fuse, maps]);
    expect(proc.stat(path)).toEqual(stat());
    expect(avoided()).toEqual([]);
  });

  it('a detached mount is known by its number, and what cannot be told is taken for stuck', () => {
    const { proc, avoid } = guard();
    avoid([detached]);
    expect([proc.stat('7/fd/5'), proc.stat('7/fd/6')]).toEqual([blocked, blocked]);
    expect(proc.stat('7/fd/3')).toEqual(stat());
  });

  it('links are read and looked at themselves, unless the way to them leads there', () => {
    const { proc, avoid } = guard();
    avoid([fuse]);
    expect(proc.readLink('7/cwd')).toBe('/mnt/fuse/deep');
    expect(proc.lstat('7/fd/3')).toEqual(stat());
    expect(proc.readLink('7/root/mnt/fuse/link')).toEqual(blocked);
    expect(proc.lstat('7/root/mnt/fuse')).toEqual(blocked);
  });

  it('a file of procfs is not read, any other is', () => {
    const { proc, avoid, avoided } = guard();
    avoid([maps]);
    expect(proc.readText('7/maps')).toEqual(blocked);
    expect(proc.readText('7/stat')).toContain('(job)');
    expect(avoided()).toEqual([maps]);
  });

  it('the native calls are held back as well', () => {
    const { native, avoid } = guard(
      fakeNative({ stats: { '/fake/7/fd/3': stat(), '/fake/7/fd/4': stat() } }),
    );
    avoid([fuse]);
    expect(native?.statCached('/fake/7/fd/3')).toEqual(blocked);
    expect(native?.statCached('/fake/7/fd/4')).toEqual(stat());
    expect(native?.openByHandle('/fake/7/root/mnt/fuse', 1, '00')).toEqual(blocked);
  });

  it('is asked again once it is left out of the list', () => {
    const { proc, avoid, avoided } = guard();
    avoid([fuse]);
    proc.stat('7/fd/3');
    avoid([]);
    expect(proc.stat('7/fd/3')).toEqual(stat());
    expect(avoided()).toEqual([]);
  });
});

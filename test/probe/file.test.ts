import { describe, expect, it } from 'vitest';
import { errno, stat, type Tree } from '../support/fake-proc.ts';
import { baseTree, fakeNative, fdinfoHead, fdTree, probeTree } from '../support/fake-process.ts';

const read = (link: string, more: Tree = {}, fdinfo = fdinfoHead()) =>
  probeTree(fdTree(3, link, fdinfo, more)).fd(3);
const here = { '7/fd/3': stat() };

describe('deleted, or a name that ends like it', () => {
  it.each<[name: string, link: string, stats: Tree['stats'], deleted: boolean | null]>([
    ['plain', '/data/x', here, false],
    ['unlinked, no link left', '/data/x (deleted)', { '7/fd/3': stat({ nlink: 0 }) }, true],
    ['unlinked, another link left', '/data/x (deleted)', here, true],
    ['named so', '/data/x (deleted)', { ...here, '1/root/data/x (deleted)': stat() }, false],
    ['named so, and unlinked', '/data/x (deleted) (deleted)', { '7/fd/3': stat({ nlink: 0 }) }, true],
    [
      'unlinked, and another file is named so',
      '/data/x (deleted)',
      { ...here, '1/root/data/x (deleted)': stat({ inode: '101' }) },
      true,
    ],
    [
      'unlinked, and a file of that inode on another filesystem is named so',
      '/data/x (deleted)',
      { ...here, '1/root/data/x (deleted)': stat({ device: '0:25' }) },
      true,
    ],
    [
      'its folder is a file by now',
      '/a/x (deleted)',
      { ...here, '1/root/a/x (deleted)': errno('ENOTDIR') },
      true,
    ],
    ['cannot be told', '/a/x (deleted)', { ...here, '1/root/a/x (deleted)': errno('EACCES') }, null],
  ])('%s', (_, link, stats, deleted) => {
    const file = read(link, { stats: stats ?? {} });
    expect(file.facts.deleted).toBe(deleted);
    expect(file.path).toBe(link);
  });

  it('asks below the root of its own mount namespace', () => {
    const more: Tree = {
      links: { '7/ns/mnt': 'mnt:[4026532500]' },
      stats: { ...here, '7/root/data/x (deleted)': stat() },
    };
    expect(read('/data/x (deleted)', more).facts.deleted).toBe(false);
  });

  it('never asks a filesystem that may hang', () => {
    const tree = fdTree(3, '/mnt/fuse/x (deleted)', fdinfoHead({ mntId: 40 }));
    for (const native of [undefined, fakeNative({ stats: { '/fake/7/fd/3': stat({ device: '0:50' }) } })]) {
      const { fd, proc } = probeTree(tree, native ? { native } : {});
      expect(
        proc.calls.filter((call) => call.startsWith('stat ') && !/\/(exe|cwd|root)$/.test(call)),
      ).toEqual([]);
      expect(fd(3).facts.deleted).toBeNull();
    }
  });
});

describe('a file named like something else', () => {
  it.each(['/tmp/socket:[1]', '/tmp/pipe:[2]', '/tmp/anon_inode:[eventpoll]', '/tmp/net:[4026531840]'])(
    '%s',
    (link) => {
      expect(read(link, { stats: here })).toMatchObject({
        kind: 'regular',
        path: link,
        facts: { fileType: 'regular' },
      });
    },
  );

  it('a path below which it says /memfd: is no memfd where its mount is known', () => {
    expect(read('/memfd:x', { stats: here }).kind).toBe('regular');
    const memfd = read(
      '/memfd:x (deleted)',
      { stats: { '7/fd/3': stat({ device: '0:1' }) } },
      fdinfoHead({ mntId: 0 }),
    );
    expect(memfd).toMatchObject({ kind: 'memfd', facts: { fsType: null, fsRequiresDevice: false } });
  });
});

describe('facts of any file', () => {
  it('flags, access mode, place, inode, device, size, filesystem', () => {
    const info = fdinfoHead({ flags: '02102001', ino: '100' }).replace('pos:\t0', 'pos:\t42');
    expect(read('/data/x', { stats: here }, info).facts).toMatchObject({
      fileType: 'regular',
      flags: ['O_APPEND', 'O_CLOEXEC'],
      accessMode: 'write',
      offset: '42',
      mntId: 27,
      inode: '100',
      device: '254:0',
      nlink: 1,
      sizeBytes: 10,
      allocatedBytes: 4096,
      deleted: false,
      fsType: 'ext4',
      fsRequiresDevice: true,
    });
  });

  it.each([
    ['0', 'read'],
    ['01', 'write'],
    ['02', 'read-write'],
    ['010000000', 'path'],
    ['012000000', 'path'],
  ])('flags %s: %s', (flags, mode) => {
    expect(read('/x', { stats: here }, fdinfoHead({ flags })).facts.accessMode).toBe(mode);
  });

  it.each<[mntId: number, fsType: string, requiresDevice: boolean]>([
    [27, 'ext4', true],
    [25, 'tmpfs', false],
    [24, 'devtmpfs', false],
  ])('mount %i: %s', (mntId, fsType, fsRequiresDevice) => {
    const file = read('/x', { stats: here }, fdinfoHead({ mntId }));
    expect(file.facts).toMatchObject({ fsType, fsRequiresDevice });
  });

  it.each<[name: string, more: Tree, expected: object]>([
    ['mount not listed, device is', { stats: here }, { fsType: 'ext4', fsRequiresDevice: true }],
    [
      'mount and device not listed',
      { stats: { '7/fd/3': stat({ device: '0:99' }) } },
      { fsType: null, fsRequiresDevice: null },
    ],
    [
      'filesystems not readable',
      { stats: here, texts: { filesystems: errno('EACCES') } },
      { fsRequiresDevice: null },
    ],
    [
      'mountinfo not readable',
      {
        stats: here,
        texts: Object.fromEntries(['7', '1', 'self'].map((pid) => [`${pid}/mountinfo`, errno('EACCES')])),
      },
      { fsType: null, fsRequiresDevice: null },
    ],
  ])('%s', (_, more, expected) => {
    expect(read('/x', more, fdinfoHead({ mntId: 999 })).facts).toMatchObject(expected);
  });

  it('a device node has its numbers, nothing else has', () => {
    const node = stat({ type: 'block', major: 7, minor: 3 });
    expect(read('/dev/loop3', { stats: { '7/fd/3': node } })).toMatchObject({
      kind: 'blockdev',
      fop: 'def_blk_fops',
      facts: { major: 7, minor: 3 },
    });
    expect(read('/x', { stats: here }).facts).not.toHaveProperty('major');
  });
});

describe('what could not be read', () => {
  it('a stat that fails leaves its facts null, and is told', () => {
    const file = read('/x', { stats: { '7/fd/3': errno('EACCES') } });
    expect(file).toMatchObject({ kind: 'unknown', facts: { fileType: null, nlink: null } });
    expect(file.unread).toMatchObject([{ pid: 7, call: 'stat', errno: 'EACCES' }]);
  });

  it('a link that cannot be read is an unknown file, not none', () => {
    const file = read('/x', { links: { '7/fd/3': errno('EACCES') } });
    expect(file).toMatchObject({ kind: 'unknown', path: '', facts: { fileType: null, deleted: null } });
    expect(file.unread).toMatchObject([{ call: 'readlink', errno: 'EACCES' }]);
  });

  it.each([errno('EACCES'), 'pos:\tnonsense\n', ''])('fdinfo %j: flags, place and mount are null', (info) => {
    const tree = baseTree({ texts: { '7/fdinfo/3': info }, links: { '7/fd/3': 'pipe:[9]' } });
    const file = probeTree(tree).fd(3);
    expect(file.facts).toMatchObject({ flags: null, accessMode: null, offset: null, mntId: null });
    expect(file.unread[0]).toMatchObject({ call: 'read fdinfo' });
  });

  it('an fd closed meanwhile is no file, and the process changed', () => {
    for (const gone of [{ links: {} }, { links: { '7/fd/3': '/x' } }]) {
      const { process } = probeTree(baseTree({ ...gone, lists: { '7/fd': ['3'] } }));
      expect(process.files.filter(({ via }) => via === 'fd')).toEqual([]);
      expect(process.changed).toBe(true);
    }
  });
});

describe('filesystems that may hang', () => {
  it.each([
    ['/mnt/fuse/x', 40],
    ['/mnt/nfs/x', 41],
  ])('%s is never asked without native calls', (link, mntId) => {
    const { fd, proc } = probeTree(fdTree(3, link, fdinfoHead({ mntId })));
    expect(proc.calls).not.toContain('stat 7/fd/3');
    expect(fd(3)).toMatchObject({ kind: 'unknown', facts: { fileType: null, fsRequiresDevice: false } });
    expect(fd(3).unread).toMatchObject([{ call: 'stat', errno: 'EWOULDBLOCK' }]);
  });

  it('is asked for what the kernel has in memory with them', () => {
    const native = fakeNative({ stats: { '/fake/7/fd/3': stat({ device: '0:50' }) } });
    const { fd, proc } = probeTree(fdTree(3, '/mnt/fuse/x', fdinfoHead({ mntId: 40 })), { native });
    expect(proc.calls).not.toContain('stat 7/fd/3');
    expect(fd(3)).toMatchObject({ kind: 'regular', fop: 'fuse.bindfs_file_operations', unread: [] });
  });

  it('so are cwd, root, exe and mappings', () => {
    const maps =
      '7f0000000000-7f0000001000 r--p 00000000 00:32 5                          /mnt/fuse/lib.so\n';
    const tree = baseTree({
      texts: { '7/maps': maps },
      links: { '7/cwd': '/mnt/fuse/dir', '7/exe': '/mnt/nfs/bin', '7/root': '/mnt/fuse' },
    });
    const { proc, process } = probeTree(tree);
    expect(proc.calls.filter((call) => call.startsWith('stat '))).toEqual([]);
    expect(
      process.files.filter(({ via }) => via !== 'device').map(({ via, unread }) => [via, unread[0]?.errno]),
    ).toEqual([
      ['cwd', 'EWOULDBLOCK'],
      ['root', 'EWOULDBLOCK'],
      ['exe', 'EWOULDBLOCK'],
      ['map', 'EWOULDBLOCK'],
    ]);
  });
});

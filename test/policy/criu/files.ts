import { type Case, needs, refuses, warns } from './case.ts';

const found = { nlink: 1, pathState: 'same', mountCovered: false, mountKnown: true };
const gone = { nlink: 1, pathState: 'missing', mountCovered: false, externalFileKey: '1b:64' };
const covered = { pathState: 'same', mountCovered: true, externalFileKey: '1b:64' };

export const fileCases: readonly Case[] = [
  needs('write-lease', 'regular', { ...found, locks: ['LEASE WRITE'], sizeBytes: 5 }, [
    { locks: ['LEASE READ'] },
    { sizeBytes: 4 },
  ]),
  refuses('link-too-long', 'unknown', { linkTooLong: true, fileType: 'unread' }, [{ linkTooLong: false }]),
  refuses('private-device-memory', 'regular', { deviceMemory: true }, [{ deviceMemory: false }]),
  warns('shared-outside', 'regular', { sharedOutside: true }, [{ sharedOutside: false }]),
  ...['POSIX', 'FLOCK', 'OFDLCK', 'LEASE READ', 'LEASE WRITE', 'LEASE UNLCK'].map((lock) =>
    needs('locks', 'regular', { locks: [lock] }, [{ locks: [] }, { locks: ['lost'] }]),
  ),
  warns('lock-lost', 'regular', { locks: ['lost'] }, [{ locks: [] }]),
  ...['DELEG', 'ACCESS', 'unknown', 'LEASE RW'].map((lock) =>
    refuses('unknown-lock', 'regular', { locks: [lock] }, [{ locks: ['POSIX'] }]),
  ),
  ...['regular', 'directory', 'symlink', 'fifo', 'mqueue'].map((kind) =>
    needs('unknown-mount', kind, { mountKnown: false, externalFileKey: '1b:64' }, [{ mountKnown: true }]),
  ),
  needs(
    'skipped-mount',
    'regular',
    { mountPoint: '/data', externalFileKey: '1b:64' },
    [{ mountPoint: '/other' }],
    { options: ['skip-mnt=/data'], butOptions: [[]] },
  ),
  needs('covered-mount', 'directory', covered, [{ mountCovered: false }]),
  needs(
    'ghost-too-large',
    'regular',
    { nlink: 0, allocatedBytes: 1048577, fsType: 'ext4', externalFileKey: '1b:64' },
    [{ nlink: 1 }, { allocatedBytes: 1048576 }, { fsType: 'hugetlbfs' }, { fsType: 'proc' }],
    { butOptions: [['ghost-limit=2M']] },
  ),
  needs('ghost-too-large', 'regular', { nlink: 0, allocatedBytes: 4097, fsType: 'ext4' }, [], {
    options: ['ghost-limit=4K'],
    butOptions: [[]],
  }),
  needs('ghost-on-hugetlbfs', 'regular', { nlink: 0, fsType: 'hugetlbfs', sizeBytes: 1 }, [
    { nlink: 1 },
    { fsType: 'tmpfs' },
    { sizeBytes: 0 },
  ]),
  needs('link-remap', 'regular', { ...gone, deleted: true, fsType: 'ext4' }, [
    { nlink: 0 },
    { pathState: 'same' },
    { mountCovered: true },
    { deleted: false },
    { fsType: 'cgroup2' },
    { fsType: 'overlay' },
  ]),
  needs('nfs-silly-name', 'regular', { nlink: 1, nfsSillyName: true, pathState: 'assumed' }, [
    { nlink: 0 },
    { nfsSillyName: false },
    { pathState: 'missing' },
  ]),
  warns('path-not-walked', 'regular', { pathState: 'assumed' }, [{ pathState: 'same' }]),
  needs(
    'overlay-lower-deleted',
    'regular',
    { ...gone, fsType: 'overlay', deleted: true, mountIsRoot: true },
    [{ nlink: 0 }, { pathState: 'same' }, { fsType: 'ext4' }, { deleted: false }, { mountIsRoot: false }],
  ),
  needs('no-remap', 'regular', { ...gone, fsType: 'cgroup2', deleted: true }, [
    { nlink: 0 },
    { pathState: 'same' },
    { mountCovered: true },
    { fsType: 'ext4' },
  ]),
  needs('no-remap', 'directory', { ...gone, fsType: 'ext4', fileType: 'directory', deleted: true }, [
    { fileType: 'regular' },
  ]),
  needs('no-remap', 'regular', { ...gone, fsType: 'overlay', mountIsRoot: false, deleted: true }, [
    { mountIsRoot: true },
  ]),
  needs('no-remap', 'regular', { ...gone, fsType: 'ext4', deleted: false }, [{ deleted: true }]),
  needs('other-at-path', 'regular', { ...covered, mountCovered: false, pathState: 'other' }, [
    { pathState: 'same' },
    { mountCovered: true },
  ]),
  needs('not-readable', 'regular', { sizeBytes: 5, readable: false, fsType: 'sysfs' }, [
    { sizeBytes: 4 },
    { readable: true },
    { fsType: 'proc' },
  ]),
  refuses('fuse-of-another-user', 'regular', { fuseForbidden: true }, [{ fuseForbidden: false }]),
  refuses('proc-of-thread', 'directory', { procOfThread: true }, [{ procOfThread: false }]),
  refuses('memfd-exe', 'memfd', { via: 'exe' }, [{ via: 'fd' }]),
  refuses('memfd-o-path', 'memfd', { accessMode: 'path' }, [{ accessMode: 'read' }]),
  refuses('huge-memfd', 'memfd', { hugePagesMissing: true }, [{ hugePagesMissing: false }]),
  refuses('fifo-o-path', 'fifo', { accessMode: 'path' }, [{ accessMode: 'read' }]),
  refuses('fifo-direct', 'fifo', { flags: ['O_DIRECT'] }, [{ flags: ['O_CLOEXEC'] }]),
  refuses('pipe-o-path', 'pipe', { accessMode: 'path', readByAnother: false }, [
    { accessMode: 'read' },
    { readByAnother: true },
  ]),
  refuses('pipe-o-path-restore', 'pipe', { accessMode: 'path', readByAnother: true }, [
    { accessMode: 'write' },
    { readByAnother: false },
  ]),
  warns('pipe-outside', 'pipe', { otherEndInTree: false, accessMode: 'read', autofsPipe: false }, [
    { otherEndInTree: true },
    { accessMode: 'path' },
    { autofsPipe: true },
  ]),
  refuses('packet-pipe', 'pipe', { packetMode: true, autofsPipe: false }, [
    { packetMode: false },
    { autofsPipe: true },
  ]),
];

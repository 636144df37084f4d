import { type Case, doubts, needs, refuses, warns } from './case.ts';

const tun = { major: 10, minor: 200, rootOwnNamespaces: ['net'] };
const slave = { ttyRole: 'slave', masterInTree: false, deleted: false, accessMode: 'read-write' };
const tty = { ...slave, major: 136, minor: 4, externalTtyKey: '8804:17' };
const undecodable = { watchTrouble: 'undecodable', watchedMount: '/app' };

/** Devices, terminals, anonymous inodes, namespaces and mapped memory. */
export const objectCases: readonly Case[] = [
  refuses('fuse-server-inside', 'chardev', { major: 10, minor: 229, servesTree: true }, [
    { major: 11 },
    { minor: 228 },
    { servesTree: false },
  ]),
  needs('other-device-at-path', 'chardev', { pathState: 'other-node', mountCovered: false, major: 1 }, [
    { pathState: 'other' },
    { mountCovered: true },
  ]),
  needs('other-at-device-path', 'chardev', { pathState: 'other', mountCovered: false, major: 1 }, [
    { pathState: 'other-node' },
    { mountCovered: true },
  ]),
  refuses('char-device', 'chardev', { major: 10, minor: 232 }, [
    { major: 1 },
    { minor: 200 },
    { minor: 235 },
  ]),
  refuses('mapped-device', 'chardev', { via: 'map', fileType: 'char', major: 1, minor: 1 }, [
    { via: 'fd' },
    { minor: 5 },
  ]),
  refuses('mapped-device', 'blockdev', { via: 'map', fileType: 'block', major: 1, minor: 5 }, [
    { fileType: 'char' },
  ]),
  refuses('mapped-device', 'chardev', { via: 'map', fileType: 'char', major: 7, minor: 5 }, [{ major: 1 }]),
  refuses('block-device', 'blockdev', { via: 'fd' }, [{ via: 'map' }]),
  refuses('tun-without-namespace', 'chardev', { ...tun, rootOwnNamespaces: [] }, [
    { major: 1 },
    { minor: 235 },
    { rootOwnNamespaces: ['net'] },
  ]),
  doubts('tap-filter', 'chardev', { ...tun, tunDevice: 'tap' }, [
    { tunDevice: 'tun' },
    { rootOwnNamespaces: [] },
  ]),
  doubts('tun-of-engine', 'chardev', { ...tun, tunDevice: 'engine' }, [
    { tunDevice: 'none' },
    { rootOwnNamespaces: [] },
  ]),
  refuses('tun-outside', 'chardev', { ...tun, tunDevice: 'outside' }, [
    { tunDevice: 'tun' },
    { rootOwnNamespaces: [] },
  ]),
  refuses('tun-o-path', 'chardev', { ...tun, accessMode: 'path' }, [
    { accessMode: 'read' },
    { major: 1 },
    { minor: 235 },
  ]),
  needs('other-terminal', 'tty', { major: 4, minor: 0, ttyRole: 'virtual', externalTtyKey: '400:6' }, [
    { major: 5 },
    { major: 188 },
    { minor: 1 },
    { ttyRole: 'slave' },
  ]),
  needs('other-terminal', 'tty', { major: 4, minor: 64, ttyRole: 'serial', externalTtyKey: '440:6' }, [
    { ttyRole: 'virtual' },
  ]),
  needs('other-terminal', 'tty', { major: 5, minor: 3, ttyRole: 'other' }, [{ minor: 2 }]),
  refuses('tty-o-path', 'tty', { accessMode: 'path' }, [{ accessMode: 'read' }]),
  needs('terminal-mount', 'tty', { mountKnown: false, accessMode: 'read' }, [
    { mountKnown: true },
    { accessMode: 'path' },
  ]),
  refuses('terminal-index-twice', 'tty', { ttyIndexTwice: true }, [{ ttyIndexTwice: false }]),
  needs('slave-without-master', 'tty', { ...tty, orphanedTerminals: 1 }, [
    { ttyRole: 'master' },
    { masterInTree: true },
    { deleted: true },
    { orphanedTerminals: 2 },
    { accessMode: 'path' },
  ]),
  needs('slaves-without-master', 'tty', { ...tty, orphanedTerminals: 2 }, [
    { ttyRole: 'master' },
    { masterInTree: true },
    { deleted: true },
    { orphanedTerminals: 1 },
    { accessMode: 'path' },
  ]),
  needs('terminal-session-outside', 'tty', { ...tty, ttySessionOutside: true }, [
    { ttySessionOutside: false },
    { accessMode: 'path' },
  ]),
  refuses('controlling-terminal', 'tty', { ttyRole: 'current', ttyInherited: false, accessMode: 'read' }, [
    { ttyRole: 'slave' },
    { ttyInherited: true },
    { accessMode: 'path' },
  ]),
  refuses('terminal-index', 'tty', { ttyIndex: 1001 }, [{ ttyIndex: 1000 }]),
  needs('terminal-name', 'tty', { ...tty, ttyNameIsIndex: false }, [
    { ttyNameIsIndex: true },
    { ttyRole: 'master' },
    { deleted: true },
  ]),

  refuses('io-uring', 'io_uring', {}),
  ...['eventfd', 'signalfd', 'timerfd', 'fanotify', 'pidfd', 'bpf'].map((kind) =>
    refuses('anon-o-path', kind, { accessMode: 'path' }, [{ accessMode: 'read' }]),
  ),
  refuses('inotify-o-path', 'inotify', { accessMode: 'path' }, [{ accessMode: 'read' }]),
  warns('epoll-o-path', 'eventpoll', { accessMode: 'path' }, [{ accessMode: 'read-write' }]),
  warns('eventfd-lost', 'eventfd', { eventfdSemaphore: true, eventfdCountOver32Bits: false }, [
    { eventfdSemaphore: false },
  ]),
  warns('eventfd-lost', 'eventfd', { eventfdSemaphore: false, eventfdCountOver32Bits: true }, [
    { eventfdCountOver32Bits: false },
  ]),
  refuses('alarm-timer', 'timerfd', { clockId: 8 }, [{ clockId: 0 }, { clockId: 1 }, { clockId: 7 }]),
  refuses('epoll-target-gone', 'eventpoll', { epollTargetsGone: 1 }, [{ epollTargetsGone: 0 }]),
  refuses('mapped-anon-inode', 'bpf', { via: 'map' }, [{ via: 'fd' }]),
  needs('watch-not-found', 'inotify', undecodable, [{ watchTrouble: 'none' }, { watchTrouble: 'no-path' }], {
    butOptions: [['irmap-scan-path=/elsewhere']],
  }),
  doubts(
    'watch-not-found-irmap',
    'fanotify',
    undecodable,
    [{ watchTrouble: 'none' }, { watchedMount: '/elsewhere' }],
    { options: ['irmap-scan-path=/elsewhere'], butOptions: [[], ['irmap-scan-path=/app']] },
  ),
  ...['no-path', 'mount-outside', 'no-mount', 'unreadable'].map((watchTrouble) =>
    refuses('watch-without-path', 'inotify', { watchTrouble }, [{ watchTrouble: 'lost' }]),
  ),
  warns('watch-lost', 'inotify', { watchTrouble: 'lost' }, [{ watchTrouble: 'none' }]),
  warns('marks-lost', 'fanotify', { marksLost: true }, [{ marksLost: false }]),
  refuses('pidfd-of-thread', 'pidfd', { pidfdOfThread: true }, [{ pidfdOfThread: false }]),
  refuses('pidfd-outside', 'pidfd', { watchedPid: 0, watchedPidInTree: false }, [
    { watchedPid: -1 },
    { watchedPidInTree: true },
  ]),
  refuses(
    'bpf-map-kind',
    'bpf',
    { bpfObject: 'bpf-map', bpfMapType: 3, bpfMapFlags: 0, accessMode: 'read-write' },
    [{ bpfMapType: 1 }, { bpfMapType: 2 }],
  ),
  refuses('bpf-map-kind', 'bpf', { bpfMapType: 1, bpfMapFlags: 16, accessMode: 'read-write' }, [
    { bpfMapFlags: 0 },
  ]),
  refuses('bpf-map-kind', 'bpf', { bpfMapType: 1, bpfMapFlags: 0, accessMode: 'write' }, [
    { accessMode: 'read' },
  ]),
  doubts(
    'bpf-build',
    'bpf',
    { via: 'fd', bpfObject: 'bpf-map', bpfMapType: 1, bpfMapFlags: 0, accessMode: 'read-write' },
    [{ via: 'map' }, { bpfMapType: 3 }, { bpfMapFlags: 16 }, { accessMode: 'write' }],
  ),
  ...['anon_inode', 'userfaultfd', 'perf_event'].map((kind) => refuses('anonymous', kind, {})),
  refuses('secret-memory', 'secretmem', {}),
  refuses('dma-buffer', 'dma-buf', {}),
  refuses('sysv-outside-namespace', 'sysv-shm', { rootOwnNamespaces: ['net'] }, [
    { rootOwnNamespaces: ['ipc'] },
  ]),
  refuses('sysv-partly', 'sysv-shm', { partlyMapped: true, rootOwnNamespaces: ['ipc'] }, [
    { partlyMapped: false },
    { rootOwnNamespaces: [] },
  ]),
  refuses('outside-namespace', 'namespace', { namespaceInTree: false }, [{ namespaceInTree: true }]),
  warns('time-namespace', 'namespace', { namespaceType: 'time' }, [{ namespaceType: 'net' }]),
];

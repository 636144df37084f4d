import { type Case, doubts, needs, refuses, warns } from './case.ts';

const root = { isRoot: true };
const freezing = { options: ['freeze-cgroup=/sys/fs/cgroup/a'], butOptions: [[]] };

export const processCases: readonly Case[] = [
  needs('frozen-v2', 'process', { frozen: 'v2', frozenCgroup: '/sys/fs/cgroup/a' }, [
    { frozen: 'v1' },
    { frozen: 'no' },
  ]),
  needs('frozen-v1', 'process', { frozen: 'v1', frozenCgroup: '/sys/fs/cgroup/freezer/a' }, [
    { frozen: 'v2' },
  ]),
  refuses('frozen-levels', 'process', { frozenLevels: 2 }, [{ frozenLevels: 1 }]),
  refuses(
    'stopped-in-freezer',
    'process',
    { stoppedInFreezer: true },
    [{ stoppedInFreezer: false }],
    freezing,
  ),
  refuses('outside-freezer', 'process', { outsideFreezer: true }, [{ outsideFreezer: false }], freezing),
  refuses(
    'outsiders-in-freezer',
    'process',
    { ...root, outsidersInTheWay: ['30 (job) stopped'] },
    [{ isRoot: false }, { outsidersInTheWay: undefined }],
    freezing,
  ),
  refuses('traced', 'process', { tracerPid: 1 }, [{ tracerPid: 0 }]),
  refuses('zombie-root', 'process', { ...root, state: 'Z' }, [{ isRoot: false }, { state: 'S' }]),
  refuses('zombie-root', 'process', { ...root, state: 'X' }),
  refuses('zombie-leader', 'process', { state: 'Z', threads: 2 }, [{ threads: 1 }, { state: 'S' }]),
  refuses('dead-thread', 'process', { deadThreads: 1, state: 'S' }, [{ deadThreads: 0 }, { state: 'Z' }]),
  refuses('uninterruptible', 'process', { state: 'D', frozen: 'no' }, [{ state: 'S' }, { frozen: 'v1' }]),
  refuses('partly-stopped', 'process', { partlyStopped: true }, [{ partlyStopped: false }]),
  refuses('tracing-forbidden', 'process', { ptraceScope: 3 }, [{ ptraceScope: 2 }]),
  warns('freeze-cgroup-others', 'process', root, [{ isRoot: false }, { hasOutsiders: false }], {
    options: ['freeze-cgroup=/sys/fs/cgroup/a'],
    butOptions: [[]],
  }),
  warns('proc-in-cwd', 'process', { ...root, procMissing: true, parasiteMayMount: true }, [
    { isRoot: false },
    { procMissing: false },
    { parasiteMayMount: false },
  ]),
  refuses('stopped-by-terminal', 'process', { state: 'T', stopSignal: 21 }, [
    { stopSignal: 20 },
    { state: 'S' },
  ]),
  refuses('stopped-by-terminal', 'process', { state: 'T', stopSignal: 22 }),
  doubts('stopped-by-unknown', 'process', { state: 'T', stopSignal: 0 }, [
    { stopSignal: 19 },
    { state: 'S' },
  ]),
  refuses('trap-pending', 'process', { trapPending: true }, [{ trapPending: false }]),
  needs('outside-session', 'process', { ...root, sessionLeader: 'outside', state: 'S' }, [
    { sessionLeader: 'self' },
    { isRoot: false },
    { state: 'Z' },
  ]),
  refuses('session-outside-pid-namespace', 'process', { ownNamespaces: ['pid'], sessionInNamespace: 0 }, [
    { ownNamespaces: [] },
    { sessionInNamespace: 1 },
  ]),
  refuses(
    'session-leader-outside',
    'process',
    { isRoot: false, sessionLeader: 'outside', sessionInNamespace: 4 },
    [{ isRoot: true }, { sessionLeader: 'gone' }, { sessionLeader: 'inside' }, { sessionInNamespace: 0 }],
  ),
  refuses('shared-memory-map', 'process', { sharesMemory: true }, [{ sharesMemory: false }]),
  refuses('shared-fs', 'process', { sharesFs: true }, [{ sharesFs: false }]),
  refuses('shared-files', 'process', { sharesFilesPastParent: true }, [{ sharesFilesPastParent: false }]),
  refuses('shared-signal-handlers', 'process', { sharesSignalHandlers: true }, [
    { sharesSignalHandlers: false },
  ]),
  warns('outside-tree', 'process', { hasOutsiders: true, outsiders: ['4312 (sh)'] }, [
    { hasOutsiders: false },
  ]),
  warns('shared-with-parent', 'process', { sharedWithParent: ['vm'] }, [{ sharedWithParent: [] }]),
  refuses('thread-with-own-files', 'process', { threadsApart: ['fs'] }, [
    { threadsApart: ['net'] },
    { threadsApart: [] },
  ]),
  refuses('thread-with-own-files', 'process', { threadsApart: ['net', 'files'] }),
  warns('thread-with-own-namespace', 'process', { threadsApart: ['mnt'] }, [{ threadsApart: ['files'] }]),
  ...['uts', 'ipc', 'pid', 'user', 'cgroup', 'time'].map((type) =>
    refuses('nested-namespace', 'process', { nestedNamespaces: [type] }, [{ nestedNamespaces: [] }]),
  ),
  refuses('stray-namespace', 'process', { strayNamespaces: ['mnt'] }, [{ strayNamespaces: [] }]),
  refuses('time-for-children', 'process', { timeForChildrenDiffers: true }, [
    { timeForChildrenDiffers: false },
  ]),
  warns('pid-for-children', 'process', { pidForChildrenDiffers: true }, [{ pidForChildrenDiffers: false }]),
  warns('own-mounts-root', 'process', { ...root, ownNamespaces: ['mnt'] }, [
    { isRoot: false },
    { ownNamespaces: ['net'] },
  ]),
  refuses('empty-net-twice', 'process', { innerNamespaces: ['net'] }, [{ innerNamespaces: ['mnt'] }], {
    options: ['empty-ns=net'],
    butOptions: [[]],
  }),
  warns('tar-missing', 'process', { ...root, ownNamespaces: ['mnt'], missingTools: ['tar'] }, [
    { isRoot: false },
    { ownNamespaces: [] },
    { missingTools: ['ip'] },
  ]),
  warns('network-tools-missing', 'process', { ...root, ownNamespaces: ['net'], missingTools: ['ip'] }, [
    { isRoot: false },
    { ownNamespaces: ['mnt'] },
    { missingTools: ['tar'] },
  ]),
  warns(
    'network-lock-missing',
    'process',
    { ...root, missingTools: ['iptables-restore'] },
    [{ isRoot: false }, { missingTools: [] }],
    {
      options: ['tcp-established'],
      butOptions: [[], ['tcp-established', 'network-lock=nftables']],
    },
  ),
  doubts('cgroup-list-too-long', 'process', { ...root, cgroupListBytes: 4096 }, [
    { cgroupListBytes: 4095 },
    { isRoot: false },
  ]),
  needs(
    'not-init-of-pid-namespace',
    'process',
    { ...root, ownNamespaces: ['pid'], pidInNamespace: 2, pidNamespaceInode: '4026532001' },
    [{ pidInNamespace: 1 }, { ownNamespaces: [] }, { isRoot: false }],
  ),
  refuses('cgroup-outside', 'process', { cgroupOutside: true }, [{ cgroupOutside: false }]),
  refuses('no-id-map', 'process', { idMapMissing: true }, [{ idMapMissing: false }]),
  refuses('foreign-owned-namespace', 'process', { ...root, foreignOwnedNamespaces: ['net'] }, [
    { foreignOwnedNamespaces: [] },
    { isRoot: false },
  ]),
  refuses('chrooted-in-mount-namespace', 'process', { ...root, ownNamespaces: ['mnt'], chrooted: true }, [
    { chrooted: false },
    { ownNamespaces: [] },
    { isRoot: false },
  ]),
  refuses('root-deleted', 'process', { ...root, procMissing: true, parasiteMayMount: false }, [
    { procMissing: false },
    { parasiteMayMount: true },
    { isRoot: false },
  ]),
  refuses('too-few-descriptors-root', 'process', { ...root, freeDescriptors: 3 }, [
    { freeDescriptors: 4 },
    { isRoot: false },
  ]),
  refuses('too-few-descriptors', 'process', { isRoot: false, freeDescriptors: 2, state: 'S' }, [
    { freeDescriptors: 3 },
    { isRoot: true },
    { state: 'Z' },
  ]),
  refuses('descriptors-in-flight', 'process', { fdsBeyondLimit: true, mayExceedFdLimit: false }, [
    { fdsBeyondLimit: false },
    { mayExceedFdLimit: true },
  ]),
  refuses('address-space', 'process', { addressSpaceLeftBytes: 1048575, state: 'S' }, [
    { addressSpaceLeftBytes: 1048576 },
    { state: 'Z' },
  ]),
  refuses('map-count', 'process', { mapsLeft: 3 }, [{ mapsLeft: 4 }]),
  refuses('too-many-groups', 'process', { supplementaryGroups: 974 }, [{ supplementaryGroups: 973 }]),
  refuses('limits-not-permitted', 'process', { otherIds: true, engineMaySetLimits: false, state: 'S' }, [
    { otherIds: false },
    { engineMaySetLimits: true },
    { state: 'Z' },
  ]),
  refuses('sealed-memory', 'process', { sealedUnreadable: true }, [{ sealedUnreadable: false }]),
  needs('uprobes', 'process', { uprobes: true }, [{ uprobes: false }]),
  warns('landlock', 'process', { noNewPrivileges: true }, [{ noNewPrivileges: false }]),
  warns('confined', 'process', { securityLabel: 'docker-default (enforce)' }, [{ securityLabel: undefined }]),
  refuses('scheduling-deadline', 'process', { schedulingPolicy: 6 }, [
    { schedulingPolicy: 5 },
    { schedulingPolicy: 0 },
  ]),
  refuses('scheduling-deadline', 'process', { schedulingPolicy: 7 }),
  refuses('too-many-pipes', 'process', { readablePipes: 1025, readableFifos: 0 }, [{ readablePipes: 1024 }]),
  refuses('too-many-pipes', 'process', { readablePipes: 0, readableFifos: 1025 }, [{ readableFifos: 1024 }]),
  warns('holds-agent', 'process', { isAgent: true }, [{ isAgent: false }]),
  doubts('many-external-terminals', 'process', { terminalFds: 65 }, [{ terminalFds: 64 }], {
    options: ['external=tty[440:6]'],
    butOptions: [[]],
  }),
  doubts('mounts-unread', 'process', { mountsRead: false }, [{ mountsRead: true }]),
];

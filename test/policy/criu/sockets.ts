import { type Case, doubts, needs, refuses, warns } from './case.ts';

const external = { externalFileKey: '', inode: '900' };
const mount = { mountPoint: '/m', isRootMount: false, sameAsRootMount: false };
const bind = { ...mount, mountsWhole: false, hasProperRoot: false, inEngineMounts: false };
const bindMisses = [
  { mountsWhole: true },
  { isRootMount: true },
  { sameAsRootMount: true },
  { hasProperRoot: true },
];
const device = { netNamespaceInode: '4026532001', linkName: 'x0' };

/** Sockets, and the mounts and network devices of the tree's own namespaces. */
export const socketCases: readonly Case[] = [
  ...['tcp', 'udp', 'raw', 'unix', 'netlink'].map((kind) =>
    refuses('mapped-socket', kind, { via: 'map' }, [{ via: 'fd' }]),
  ),
  refuses('protocol', 'socket', { protocol: 'MPTCP' }, [{ protocol: undefined }]),
  ...['ESTABLISHED', 'SYN_SENT', 'FIN_WAIT1', 'FIN_WAIT2', 'CLOSE_WAIT', 'LAST_ACK', 'CLOSING'].map((state) =>
    needs('tcp-established', 'tcp', { socketState: state }, [
      { socketState: 'LISTEN' },
      { socketState: 'CLOSE' },
      { socketState: 'TIME_WAIT' },
    ]),
  ),
  needs('tcp-in-flight', 'tcp', { socketState: 'LISTEN', receiveQueueBytes: 1 }, [
    { socketState: 'CLOSE' },
    { receiveQueueBytes: 0 },
  ]),
  refuses('tcp-syn-received', 'tcp', { socketState: 'SYN_RECV' }, [{ socketState: 'LISTEN' }]),
  needs(
    'tcp-was-connected',
    'tcp',
    { socketState: 'CLOSE', wasConnected: true },
    [{ socketState: 'LISTEN' }, { wasConnected: false }],
    { butOptions: [['tcp-established']] },
  ),
  refuses('udp-corked', 'udp', { corked: true }, [{ corked: false }]),
  warns('datagrams-lost', 'udp', { receiveQueueBytes: 1, sendQueueBytes: 0 }, [{ receiveQueueBytes: 0 }]),
  warns('datagrams-lost', 'raw', { receiveQueueBytes: 0, sendQueueBytes: 1 }, [{ sendQueueBytes: 0 }]),
  ...['tcp', 'udp', 'raw', 'unix', 'netlink', 'packet'].flatMap((kind) => [
    refuses('ebpf-filter', kind, { ebpfFilter: true }, [{ ebpfFilter: false }]),
    refuses('bound-device-gone', kind, { boundDeviceGone: true }, [{ boundDeviceGone: false }]),
  ]),
  refuses('foreign-tcp', 'tcp', { socketNetNs: 'engine', wasConnected: true, acceptsConnections: false }, [
    { socketNetNs: 'own' },
    { wasConnected: false },
  ]),
  refuses('foreign-tcp', 'tcp', { socketNetNs: 'other', wasConnected: false, acceptsConnections: true }, [
    { acceptsConnections: false },
  ]),
  refuses('foreign-in-own-namespace', 'udp', { socketNetNs: 'other', rootOwnNamespaces: ['net'] }, [
    { socketNetNs: 'engine' },
    { rootOwnNamespaces: [] },
  ]),
  warns('foreign-lost', 'udp', { socketNetNs: 'engine' }, [{ socketNetNs: 'own' }]),
  ...['unix', 'packet'].map((kind) =>
    refuses('foreign-listed', kind, { listed: false, accessMode: 'read-write' }, [
      { listed: true },
      { accessMode: 'path' },
    ]),
  ),
  ...['unix', 'socket', 'tcp', 'udp', 'raw', 'netlink', 'packet'].map((kind) =>
    refuses('socket-o-path', kind, { accessMode: 'path' }, [{ accessMode: 'read-write' }]),
  ),
  needs('unix-stream-outside', 'unix', { ...external, socketType: 'seqpacket', peer: 'outside' }, [
    { socketType: 'dgram' },
    { peer: 'inside' },
    { peer: 'none' },
  ]),
  needs(
    'unix-named-outside',
    'unix',
    { ...external, socketType: 'dgram', peer: 'outside', peerNamed: true },
    [{ socketType: 'stream' }, { peer: 'inside' }, { peerNamed: false }],
  ),
  needs(
    'unix-nameless-outside',
    'unix',
    { ...external, socketType: 'dgram', peer: 'outside', peerNamed: false },
    [{ socketType: 'stream' }, { peer: 'inside' }, { peerNamed: true }],
  ),
  refuses('unix-peer-elsewhere', 'unix', { peer: 'other-namespace' }, [{ peer: 'none' }]),
  refuses('unix-asymmetric', 'unix', { peerAsymmetric: true }, [{ peerAsymmetric: false }]),
  refuses('unix-in-flight', 'unix', { pendingTrouble: 'data' }, [{ pendingTrouble: 'none' }]),
  refuses('unix-in-flight', 'unix', { pendingTrouble: 'closed' }),
  warns('unix-client-outside', 'unix', { pendingOutside: true }, [{ pendingOutside: false }]),
  refuses('unix-pending-outside', 'unix', { peer: 'pending', listenerInTree: false }, [
    { peer: 'none' },
    { listenerInTree: true },
  ]),
  refuses('unix-pending-on-itself', 'unix', { peer: 'pending', listenerInProcess: true }, [
    { peer: 'none' },
    { listenerInProcess: false },
  ]),
  refuses('unix-large-message', 'unix', { socketType: 'dgram', messageTooLarge: true }, [
    { socketType: 'stream' },
    { messageTooLarge: false },
  ]),
  doubts('unix-large-messages', 'unix', { socketType: 'seqpacket', messageTooLarge: true }, [
    { socketType: 'stream' },
    { messageTooLarge: false },
  ]),
  refuses('unix-control-data', 'unix', { receiveQueueBytes: 1, passControl: true }, [
    { receiveQueueBytes: 0 },
    { passControl: false },
  ]),
  doubts('unix-descriptors-in-flight', 'unix', { inFlightFds: 1 }, [{ inFlightFds: 0 }]),
  refuses('unix-relative-path', 'unix', { nameIsTail: false }, [{ nameIsTail: true }]),
  refuses('netlink-unread', 'netlink', { receiveQueueBytes: 1 }, [{ receiveQueueBytes: 0 }]),
  refuses('netlink-groups', 'netlink', { groupsAbove32: true }, [{ groupsAbove32: false }]),
  refuses('netlink-groups-without-port', 'netlink', { groupsWithoutPort: true }, [
    { groupsWithoutPort: false },
  ]),
  refuses('packet-membership', 'packet', { membershipTwice: true }, [{ membershipTwice: false }]),
  refuses('packet-membership-kind', 'packet', { membershipKindUnknown: true }, [
    { membershipKindUnknown: false },
  ]),
  refuses('packet-ring-closed', 'packet', { fdOpen: false }, [{ fdOpen: true }]),

  needs('mount-filesystem', 'mount', { ...mount, mountsWhole: true, fsType: 'ext4' }, [
    { mountsWhole: false },
    { isRootMount: true },
    { sameAsRootMount: true },
    ...['fuse', 'proc', 'tmpfs', 'overlay', 'cgroup2', 'autofs'].map((fsType) => ({ fsType })),
  ]),
  needs('mount-fuse', 'mount', { ...mount, mountsWhole: true, fsType: 'fuse' }, [
    { mountsWhole: false },
    { isRootMount: true },
    { sameAsRootMount: true },
    { fsType: 'fuseblk' },
  ]),
  needs('mount-autofs', 'mount', { ...mount, mountsWhole: true, autofsServed: false }, [
    { mountsWhole: false },
    { isRootMount: true },
    { autofsServed: true },
  ]),
  warns('mount-autofs-asked', 'mount', { autofsServed: true }, [{ autofsServed: false }]),
  needs('mount-bind', 'mount', bind, [...bindMisses, { inEngineMounts: true }]),
  needs('mount-bind-known', 'mount', { ...bind, inEngineMounts: true }, [
    ...bindMisses,
    { inEngineMounts: false },
  ]),
  needs('mount-terminal', 'mount', { ...mount, terminalMaster: 'outside' }, [{ terminalMaster: 'inside' }], {
    butOptions: [['orphan-pts-master']],
  }),
  needs('mount-filled', 'mount', { ...mount, filled: true }, [{ filled: false }]),
  needs('mount-master-outside', 'mount', { ...mount, masterOutside: true }, [
    { masterOutside: false },
    { isRootMount: true },
  ]),
  refuses('mount-name', 'mount', { oddName: true }, [{ oddName: false }]),
  needs('network-device-kind', 'network-device', { ...device, linkKind: 'vxlan' }, [
    ...['none', 'veth', 'tun', 'bridge', 'macvlan', 'sit', 'gre'].map((linkKind) => ({ linkKind })),
  ]),
  needs('network-device-tunnel', 'network-device', { ...device, linkKind: 'gretap' }, [
    { linkName: 'gretap0' },
    { linkKind: 'veth' },
  ]),
  needs('network-device-hardware', 'network-device', { ...device, linkKind: 'none', linkType: 1 }, [
    { linkType: 772 },
    { linkKind: 'veth' },
  ]),
  warns('network-device-peer', 'network-device', { ...device, linkKind: 'veth' }, [{ linkKind: 'bridge' }]),
];

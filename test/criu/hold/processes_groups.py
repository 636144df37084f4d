"""Network namespace contents, System V IPC, control groups: rows B5.*, B6.*, B7.*."""
import os

import ksys
from hold import situation
from processes_kit import cgroup, enter, inode
from sockets_kit import own_net, quiet

IPC_PRIVATE, IPC_RMID, IPC_CREAT = 0, 0, 0o1000
SIZE = 16384


def links(hold, *commands):
    own_net()
    for command in commands:
        quiet('ip', 'link', 'add', *command)
    hold.vars['net'] = inode('/proc/self/ns/net')
    return {}


@situation('net-known-links', rows=['B5.1'])
def net_known_links(hold):
    return links(hold, ['v0', 'type', 'veth', 'peer', 'v1'], ['b0', 'type', 'bridge'],
                 ['m0', 'link', 'v0', 'type', 'macvlan'])


@situation('net-ifb', rows=['B5.2'])
def net_ifb(hold):
    return links(hold, ['i0', 'type', 'ifb'])


@situation('net-vxlan', rows=['B5.2'])
def net_vxlan(hold):
    return links(hold, ['x0', 'type', 'vxlan', 'id', '7', 'dstport', '4789'])


@situation('net-vxlan-external', rows=['B5.2', 'A7.10'])
def net_vxlan_external(hold):
    """The same, for the other option that lifts it."""
    return links(hold, ['x0', 'type', 'vxlan', 'id', '7', 'dstport', '4789'])


@situation('net-iptables', rows=['B5.5'])
def net_iptables(_):
    own_net()
    quiet('iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '9', '-j', 'DROP')
    quiet('ip', 'route', 'add', '10.1.2.0/24', 'dev', 'lo')
    return {}


def segment(remove=True):
    """Attached System V shared memory; (id, address)."""
    number = ksys.check(ksys.libc.shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0o600), 'shmget')
    ksys.libc.shmat.restype = ksys.ctypes.c_void_p
    address = ksys.libc.shmat(number, None, 0)
    if remove:
        ksys.libc.shmctl(number, IPC_RMID, None)
    return number, address


@situation('shm-attached', rows=['B6.1'])
def shm_attached(_):
    """In the host's IPC namespace, already marked for removal."""
    segment()
    return {'pid': os.getpid()}


@situation('shm-own-ipc', rows=['B6.2'])
def shm_own_ipc(_):
    ksys.unshare(ksys.CLONE_NEWIPC)
    segment()
    segment(remove=False)
    ksys.check(ksys.libc.msgget(7, IPC_CREAT | 0o600), 'msgget')
    ksys.check(ksys.libc.semget(7, 2, IPC_CREAT | 0o600), 'semget')
    return {}


@situation('shm-own-ipc-partly', rows=['B6.3'])
def shm_own_ipc_partly(_):
    """The tail of the mapping has been unmapped."""
    ksys.unshare(ksys.CLONE_NEWIPC)
    _, address = segment(remove=False)
    ksys.check(ksys.libc.munmap(ksys.ctypes.c_void_p(address + SIZE // 2), SIZE // 2), 'munmap')
    return {'pid': os.getpid()}


@situation('shm-unattached', rows=['B6.4'])
def shm_unattached(hold):
    """A segment nobody has mapped and a semaphore with an undo, in the host's namespace."""
    number, address = segment(remove=False)
    hold.undo.append(['ipcrm', '-m', str(number)])
    ksys.check(ksys.libc.shmdt(ksys.ctypes.c_void_p(address)), 'shmdt')
    semaphore = ksys.check(ksys.libc.semget(IPC_PRIVATE, 1, IPC_CREAT | 0o600), 'semget')
    hold.undo.append(['ipcrm', '-s', str(semaphore)])
    operation = (ksys.ctypes.c_short * 3)(0, 1, 0x1000)  # SEM_UNDO
    ksys.check(ksys.libc.semop(semaphore, operation, 1), 'semop')
    return {}


@situation('cgroup-own-v1', rows=['B7.1'])
def cgroup_own_v1(hold):
    enter(cgroup(hold, '/sys/fs/cgroup/pids', 'a/b'))
    return {}


@situation('cgroup-own-v2', rows=['B7.1'])
def cgroup_own_v2(hold):
    enter(cgroup(hold, '/sys/fs/cgroup/unified', 'a/b'))
    return {}


def in_cgroup_namespace(hold):
    """A control group namespace whose root is one group down; returns the group above it."""
    path = cgroup(hold, '/sys/fs/cgroup/unified', 'root')
    enter(path)
    ksys.unshare(ksys.CLONE_NEWCGROUP)
    return os.path.dirname(path)


@situation('cgroup-namespace', rows=['B3.1', 'B7.1'])
def cgroup_namespace(hold):
    in_cgroup_namespace(hold)
    return {}


@situation('cgroup-above-root', rows=['B7.2'])
def cgroup_above_root(hold):
    enter(in_cgroup_namespace(hold))
    return {'pid': os.getpid()}


@situation('cgroup-child-above-root', rows=['B7.3'])
def cgroup_child_above_root(hold):
    above = in_cgroup_namespace(hold)
    return {'pid': hold.child(lambda: enter(above))}

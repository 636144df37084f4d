"""Namespaces: rows B3.*."""
import os
import struct

import ksys
from hold import situation
from processes_kit import grandchild, in_user_namespace, inode, syscall, tree
from sockets_kit import own_net


@situation('own-uts', rows=['B3.1'])
def own_uts(_):
    ksys.unshare(ksys.CLONE_NEWUTS)
    return {}


@situation('own-ipc', rows=['B3.1'])
def own_ipc(_):
    ksys.unshare(ksys.CLONE_NEWIPC)
    return {}


@situation('own-net', rows=['B3.1'])
def own_network(_):
    own_net()
    return {}


@situation('own-cgroup', rows=['B3.1'])
def own_cgroup(_):
    ksys.unshare(ksys.CLONE_NEWCGROUP)
    return {}


@situation('own-time', rows=['B3.1'])
def own_time(hold):
    ksys.unshare(ksys.CLONE_NEWTIME)
    tree(hold)
    return {}


@situation('own-pid', rows=['B3.1'])
def own_pid(hold):
    hold.own_pids()
    tree(hold, lambda: grandchild(hold))
    return {}


@situation('own-user', rows=['B3.1'])
def own_user(_):
    in_user_namespace()
    return {}


@situation('own-user-and-others', rows=['B3.1'])
def own_user_and_others(_):
    in_user_namespace(ksys.CLONE_NEWUTS | ksys.CLONE_NEWIPC | ksys.CLONE_NEWNET)
    return {}


def nested(hold, flags):
    return {'pid': hold.child(lambda: ksys.unshare(flags))}


@situation('nested-uts', rows=['B3.2'])
def nested_uts(hold):
    return nested(hold, ksys.CLONE_NEWUTS)


@situation('nested-ipc', rows=['B3.2'])
def nested_ipc(hold):
    return nested(hold, ksys.CLONE_NEWIPC)


@situation('nested-cgroup', rows=['B3.2'])
def nested_cgroup(hold):
    return nested(hold, ksys.CLONE_NEWCGROUP)


@situation('nested-user', rows=['B3.2'])
def nested_user(hold):
    return {'pid': hold.child(in_user_namespace)}


@situation('nested-pid', rows=['B3.2'])
def nested_pid(hold):
    """The child has its own pid namespace by birth."""
    hold.own_pids()
    return {'pid': hold.child(os.setsid)}


@situation('nested-time', rows=['B3.2'])
def nested_time(hold):
    """A time namespace is entered by fork: the middle process has one only for its children."""
    def middle():
        ksys.unshare(ksys.CLONE_NEWTIME)
        grandchild(hold)
    return {'pid': hold.child(middle)}


@situation('child-own-net', rows=['B3.3'])
def child_own_net(hold):
    ksys.unshare(ksys.CLONE_NEWNET)
    return nested(hold, ksys.CLONE_NEWNET)


@situation('child-own-net-root-host', rows=['B3.4'])
def child_own_net_root_host(hold):
    return nested(hold, ksys.CLONE_NEWNET)


@situation('child-own-mnt-root-host', rows=['B3.4'])
def child_own_mnt_root_host(hold):
    return {'pid': hold.child(ksys.own_mounts)}


@situation('time-for-children', rows=['B3.5'])
def time_for_children(_):
    ksys.unshare(ksys.CLONE_NEWTIME)
    return {'pid': os.getpid()}


@situation('pid-for-children', rows=['B3.6'])
def pid_for_children(hold):
    hold.own_pids()
    return {}


@situation('pid-not-init', rows=['B3.7'])
def pid_not_init(hold):
    """The root is the second process of a pid namespace."""
    hold.own_pids()
    hold.outside.append(hold.child())
    pid = tree(hold)
    hold.vars['pidns'] = inode(f'/proc/{pid}/ns/pid')
    return {'pid': pid}


@situation('pid-member-outside', rows=['B3.8'])
def pid_member_outside(hold):
    """Another member of the namespace has its parent outside the tree."""
    hold.own_pids()
    tree(hold)
    hold.outside.append(hold.child())
    return {}


@situation('user-unmapped', rows=['B3.9'])
def user_unmapped(_):
    ksys.unshare(ksys.CLONE_NEWUSER)
    return {'pid': os.getpid()}


@situation('net-of-other-user', rows=['B3.10'])
def net_of_other_user(_):
    """The network namespace was made before the user namespace, so it is not of it."""
    ksys.unshare(ksys.CLONE_NEWNET)
    in_user_namespace()
    return {'pid': os.getpid()}


@situation('chroot-no-proc', rows=['B3.11'])
def chroot_no_proc(hold):
    """No /proc, but a folder to make one in."""
    os.chroot(hold.dir)
    os.chdir('/')
    return {}


@situation('chroot-no-proc-read-only', rows=['B3.11'])
def chroot_no_proc_read_only(hold):
    root = hold.path('root')
    os.makedirs(root)
    ksys.mount('root', root, 'tmpfs', ksys.MS_RDONLY)
    os.chroot(root)
    os.chdir('/')
    return {'pid': os.getpid()}


@situation('chroot-no-proc-no-capability', rows=['B3.11'])
def chroot_no_proc_no_capability(hold):
    os.chroot(hold.dir)
    os.chdir('/')
    drop_capabilities()
    return {'pid': os.getpid()}


def drop_capabilities():
    header = struct.pack('Ii', 0x20080522, 0)
    syscall(126 if ksys.X86 else 91, header, bytes(24))  # capset

"""Rows of which the other files have no situation: B3.9, B4.9, C12."""
import fcntl
import os

import ksys
from files_tty import TERMINAL
from hold import situation
from processes_kit import container


@situation('user-map-without-root', rows=['B3.9'])
def user_map_without_root(_):
    """User 0 of the host is user 1 inside, and nobody is user 0."""
    ksys.unshare(ksys.CLONE_NEWUSER)
    for name, value in (('setgroups', 'deny'), ('uid_map', '1 0 1'), ('gid_map', '1 0 1')):
        with open(f'/proc/self/{name}', 'w') as out:
            out.write(value)
    return {'pid': os.getpid()}


def autofs_mount(served):
    """Its automounter is the program itself, which is asked through its standard input."""
    def inside():
        reader, writer = os.pipe()
        options = f'fd={writer},pgrp={os.getpgid(0)},minproto=5,maxproto=5,indirect'
        ksys.mount('automount', '/m', 'autofs', 0, options)
        os.close(writer)
        if served:
            os.dup2(reader, 0)
        os.close(reader)
    return inside


@situation('mount-autofs', rows=['B4.9'])
def mount_autofs(hold):
    """The process that is asked holds the pipe."""
    return container(hold, inside=autofs_mount(True))


@situation('mount-autofs-abandoned', rows=['B4.9'])
def mount_autofs_abandoned(hold):
    return container(hold, inside=autofs_mount(False))


@situation('pty-pair-of-outside-devpts', rows=['C12'], alone=True)
def pair_of_outside_devpts(hold):
    """Both ends are in the tree; their devpts is not."""
    os.mkdir(hold.path('pts'))

    def elsewhere():
        ksys.own_mounts()
        ksys.mount('devpts', hold.path('pts'), 'devpts', 0, 'newinstance,ptmxmode=0666')
    root = f'/proc/{hold.outsider(elsewhere)}/root{hold.path("pts")}'
    master = os.open(f'{root}/ptmx', TERMINAL)
    fcntl.ioctl(master, 0x40045431, bytes(4))  # TIOCSPTLCK: unlock the slave
    os.dup2(master, 58)
    os.close(master)
    return hold.open(f'{root}/0', TERMINAL)

"""cwd, root, exe and namespace files: rows F1 to F6, J1 to J3."""
import os
import shutil

import ksys
from hold import situation

MIB = 1 << 20


@situation('cwd-removed', rows=['F1', 'E27'])
def cwd_removed(hold):
    os.mkdir(hold.path('here'))
    os.chdir(hold.path('here'))
    os.rmdir(hold.path('here'))
    return {'via': 'cwd'}


@situation('chroot', rows=['F2'])
def chroot(hold):
    os.mkdir(hold.path('root'))
    os.chroot(hold.path('root'))
    return {'via': 'root'}


@situation('chroot-in-own-mntns', rows=['F3'])
def chroot_own(hold):
    ksys.own_mounts()
    return chroot(hold)


def removed_root(hold):
    os.mkdir(hold.path('root'))
    fd = os.open(hold.dir, os.O_PATH)
    os.chroot(hold.path('root'))
    return fd


@situation('chroot-removed', rows=['F4'])
def chroot_removed(hold):
    fd = removed_root(hold)
    os.rmdir('root', dir_fd=fd)
    os.close(fd)
    return {'via': 'root'}


@situation('chroot-removed-with-cwd', rows=['F4'])
def chroot_removed_cwd(hold):
    fd = removed_root(hold)
    os.chdir('/')
    os.rmdir('root', dir_fd=fd)
    os.close(fd)
    return {'via': 'root'}


def program(hold, padding):
    """A private copy of sleep, with bytes added at its end."""
    shutil.copy(shutil.which('sleep'), hold.path('sleep'))
    with open(hold.path('sleep'), 'ab') as out:
        out.write(b'x' * padding)
    return hold.path('sleep')


def run(path):
    return os.posix_spawn(path, ['sleep', 'infinity'], {})


@situation('exe-deleted', rows=['F5', 'E2'])
def exe_deleted(hold):
    path = program(hold, 0)
    pid = run(path)
    os.unlink(path)
    return {'pid': pid, 'via': 'exe'}


@situation('exe-deleted-2-mib', rows=['F5', 'E3'])
def exe_deleted_large(hold):
    path = program(hold, 2 * MIB)
    pid = run(path)
    os.unlink(path)
    return {'pid': pid, 'via': 'exe'}


@situation('exe-replaced', rows=['F5'])
def exe_replaced(hold):
    path = program(hold, 0)
    pid = run(path)
    os.rename(hold.file('new'), path)
    return {'pid': pid, 'via': 'exe'}


@situation('exe-memfd', rows=['F6'])
def exe_memfd(hold):
    with open(program(hold, 0), 'rb') as content:
        fd = ksys.memfd('program')
        os.write(fd, content.read())
    pid = run(f'/proc/self/fd/{fd}')
    os.close(fd)
    return {'pid': pid, 'via': 'exe'}


KINDS = ('net', 'uts', 'ipc', 'pid', 'user', 'mnt', 'cgroup', 'time')


@situation('namespaces-own', rows=['J1'])
def own(hold):
    for number, kind in enumerate(KINDS, 50):
        hold.open(f'/proc/self/ns/{kind}', number=number)
    return {}


@situation('namespace-of-child', rows=['J1'])
def of_child(hold):
    pid = hold.child(lambda: ksys.unshare(ksys.CLONE_NEWNET))
    return hold.open(f'/proc/{pid}/ns/net')


def outside(hold, kind, flag):
    return f'/proc/{hold.outsider(lambda: ksys.unshare(flag))}/ns/{kind}'


@situation('namespace-net-outside', rows=['J2'])
def net_outside(hold):
    return hold.open(outside(hold, 'net', ksys.CLONE_NEWNET))


@situation('namespace-uts-outside', rows=['J2'])
def uts_outside(hold):
    return hold.open(outside(hold, 'uts', ksys.CLONE_NEWUTS))


@situation('namespace-of-dead-process', rows=['J2'])
def of_dead(hold):
    blame = hold.open(outside(hold, 'net', ksys.CLONE_NEWNET))
    os.kill(hold.outside.pop(), 9)
    return blame


@situation('namespace-by-bind-mount', rows=['J3'])
def by_bind(hold):
    hold.file('net', '')
    ksys.bind(outside(hold, 'net', ksys.CLONE_NEWNET), hold.path('net'))
    return hold.open(hold.path('net'))

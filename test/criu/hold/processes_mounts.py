"""What a mount namespace of one's own holds: rows B4.*."""
import os
import shutil

import ksys
from hold import situation
from processes_kit import container

MS_SHARED = 1 << 20


def own_ipc_and(hold, inside):
    return container(hold, inside=inside, flags=ksys.CLONE_NEWIPC)


def place(fstype, source=None, data=''):
    """Mounts a file system on /m, in the container."""
    def inside():
        ksys.mount(source or fstype, '/m', fstype, data=data)
    return inside


@situation('own-mnt', rows=['B3.1', 'B4.17'])
def own_mnt(hold):
    return container(hold)


@situation('own-all', rows=['B3.1'])
def own_all(hold):
    """As a container has it, save for the pid namespace."""
    others = ksys.CLONE_NEWNET | ksys.CLONE_NEWUTS | ksys.CLONE_NEWIPC | ksys.CLONE_NEWCGROUP
    return container(hold, flags=others)


@situation('mounts-known', rows=['B4.1'])
def mounts_known(hold):
    def inside():
        for fstype in ('sysfs', 'tmpfs', 'devpts', 'devtmpfs', 'mqueue', 'cgroup2'):
            os.mkdir(f'/m/{fstype}')
            ksys.mount(fstype, f'/m/{fstype}', fstype, data='newinstance' if fstype == 'devpts' else '')
    return own_ipc_and(hold, inside)


@situation('mount-ramfs', rows=['B4.2'])
def mount_ramfs(hold):
    return container(hold, inside=place('ramfs'))


@situation('mount-ramfs-skip', rows=['B4.2'])
def mount_ramfs_skip(hold):
    """The same, for another option that lifts it."""
    return container(hold, inside=place('ramfs'))


@situation('mount-hugetlbfs', rows=['B4.2'])
def mount_hugetlbfs(hold):
    return container(hold, inside=place('hugetlbfs'))


@situation('mount-bpf', rows=['B4.2'])
def mount_bpf(hold):
    return container(hold, inside=place('bpf'))


def bind_volume(hold):
    volume = hold.path('volume')
    os.makedirs(volume)
    return container(hold, before=lambda root: ksys.bind(volume, f'{root}/m'))


@situation('mount-volume', rows=['B4.3'])
def mount_volume(hold):
    """A folder of the host's disk, as a container's volume."""
    return bind_volume(hold)


@situation('mount-volume-auto', rows=['B4.3'])
def mount_volume_auto(hold):
    """The same, for the option that finds the mount on the host."""
    return bind_volume(hold)


@situation('mount-slave', rows=['B4.4'])
def mount_slave(hold):
    """Its master is outside the tree."""
    shared = hold.path('shared')
    os.makedirs(shared)
    ksys.mount('shared', shared, 'tmpfs')
    ksys.mount('none', shared, 'none', MS_SHARED)
    return container(hold, before=lambda root: ksys.mount(shared, f'{root}/m', 'none', ksys.MS_BIND))


@situation('mount-over', rows=['B4.7'])
def mount_over(hold):
    def inside():
        place('tmpfs')()
        place('tmpfs')()
    return container(hold, inside=inside)


@situation('mount-mqueue-filled', rows=['B4.10'])
def mount_mqueue_filled(hold):
    def inside():
        place('mqueue')()
        os.close(os.open('/m/queue', os.O_CREAT | os.O_RDWR))
    return own_ipc_and(hold, inside)


@situation('mount-point-newline', rows=['B4.11'])
def mount_point_newline(hold):
    def inside():
        os.mkdir('/m/a\nb')
        ksys.mount('tmpfs', '/m/a\nb', 'tmpfs')
    return container(hold, inside=inside)


@situation('mount-point-space', rows=['B4.11'])
def mount_point_space(hold):
    def inside():
        os.mkdir('/m/a b')
        ksys.mount('tmpfs', '/m/a b', 'tmpfs')
    return container(hold, inside=inside)


@situation('chroot-own-mnt', rows=['B4.13'])
def chroot_own_mnt(hold):
    def inside():
        place('tmpfs')()
        shutil.copy('/busybox', '/m/busybox')
        os.chroot('/m')
        os.chdir('/')
    return container(hold, inside=inside)


@situation('own-mnt-not-executed', rows=['B4.14'])
def own_mnt_not_executed(_):
    """Executable, libraries and cwd are still on the mounts of the old namespace."""
    ksys.own_mounts()
    return {'pid': os.getpid()}


@situation('cwd-lazily-unmounted', rows=['B4.15'])
def cwd_unmounted(hold):
    folder = hold.path('folder')
    os.makedirs(folder)
    ksys.mount('tmpfs', folder, 'tmpfs')
    os.chdir(folder)
    ksys.umount(folder, ksys.MNT_DETACH)
    return {'pid': os.getpid()}

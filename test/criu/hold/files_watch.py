"""inotify and fanotify: rows D7 to D10 and W1 to W8."""
import os

import ksys
from files_fuse import server
from files_overlay import overlay
from hold import Skip, situation


def watch(hold, path):
    return hold.at(ksys.inotify(path))


@situation('inotify-disk', rows=['W1', 'D7'])
def on_disk(hold):
    return watch(hold, hold.file('watched'))


@situation('inotify-tmpfs', rows=['W1', 'D7'])
def on_tmpfs(hold):
    return watch(hold, tmpfs_file(hold))


def tmpfs_file(hold):
    os.mkdir(hold.path('tmpfs'))
    ksys.mount('tmpfs', hold.path('tmpfs'), 'tmpfs')
    return hold.file('tmpfs/watched')


@situation('inotify-devtmpfs', rows=['W1'])
def on_devtmpfs(hold):
    return watch(hold, '/dev')


@situation('inotify-cgroup', rows=['W1'])
def on_cgroup(hold):
    v1 = '/sys/fs/cgroup/memory'
    return watch(hold, v1 if os.path.isdir(v1) else '/sys/fs/cgroup')


@situation('inotify-empty', rows=['D7'])
def empty(hold):
    return hold.at(ksys.syscall('inotify_init1', 0))


@situation('inotify-proc', rows=['W2'])
def on_proc(hold):
    hold.vars['path'] = '/proc/sys/kernel/random'
    return watch(hold, hold.vars['path'])


@situation('inotify-sysfs', rows=['W2'])
def on_sysfs(hold):
    hold.vars['path'] = '/sys/kernel/mm'
    return watch(hold, hold.vars['path'])


@situation('inotify-devpts', rows=['W2'])
def on_devpts(hold):
    hold.vars['path'] = '/dev/pts'
    return watch(hold, '/dev/pts')


@situation('inotify-bpffs', rows=['W2'])
def on_bpffs(hold):
    os.mkdir(hold.path('bpf'))
    ksys.mount('bpf', hold.path('bpf'), 'bpf')
    hold.vars['path'] = hold.path('bpf')
    return watch(hold, hold.path('bpf'))


@situation('inotify-fuse', rows=['W1', 'E18'])
def on_fuse(hold):
    hold.outsider(server(hold))
    return watch(hold, hold.path('fuse'))


@situation('inotify-overlay', rows=['W3'])
def on_overlay(hold):
    hold.vars['path'] = overlay(hold)
    return watch(hold, f'{hold.vars["path"]}/lower-file')


@situation('inotify-overlay-nfs-export', rows=['W4'])
def on_overlay_export(hold):
    return watch(hold, overlay(hold, ',index=on,nfs_export=on') + '/lower-file')


@situation('inotify-tmpfs-deleted', rows=['W5'])
def tmpfs_deleted(hold):
    path = tmpfs_file(hold)
    hold.open(path, number=58)
    blame = watch(hold, path)
    os.unlink(path)
    return blame


@situation('inotify-tmpfs-renamed', rows=['W5'])
def tmpfs_renamed(hold):
    path = tmpfs_file(hold)
    blame = watch(hold, path)
    os.rename(path, path + '2')
    return blame


@situation('inotify-disk-deleted', rows=['W6'])
def disk_deleted(hold):
    path = hold.file('watched')
    hold.open(path, number=58)
    blame = watch(hold, path)
    os.unlink(path)
    return blame


@situation('inotify-disk-other-link', rows=['W7'])
def disk_other_link(hold):
    path = hold.file('watched')
    os.link(path, path + '2')
    blame = watch(hold, path)
    os.unlink(path)
    return blame


@situation('inotify-mount-outside', rows=['W8'])
def mount_outside(hold):
    os.mkdir(hold.path('only-there'))

    def elsewhere():
        ksys.own_mounts()
        ksys.mount('tmpfs', hold.path('only-there'), 'tmpfs')
        hold.file('only-there/watched')
    pid = hold.outsider(elsewhere)
    return watch(hold, f'/proc/{pid}/root{hold.path("only-there/watched")}')


def mark(hold, path, kind=0):
    return hold.at(ksys.fanotify(path, kind))


@situation('fanotify-disk', rows=['D8', 'W1'])
def fanotify_disk(hold):
    return mark(hold, hold.file('watched'))


@situation('fanotify-overlay', rows=['D8', 'W3'])
def fanotify_overlay(hold):
    hold.vars['path'] = overlay(hold)
    return mark(hold, f'{hold.vars["path"]}/lower-file')


@situation('fanotify-mount', rows=['D9'])
def fanotify_mount(hold):
    return mark(hold, tmpfs_file(hold), ksys.FAN_MARK_MOUNT)


@situation('fanotify-mount-outside', rows=['D9'])
def fanotify_mount_outside(hold):
    pid = hold.outsider(ksys.own_mounts)
    return mark(hold, f'/proc/{pid}/root', ksys.FAN_MARK_MOUNT)


@situation('fanotify-filesystem', rows=['D10'])
def fanotify_filesystem(hold):
    return mark(hold, tmpfs_file(hold), ksys.FAN_MARK_FILESYSTEM)


@situation('fanotify-mount-namespace', rows=['D10'])
def fanotify_mount_namespace(hold):
    try:
        fd = ksys.syscall('fanotify_init', 0x4000, os.O_RDONLY)  # FAN_REPORT_MNT
        mark_namespace, attach = 0x111, 0x1000000
        ksys.syscall('fanotify_mark', fd, mark_namespace, attach, -100, b'/proc/self/ns/mnt')
    except OSError as error:
        raise Skip(f'mount namespace marks: {error.strerror}') from error
    return hold.at(fd)

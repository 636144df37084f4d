"""Files found by their path, there, deleted or with another name: rows E1 to E5, E16, E27."""
import ctypes
import os
import stat

import ksys
from hold import Skip, situation

MIB = 1 << 20
ALLOCATE_KEEP_SIZE = 1


def deleted(hold, size, **how):
    path = hold.file('victim', b'x' * size)
    blame = hold.open(path, **how)
    hold.vars['key'] = ksys.external_file(57)
    os.unlink(path)
    return blame


@situation('file', rows=['E1'])
def file(hold):
    return hold.open(hold.file('file'), os.O_RDWR | os.O_APPEND)


@situation('file-o-path', rows=['E1'])
def file_o_path(hold):
    return hold.open(hold.file('file'), os.O_PATH)


@situation('file-on-tmpfs', rows=['E1'])
def file_on_tmpfs(hold):
    os.mkdir(hold.path('tmpfs'))
    ksys.mount('tmpfs', hold.path('tmpfs'), 'tmpfs')
    return hold.open(hold.file('tmpfs/file'), os.O_RDWR)


@situation('sysfs-file', rows=['E1'])
def sysfs_file(hold):
    return hold.open('/sys/kernel/uevent_seqnum')


@situation('directory', rows=['E1'])
def directory(hold):
    return hold.open(hold.dir, os.O_RDONLY | os.O_DIRECTORY)


@situation('symlink-o-path', rows=['E1'])
def symlink(hold):
    os.symlink('/etc/passwd', hold.path('link'))
    return hold.open(hold.path('link'), os.O_PATH | os.O_NOFOLLOW)


@situation('symlink-o-path-deleted', rows=['E2'])
def symlink_deleted(hold):
    blame = symlink(hold)
    os.unlink(hold.path('link'))
    return blame


@situation('file-named-deleted', rows=['E1'])
def named_deleted(hold):
    return hold.open(hold.file('real (deleted)'))


@situation('file-named-with-newline', rows=['E1'])
def newline(hold):
    return hold.open(hold.file('two\nlines'))


@situation('file-renamed', rows=['E1'])
def renamed(hold):
    blame = hold.open(hold.file('before'))
    os.rename(hold.path('before'), hold.path('after'))
    return blame


@situation('file-replaced', rows=['E2', 'E9'])
def replaced(hold):
    blame = hold.open(hold.file('file'))
    os.rename(hold.file('new'), hold.path('file'))
    return blame


@situation('file-deleted', rows=['E2'])
def file_deleted(hold):
    return deleted(hold, 100)


@situation('file-deleted-1-mib', rows=['E2'])
def file_deleted_1_mib(hold):
    return deleted(hold, MIB)


@situation('file-deleted-sparse', rows=['E2'])
def file_deleted_sparse(hold):
    blame = deleted(hold, 100, flags=os.O_RDWR)
    os.ftruncate(57, 1 << 30)
    return blame


@situation('file-deleted-with-its-folder', rows=['E2'])
def file_deleted_folder(hold):
    blame = hold.open(hold.file('folder/victim'))
    os.unlink(hold.path('folder/victim'))
    os.rmdir(hold.path('folder'))
    return blame


@situation('file-o-tmpfile', rows=['E2'])
def o_tmpfile(hold):
    return hold.open(hold.dir, os.O_TMPFILE | os.O_RDWR)


@situation('file-deleted-2-mib', rows=['E3'])
def file_deleted_2_mib(hold):
    return deleted(hold, 2 * MIB)


@situation('file-deleted-preallocated', rows=['E3'])
def file_preallocated(hold):
    blame = deleted(hold, 100, flags=os.O_RDWR)
    length = ctypes.c_long(2 * MIB)
    ksys.check(ksys.libc.fallocate(57, ALLOCATE_KEEP_SIZE, ctypes.c_long(0), length), 'fallocate')
    return blame


@situation('file-deleted-2-mib-external', rows=['E3', 'E12'])
def file_deleted_external(hold):
    return deleted(hold, 2 * MIB)


@situation('file-deleted-other-link', rows=['E4'])
def other_link(hold):
    blame = hold.open(hold.file('this'))
    os.link(hold.path('this'), hold.path('that'))
    os.unlink(hold.path('this'))
    return blame


@situation('file-o-tmpfile-linked', rows=['E4'])
def o_tmpfile_linked(hold):
    blame = hold.open(hold.dir, os.O_TMPFILE | os.O_RDWR)
    follow = 0x400
    new = hold.path('linked').encode()
    ksys.check(ksys.libc.linkat(-100, b'/proc/self/fd/57', -100, new, follow), 'linkat')
    return blame


def some_cgroup(hold):
    for base in ('/sys/fs/cgroup/memory', '/sys/fs/cgroup/unified', '/sys/fs/cgroup'):
        path = f'{base}/{os.path.basename(hold.dir)}'
        try:
            os.mkdir(path)
            return path
        except OSError:
            pass
    raise Skip('no cgroup may be made')


@situation('cgroup-file', rows=['E1'])
def cgroup_file(hold):
    path = some_cgroup(hold)
    hold.undo.append(['rmdir', path])
    return hold.open(f'{path}/cgroup.procs')


@situation('cgroup-file-removed', rows=['E5'])
@situation('cgroup-file-removed-link-remap', rows=['E5'])
def cgroup_file_removed(hold):
    path = some_cgroup(hold)
    blame = hold.open(f'{path}/cgroup.procs')
    hold.vars['key'] = ksys.external_file(57)
    os.rmdir(path)
    return blame


def write_only_attribute(hold, flags):
    """A sysfs attribute nobody may read."""
    path = '/sys/bus/cpu/uevent'
    if not os.path.exists(path) or stat.S_IMODE(os.stat(path).st_mode) & 0o444:
        raise Skip(f'{path}: not write-only')
    blame = hold.open(path, flags)
    hold.vars['key'] = ksys.external_file(57)
    return blame


@situation('sysfs-write-only', rows=['E16'])
def sysfs_write_only(hold):
    return write_only_attribute(hold, os.O_WRONLY)


@situation('sysfs-write-only-o-path', rows=['E16'])
def sysfs_o_path(hold):
    return write_only_attribute(hold, os.O_PATH)


@situation('sysfs-write-only-append', rows=['E16'])
def sysfs_append(hold):
    return write_only_attribute(hold, os.O_WRONLY | os.O_APPEND)


@situation('directory-removed', rows=['E27'])
def directory_removed(hold):
    os.mkdir(hold.path('folder'))
    blame = hold.open(hold.path('folder'))
    os.rmdir(hold.path('folder'))
    return blame

"""Files whose mount hides, covers or loses them: rows E9 to E15, E21 to E24."""
import os
import threading

import ksys
from files_table import sleep_in_thread
from hold import Skip, situation


def opened(hold, path, flags=os.O_RDONLY):
    blame = hold.open(path, flags)
    hold.vars['key'] = ksys.external_file(57)
    return blame


def tmpfs(hold, name):
    os.makedirs(hold.path(name), exist_ok=True)
    ksys.mount('tmpfs', hold.path(name), 'tmpfs')
    return hold.path(name)


@situation('file-covered-by-bind', rows=['E9'])
def covered(hold):
    blame = opened(hold, hold.file('file'))
    ksys.bind(hold.file('cover'), hold.path('file'))
    return blame


@situation('file-deleted-and-another-named-so', rows=['E9'])
def literally_deleted(hold):
    blame = opened(hold, hold.file('file'))
    os.link(hold.path('file'), hold.path('kept'))
    os.unlink(hold.path('file'))
    hold.file('file (deleted)')
    return blame


@situation('cwd-covered', rows=['E9', 'F1'])
def cwd_covered(hold):
    os.mkdir(hold.path('here'))
    os.chdir(hold.path('here'))
    fd = os.open('.', os.O_PATH)
    hold.vars['key'] = ksys.external_file(fd)
    os.close(fd)
    tmpfs(hold, 'here')
    return {'via': 'cwd'}


@situation('file-hidden-by-mount', rows=['E10'])
@situation('file-hidden-by-mount-link-remap', rows=['E10'])
def hidden(hold):
    blame = opened(hold, hold.file('folder/file'))
    tmpfs(hold, 'folder')
    return blame


@situation('file-on-covered-mount', rows=['E11'])
def overmounted(hold):
    tmpfs(hold, 'folder')
    blame = opened(hold, hold.file('folder/file'))
    tmpfs(hold, 'folder')
    hold.file('folder/file')
    return blame


@situation('file-on-mount-below-covered-mount', rows=['E11'])
def overmounted_parent(hold):
    tmpfs(hold, 'folder')
    tmpfs(hold, 'folder/inner')
    blame = opened(hold, hold.file('folder/inner/file'))
    tmpfs(hold, 'folder')
    return blame


@situation('file-on-top-mount', rows=['E11'])
def top_mount(hold):
    tmpfs(hold, 'folder')
    tmpfs(hold, 'folder')
    return opened(hold, hold.file('folder/file'))


@situation('file-lazily-unmounted', rows=['E12'])
def lazily(hold):
    tmpfs(hold, 'folder')
    blame = opened(hold, hold.file('folder/file'))
    ksys.umount(hold.path('folder'), ksys.MNT_DETACH)
    return blame


@situation('file-on-detached-clone', rows=['E12'])
def open_tree(hold):
    clone = ksys.syscall('open_tree', -100, b'/etc', 1)
    blame = opened(hold, f'/proc/self/fd/{clone}/passwd')
    os.close(clone)
    return blame


@situation('file-on-detached-mount', rows=['E12'])
def fsmount(hold):
    context = ksys.syscall('fsopen', b'tmpfs', 0)
    ksys.syscall('fsconfig', context, 6, 0, 0, 0)  # FSCONFIG_CMD_CREATE
    mount = ksys.syscall('fsmount', context, 0, 0)
    blame = opened(hold, f'/proc/self/fd/{mount}/file', os.O_CREAT | os.O_RDWR)
    os.close(context)
    os.close(mount)
    return blame


@situation('file-of-outside-mount-namespace', rows=['E12'])
def other_namespace(hold):
    return opened(hold, f'/proc/{hold.outsider(ksys.own_mounts)}/root/etc/passwd')


@situation('cwd-of-outside-mount-namespace', rows=['E12', 'F1'])
def other_namespace_cwd(hold):
    os.chdir(f'/proc/{hold.outsider(ksys.own_mounts)}/root/etc')
    fd = os.open('.', os.O_PATH)
    hold.vars['key'] = ksys.external_file(fd)
    os.close(fd)
    return {'via': 'cwd'}


@situation('file-kept-over-own-mntns', rows=['E12'])
def kept(hold):
    """A program started in a mount namespace with descriptors of the one before."""
    hold.vars['key'] = ksys.external_file(0)
    ksys.own_mounts()
    hold.root = os.posix_spawn('/bin/sleep', ['sleep', 'infinity'], {}, setsid=True)
    return {'fd': 0}


@situation('file-on-skipped-mount', rows=['E12'])
def skipped(hold):
    hold.vars['path'] = tmpfs(hold, 'folder')
    return hold.open(hold.file('folder/file'))


@situation('mqueue-opened', rows=['E13'])
def mqueue(hold):
    name = os.path.basename(hold.dir).encode()
    fd = ksys.syscall('mq_open', name, os.O_CREAT | os.O_RDWR, 0o600, 0)
    ksys.syscall('mq_unlink', name)
    hold.vars['key'] = ksys.external_file(fd)
    return hold.at(fd)


@situation('mqueue-by-path', rows=['E13'])
def mqueue_path(hold):
    os.mkdir(hold.path('mqueue'))
    ksys.mount('mqueue', hold.path('mqueue'), 'mqueue')
    name = os.path.basename(hold.dir)
    hold.undo.append(['rm', '-f', hold.path(f'mqueue/{name}')])
    return hold.open(hold.path(f'mqueue/{name}'), os.O_CREAT | os.O_RDWR)


@situation('proc-files', rows=['E21'])
def proc_files(hold):
    for number, name in enumerate(('1/status', 'self/mem', 'meminfo', 'self/mountinfo'), 50):
        hold.open(f'/proc/{name}', number=number)
    return hold.open('/proc/sys/kernel/hostname')


def proc_of_child(hold, name, proc='/proc'):
    pid = os.fork()
    if pid == 0:
        ksys.libc.pause()
    blame = hold.open(f'{proc}/{pid}/{name}')
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return blame


@situation('proc-file-of-dead-process', rows=['E22'])
def proc_dead(hold):
    return proc_of_child(hold, 'status')


@situation('proc-dir-of-dead-process', rows=['E22'])
def proc_dir_dead(hold):
    return proc_of_child(hold, '')


def a_thread():
    threading.Thread(target=sleep_in_thread, daemon=True).start()
    return max(os.listdir('/proc/self/task'), key=int)


@situation('proc-file-of-thread', rows=['E23'])
def proc_thread(hold):
    return hold.open(f'/proc/{os.getpid()}/task/{a_thread()}/status')


@situation('proc-dir-of-thread-as-process', rows=['E23'])
def proc_thread_as_process(hold):
    return hold.open(f'/proc/{a_thread()}')


@situation('proc-file-of-dead-process-elsewhere', rows=['E23'])
def proc_dead_elsewhere(hold):
    os.mkdir(hold.path('proc'))
    ksys.mount('proc', hold.path('proc'), 'proc')
    return proc_of_child(hold, 'status', hold.path('proc'))


@situation('devpts-dir', rows=['E24'])
def devpts_dir(hold):
    return hold.open('/dev/pts')


def autofs(hold):
    """Mounts one; its daemon is outside. Leaves the kernel's end of the daemon's pipe: packet mode."""
    os.mkdir(hold.path('auto'))
    reader, writer = os.pipe()

    def daemon():
        options = f'fd={writer},pgrp={os.getpgid(0)},minproto=5,maxproto=5,indirect'
        ksys.mount('automount', hold.path('auto'), 'autofs', 0, options)
        os.close(writer)
    try:
        hold.outsider(daemon)
    except RuntimeError as error:
        raise Skip('no autofs') from error
    os.close(reader)
    return writer


@situation('autofs-dir', rows=['E25'])
def autofs_dir(hold):
    os.close(autofs(hold))
    return hold.open(hold.path('auto'))


@situation('pipe-packet-of-autofs', rows=['K2'])
def autofs_pipe(hold):
    return hold.at(autofs(hold))

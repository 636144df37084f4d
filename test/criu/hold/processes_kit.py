"""What the process situations share."""
import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import time

import ksys
from hold import Skip, sleep_forever

SYS_EXIT = 60 if ksys.X86 else 93
BUSYBOX = '/bin/busybox'


def syscall(number, *arguments):
    """By number: for what ksys does not name."""
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    ksys.libc.syscall.restype = ctypes.c_long
    return ksys.check(ksys.libc.syscall(ctypes.c_long(number), *converted), f'system call {number}')


def state(pid, thread=None):
    with open(f'/proc/{pid}/task/{thread or pid}/stat') as stat:
        return stat.read().rsplit(')', 1)[1].split()[0]


def status(pid, field):
    with open(f'/proc/{pid}/status') as lines:
        return next(line.split()[1] for line in lines if line.startswith(f'{field}:'))


def in_call(pid):
    """Number of the system call it is in."""
    with open(f'/proc/{pid}/syscall') as call:
        return call.read().split()[0]


def wait_state(pid, wanted):
    for _ in range(2000):
        if state(pid) == wanted:
            return
        time.sleep(0.001)
    raise RuntimeError(f'process {pid} is {state(pid)}, not {wanted}')


def tree(hold, function=None):
    """The tree to dump is a child in a session of its own; the subject stays outside as its parent."""
    def start():
        os.setsid()
        if function:
            function()
    return root(hold, hold.child(start))


def root(hold, pid):
    """Dumps a child of the subject; it is reaped when it dies: a restore wants its pid."""
    def reap(*_):
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    signal.signal(signal.SIGCHLD, reap)
    hold.root = pid
    return pid


def on_signal(function):
    """Puts off what can only be done once the process has reported: at SIGUSR1."""
    signal.signal(signal.SIGUSR1, lambda *_: function())


def wake(pid, is_done):
    """Sends it. Of one that comes just before pause() Python hears when the next one does."""
    for _ in range(20):
        os.kill(pid, signal.SIGUSR1)
        for _ in range(100):
            if is_done():
                return
            time.sleep(0.001)
    raise RuntimeError(f'process {pid}, which is {state(pid)}, has not done what it was told')


def in_user_namespace(flags=0):
    """A user namespace where 0 is 0, plus others owned by it."""
    ksys.unshare(ksys.CLONE_NEWUSER | flags)
    for name, value in (('setgroups', 'deny'), ('uid_map', '0 0 1'), ('gid_map', '0 0 1')):
        with open(f'/proc/self/{name}', 'w') as out:
            out.write(value)


def inode(path):
    return str(os.stat(path).st_ino)


def cgroup(hold, mount, name):
    """Makes a control group for the situation in one of the hierarchies; it is removed at the end."""
    if not os.path.isdir(mount):
        raise Skip(f'no {mount}')
    path = os.path.join(mount, f'checkpointable-{os.getpid()}', name).rstrip('/')
    made = path
    while made != mount and not os.path.isdir(made):
        hold.undo.insert(0, ['rmdir', made])
        made = os.path.dirname(made)
    os.makedirs(path)
    return path


def enter(path, pid=0):
    with open(os.path.join(path, 'cgroup.procs'), 'w') as out:
        out.write(str(pid or os.getpid()))


def thaw_at_end(hold, freezer):
    """What a v1 freezer has frozen cannot be killed: it is thawed as soon as the driver's stdin is closed.

    By a grandchild in a hurry, for the driver starts to kill its own children at the same moment.
    """
    stdin = ksys.syscall('pidfd_getfd', ksys.pidfd(os.getppid()), 0, 0)
    state_file = os.open(f'{freezer}/freezer.state', os.O_WRONLY)
    if os.fork() == 0:
        os.close(hold._report)
        if os.fork() == 0:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
            select.select([stdin], [], [])
            while True:
                os.write(state_file, b'THAWED')
                time.sleep(0.001)
        sleep_forever()


def container(hold, before=None, inside=None, flags=0):
    """The tree to dump is a static program whose root is a tmpfs in a mount namespace of its own.

    before(root) runs while the host's mounts are still there, inside() in the new root.
    """
    if not os.path.exists(BUSYBOX):
        raise Skip('no /bin/busybox')

    def enter_root():
        os.setsid()
        ksys.unshare(ksys.CLONE_NEWNS | flags)
        ksys.mount('none', '/', 'none', ksys.MS_REC | (1 << 19))  # MS_SLAVE
        top = hold.path('root')
        os.makedirs(top)
        ksys.mount('root', top, 'tmpfs')
        for folder in ('proc', 'm'):
            os.mkdir(os.path.join(top, folder))
        shutil.copy(BUSYBOX, os.path.join(top, 'busybox'))
        if before:
            before(top)
        os.chdir(top)
        ksys.check(ksys.libc.pivot_root(b'.', b'.'), 'pivot_root')
        ksys.umount('.', ksys.MNT_DETACH)
        os.chdir('/')
        ksys.mount('proc', '/proc', 'proc')
        null_device()
        if inside:
            inside()
    root(hold, spawn(['/busybox', 'sleep', '100000'], enter_root))
    return {}


def null_device():
    """Descriptors 0 to 2 are to be of the new root."""
    os.mknod('/null', 0o20666, os.makedev(1, 3))
    null = os.open('/null', os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)


def spawn(command, preexec):
    """Starts a program; returns its pid once it runs."""
    null = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, preexec_fn=preexec)
    process.returncode = 0  # Python is not to wait for it
    return process.pid


def grandchild(hold, function=None):
    """hold.child for a process that is itself a hold.child and has closed its report."""
    hold._report = os.dup(0)
    pid = hold.child(function)
    os.close(hold._report)
    return pid

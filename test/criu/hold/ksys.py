"""System calls and constants that Python 3.11 does not have, by ctypes: x86_64 and arm64."""
import ctypes
import fcntl
import os
import platform
import struct

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == 'x86_64'

NR = {
    'io_setup': 206 if X86 else 0, 'inotify_init1': 294 if X86 else 26,
    'fanotify_init': 300 if X86 else 262, 'fanotify_mark': 301 if X86 else 263,
    'perf_event_open': 298 if X86 else 241, 'seccomp': 317 if X86 else 277,
    'bpf': 321 if X86 else 280, 'userfaultfd': 323 if X86 else 282,
    'timerfd_create': 283 if X86 else 85, 'timerfd_settime': 286 if X86 else 86,
    'signalfd4': 289 if X86 else 74, 'mq_open': 240 if X86 else 180,
    'mq_unlink': 241 if X86 else 181, 'clone': 56 if X86 else 220,
    'open_tree': 428, 'fsopen': 430, 'fsconfig': 431, 'fsmount': 432, 'fspick': 433, 'io_uring_setup': 425,
    'pidfd_open': 434, 'pidfd_getfd': 438, 'landlock_create_ruleset': 444, 'landlock_restrict_self': 446,
    'memfd_secret': 447,
}

PR_SET_CHILD_SUBREAPER = 36
CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND, CLONE_PARENT = 0x100, 0x200, 0x400, 0x800, 0x8000
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWTIME = 0x10000000, 0x20000000, 0x40000000, 0x80
MS_RDONLY, MS_BIND, MS_REC, MS_PRIVATE = 1, 4096, 16384, 1 << 18
MNT_DETACH = 2


def check(result, what):
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, f'{what}: {os.strerror(error)}')
    return result


def syscall(name, *arguments):
    """Integers go as longs, bytes and ctypes objects as pointers."""
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    libc.syscall.restype = ctypes.c_long
    return check(libc.syscall(ctypes.c_long(NR[name]), *converted), name)


def prctl(option, *arguments):
    values = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    return check(libc.prctl(option, *values), 'prctl')


def unshare(flags):
    check(libc.unshare(flags), 'unshare')


def setns(fd, flags=0):
    check(libc.setns(fd, flags), 'setns')


def mount(source, target, fstype, flags=0, data=''):
    """data: the file system's options, as of mount(8) -o."""
    check(libc.mount(source.encode(), target.encode(), fstype.encode(), ctypes.c_ulong(flags), data.encode()),
          f'mount {fstype} on {target}')


def bind(source, target):
    mount(source, target, 'none', MS_BIND)


def umount(target, flags=0):
    check(libc.umount2(target.encode(), flags), f'umount {target}')


def unmount_below(folder):
    """Takes off every mount below a folder, topmost first; says whether there was any."""
    with open('/proc/self/mountinfo') as table:
        points = [line.split()[4].encode().decode('unicode_escape') for line in table]
    below = [point for point in points if point.startswith(folder + '/')]
    for point in reversed(below):
        libc.umount2(os.fsencode(point), MNT_DETACH)
    return bool(below)


def own_mounts():
    """A mount namespace of one's own, with nothing propagated back."""
    unshare(CLONE_NEWNS)
    mount('none', '/', 'none', MS_REC | MS_PRIVATE)


def memfd(name='checkpointable', flags=0):
    return os.memfd_create(name, flags)


def eventfd(value=0, flags=0):
    return os.eventfd(value, flags)


def timerfd(clock, flags=0):
    return syscall('timerfd_create', clock, flags)


def arm_timer(fd, seconds, flags=0):
    syscall('timerfd_settime', fd, flags, struct.pack('qqqq', 0, 0, seconds, 0), 0)


def signalfd(signals):
    mask = sum(1 << (number - 1) for number in signals)
    return syscall('signalfd4', -1, struct.pack('Q', mask), 8, 0)


def inotify(path, mask=0x2):
    fd = syscall('inotify_init1', 0)
    check(libc.inotify_add_watch(fd, os.fsencode(path), mask), 'inotify_add_watch')
    return fd


FAN_MARK_ADD, FAN_MARK_MOUNT, FAN_MARK_FILESYSTEM = 1, 0x10, 0x100


def fanotify(path, kind=0, mask=0x2):
    fd = syscall('fanotify_init', 0, os.O_RDONLY)
    syscall('fanotify_mark', fd, FAN_MARK_ADD | kind, mask, -100, os.fsencode(path))
    return fd


def io_uring(entries=4):
    return syscall('io_uring_setup', entries, ctypes.create_string_buffer(120))


def pidfd(pid, flags=0):
    return syscall('pidfd_open', pid, flags)


def userfaultfd(flags=0):
    return syscall('userfaultfd', flags)


def perf_event():
    """A software clock counter of this process."""
    attributes = bytearray(128)
    struct.pack_into('IIQ', attributes, 0, 1, 128, 0)  # PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK
    return syscall('perf_event_open', bytes(attributes), 0, -1, -1, 0)


def landlock():
    return syscall('landlock_create_ruleset', struct.pack('Q', 1), 8, 0)


def bpf(command, *fields):
    attributes = bytearray(128)
    kinds, values = zip(*fields)
    struct.pack_into('=' + ''.join(kinds), attributes, 0, *values)
    return syscall('bpf', command, bytes(attributes), 128)


def bpf_map(kind, key=4, value=8, entries=4, flags=0):
    return bpf(0, ('I', kind), ('I', key), ('I', value), ('I', entries), ('I', flags))


def bpf_program():
    """A socket filter that returns 0."""
    code = ctypes.create_string_buffer(struct.pack('=BBhiBBhi', 0xb7, 0, 0, 0, 0x95, 0, 0, 0))
    licence = ctypes.create_string_buffer(b'GPL')
    return bpf(5, ('I', 1), ('I', 2), ('Q', ctypes.addressof(code)), ('Q', ctypes.addressof(licence)))


def mmap(fd, size, prot=3, flags=2, offset=0):
    """Returns the address. flags: 1 shared, 2 private, 0x20 anonymous. Python's own mmap would duplicate fd."""
    libc.mmap.restype = ctypes.c_void_p
    address = libc.mmap(None, ctypes.c_size_t(size), prot, flags, fd, ctypes.c_long(offset))
    if address in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), f'mmap: {os.strerror(ctypes.get_errno())}')
    return address


def clone_process(flags):
    """fork with CLONE_* flags; the child shares what they say. Returns 0 in the child."""
    return syscall('clone', flags | 17, 0, 0, 0, 0)


def mount_id(fd):
    with open(f'/proc/self/fdinfo/{fd}') as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith('mnt_id:'))


def external_file(fd):
    """The key of `--external file[MNT:INO]`: both hexadecimal."""
    return f'{mount_id(fd):x}:{os.fstat(fd).st_ino:x}'


def ioctl(fd, request, argument=0):
    return fcntl.ioctl(fd, request, argument)


def set_capabilities(mask):
    """Permitted and effective; inheritable none."""
    low, high = mask & 0xffffffff, mask >> 32
    header = struct.pack('Ii', 0x20080522, 0)
    check(libc.capset(header, struct.pack('6I', low, low, 0, high, high, 0)), 'capset')

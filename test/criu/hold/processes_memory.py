"""Mappings, timers, scheduling and ids: rows B9.*, B10.*."""
import ctypes
import os
import signal
import struct

import ksys
from hold import Skip, situation
from processes_kit import syscall

CAP_SYS_RESOURCE = 24
UPROBE = '/sys/bus/event_source/devices/uprobe/type'


@situation('uprobe-removed', rows=['B9.1'])
def uprobe_removed(_):
    """A probe of getppid was hit once and has been removed: its page stays."""
    if not os.path.exists(UPROBE):
        raise Skip('no uprobes')
    with open(UPROBE) as kind, open('/proc/self/maps') as maps:
        number = int(kind.read())
        first = next(line.split() for line in maps if '/libc.so' in line)
    base, path = int(first[0].split('-')[0], 16), ctypes.create_string_buffer(first[5].encode())
    offset = ctypes.cast(ksys.libc.getppid, ctypes.c_void_p).value - base
    attributes = bytearray(128)
    struct.pack_into('II', attributes, 0, number, 128)
    struct.pack_into('QQ', attributes, 56, ctypes.addressof(path), offset)  # config1, config2
    probe = ksys.syscall('perf_event_open', bytes(attributes), os.getpid(), -1, -1, 0)
    ksys.libc.getppid()
    os.close(probe)
    return {'pid': os.getpid()}


def mapped(fd, **how):
    """Maps a file and closes it."""
    ksys.mmap(fd, 4096, **how)
    os.close(fd)
    return {'pid': os.getpid()}


@situation('mapped-perf-event', rows=['B9.2'])
def mapped_perf_event(_):
    return mapped(ksys.perf_event(), flags=1)


@situation('mapped-io-uring', rows=['B9.2'])
def mapped_io_uring(_):
    return mapped(ksys.io_uring(), flags=1)


@situation('mapped-ring-buffer', rows=['B9.2'])
def mapped_ring_buffer(_):
    return mapped(ksys.bpf_map(27, 0, 0, 4096), flags=1)


@situation('mapped-secret', rows=['B9.2'])
def mapped_secret(_):
    try:
        fd = ksys.syscall('memfd_secret', 0)
    except OSError as error:
        raise Skip(f'no memfd_secret: {error}') from error
    os.ftruncate(fd, 4096)
    return mapped(fd, flags=1)


@situation('mappings-plain', rows=['B9.5'])
def mappings_plain(_):
    """Locked, growing, not for children, an AIO ring, a memfd, /dev/zero."""
    context = ctypes.c_ulong(0)
    ksys.syscall('io_setup', 8, ctypes.byref(context))
    memfd = ksys.memfd()
    os.ftruncate(memfd, 4096)
    mapped(memfd, flags=1)
    mapped(os.open('/dev/zero', os.O_RDWR), flags=1)
    ksys.mmap(-1, 65536, flags=0x122)  # MAP_GROWSDOWN
    for advice in (10, 14, 18):  # DONTFORK, HUGEPAGE, WIPEONFORK
        ksys.libc.madvise(ctypes.c_void_p(ksys.mmap(-1, 65536, flags=0x22)), 65536, advice)
    ksys.libc.mlock(ctypes.c_void_p(ksys.mmap(-1, 4096, flags=0x22)), 4096)
    return {}


@situation('timers', rows=['B10.1'])
def timers(_):
    for which in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(which, 100_000)
    for clock in (0, 1, 2, 7):
        timer = ctypes.c_int()
        syscall(222 if ksys.X86 else 107, clock, 0, ctypes.byref(timer))  # timer_create
    return {}


@situation('scheduled-fifo', rows=['B10.3'])
def scheduled_fifo(_):
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    return {}


@situation('scheduled-deadline', rows=['B10.4'])
def scheduled_deadline(_):
    attributes = struct.pack('IIQiIQQQ', 48, 6, 0, 0, 0, 10_000_000, 100_000_000, 100_000_000)
    syscall(314 if ksys.X86 else 274, 0, attributes, 0)  # sched_setattr
    return {}


def without_resource_capability():
    """CRIU can set the limits of anybody if it has the capability, which we take to be as ours."""
    with open('/proc/self/status') as status:
        mask = int(next(line for line in status if line.startswith('CapEff')).split()[1], 16)
    if mask >> CAP_SYS_RESOURCE & 1:
        raise Skip('with CAP_SYS_RESOURCE it is fine')


@situation('other-user', rows=['B10.5'])
def other_user(_):
    without_resource_capability()
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    return {'pid': os.getpid()}


@situation('other-saved-group', rows=['B10.5'])
def other_saved_group(_):
    without_resource_capability()
    os.setresgid(0, 0, 65534)
    return {'pid': os.getpid()}


@situation('silently-lost', rows=['B10.6'])
def silently_lost(_):
    """A closed perf event, I/O priority, affinity, timer slack."""
    os.close(ksys.perf_event())
    syscall(251 if ksys.X86 else 30, 1, 0, 2 << 13 | 3)  # ioprio_set
    os.sched_setaffinity(0, [0])
    ksys.prctl(29, 1_000_000)  # PR_SET_TIMERSLACK
    return {}

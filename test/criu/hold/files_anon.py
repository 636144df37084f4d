"""Anonymous inodes other than watches and epoll: rows A2, D1 to D4, D15 to D17."""
import ctypes
import os
import signal
import struct

import ksys
from hold import Skip, situation

KVM_CREATE_VM = 0xae01


def anon(name, rows, make):
    @situation(name, rows=rows)
    def hold_anon(hold):
        try:
            return hold.at(make())
        except OSError as error:
            raise Skip(f'{name}: {error.strerror}') from error


def timer(clock):
    fd = ksys.timerfd(clock)
    ksys.arm_timer(fd, 3600)
    return fd


def kvm_vm():
    with open('/dev/kvm', 'rb+', buffering=0) as kvm:
        return ksys.ioctl(kvm.fileno(), KVM_CREATE_VM)


def btf():
    """One integer type."""
    types = struct.pack('IIII', 1, 1 << 24, 4, 1 << 24 | 32)
    strings = b'\0int\0'
    header = struct.pack('HBBIIIII', 0xeb9f, 1, 0, 24, 0, len(types), len(types), len(strings))
    data = ctypes.create_string_buffer(header + types + strings, 24 + len(types) + len(strings))
    return ksys.bpf(18, ('Q', ctypes.addressof(data)), ('Q', 0), ('I', len(data)))


def seccomp_notify():
    """A filter that notifies of nothing: it allows every call."""
    allow = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0x7fff0000))
    program = struct.pack('HxxxxxxQ', 1, ctypes.addressof(allow))
    return ksys.syscall('seccomp', 1, 8, program)  # SET_MODE_FILTER, FILTER_FLAG_NEW_LISTENER


anon('eventfd', ['D1'], lambda: ksys.eventfd(7))
anon('eventfd-semaphore', ['D1'], lambda: ksys.eventfd(7, 1))
anon('signalfd', ['D2'], lambda: ksys.signalfd([signal.SIGUSR1]))
anon('timerfd-realtime', ['D3'], lambda: timer(0))
anon('timerfd-monotonic', ['D3'], lambda: timer(1))
anon('timerfd-boottime', ['D3'], lambda: timer(7))
anon('timerfd-realtime-alarm', ['D4'], lambda: ksys.timerfd(8))
anon('timerfd-boottime-alarm', ['D4'], lambda: ksys.timerfd(9))
anon('bpf-map-hash', ['D15'], lambda: ksys.bpf_map(1))
anon('bpf-map-array', ['D15'], lambda: ksys.bpf_map(2))
anon('bpf-map-write-only', ['D16'], lambda: ksys.bpf_map(1, flags=0x10))
anon('bpf-map-percpu-array', ['D16'], lambda: ksys.bpf_map(6))
anon('bpf-map-lru-hash', ['D16'], lambda: ksys.bpf_map(9, entries=64))
anon('bpf-map-ringbuf', ['D16'], lambda: ksys.bpf_map(27, 0, 0, 4096))
anon('bpf-map-program-array', ['D16'], lambda: ksys.bpf_map(3, 4, 4))
anon('bpf-program', ['D17'], ksys.bpf_program)
anon('btf', ['D17'], btf)
anon('io-uring', ['A2', 'D17'], ksys.io_uring)
anon('userfaultfd', ['D17'], ksys.userfaultfd)
anon('perf-event', ['D17'], ksys.perf_event)
anon('landlock-ruleset', ['D17'], ksys.landlock)
anon('fsopen', ['D17'], lambda: ksys.syscall('fsopen', b'tmpfs', 0))
anon('fspick', ['D17'], lambda: ksys.syscall('fspick', -100, b'/dev/shm', 0))
anon('seccomp-notify', ['D17'], seccomp_notify)
anon('kvm-vm', ['D17'], kvm_vm)
anon('memfd-secret', ['I5', 'E13'], lambda: ksys.syscall('memfd_secret', 0))

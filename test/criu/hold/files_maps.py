"""Mappings: rows H1 to H18, I1 to I5."""
import ctypes
import glob
import os
import socket
import struct

import ksys
from hold import Skip, situation

MIB = 1 << 20
SHARED, PRIVATE, ANONYMOUS, DROPPABLE = 1, 2, 0x20, 8
READ = 1


def mapped(path, flags=PRIVATE, prot=READ, size=4096):
    """Maps a file and closes it; returns its key for --external."""
    try:
        fd = os.open(path, os.O_RDONLY if prot == READ else os.O_RDWR)
    except OSError as error:
        raise Skip(f'{path}: {error.strerror}') from error
    try:
        ksys.mmap(fd, size, prot, flags)
        return ksys.external_file(fd)
    finally:
        os.close(fd)


@situation('map-file', rows=['H1'])
def map_file(hold):
    mapped(hold.file('private', b'x' * 4096))
    mapped(hold.file('shared', b'x' * 4096), SHARED, 3)
    return {'via': 'map', 'path': hold.path('shared')}


def map_deleted(hold, size):
    path = hold.file('library', b'x' * size)
    mapped(path)
    os.unlink(path)
    return {'via': 'map', 'path': path}


@situation('map-file-deleted', rows=['H1', 'E2'])
def map_file_deleted(hold):
    return map_deleted(hold, 4096)


@situation('map-file-deleted-2-mib', rows=['H1', 'E3'])
def map_file_deleted_2_mib(hold):
    return map_deleted(hold, 2 * MIB)


@situation('map-file-deleted-other-link', rows=['H1', 'E4'])
def map_other_link(hold):
    os.link(hold.file('library', b'x' * 4096), hold.path('kept'))
    mapped(hold.path('library'))
    os.unlink(hold.path('library'))
    return {'via': 'map', 'path': hold.path('library')}


@situation('map-file-covered', rows=['H1', 'E9'])
def map_covered(hold):
    hold.vars['key'] = mapped(hold.file('library', b'x' * 4096))
    ksys.bind(hold.file('cover'), hold.path('library'))
    return {'via': 'map', 'path': hold.path('library')}


@situation('map-file-of-outside-mount-namespace', rows=['H1', 'E12'])
def map_other_namespace(hold):
    hold.vars['key'] = mapped(f'/proc/{hold.outsider(ksys.own_mounts)}/root/etc/passwd')
    return {'via': 'map', 'path': '/etc/passwd'}


@situation('map-shared-anonymous', rows=['H2'])
def shared_anonymous(hold):
    ksys.mmap(-1, 8192, 3, SHARED | ANONYMOUS)


@situation('map-dev-zero', rows=['H2', 'H3'])
def dev_zero(hold):
    mapped('/dev/zero', SHARED, 3)
    mapped('/dev/zero', PRIVATE, 3)
    return {'via': 'map', 'path': '/dev/zero'}


@situation('map-memfd', rows=['H2', 'I1'])
def map_memfd(hold):
    fd = ksys.memfd()
    os.ftruncate(fd, 8192)
    ksys.mmap(fd, 8192, 3, SHARED)
    ksys.mmap(fd, 8192, 3, PRIVATE)
    os.close(fd)


@situation('map-block-device', rows=['H4'])
def block_device(hold):
    mapped('/dev/loop0')
    return {'via': 'map', 'path': '/dev/loop0'}


def map_and_close(fd, size=4096, prot=3, flags=SHARED):
    ksys.mmap(fd, size, prot, flags)
    os.close(fd)


@situation('map-io-uring', rows=['H5'])
def map_io_uring(hold):
    map_and_close(ksys.io_uring())


@situation('map-perf-event', rows=['H5'])
def map_perf(hold):
    map_and_close(ksys.perf_event(), 2 * 4096)


@situation('map-bpf-map', rows=['H5'])
def map_bpf(hold):
    map_and_close(ksys.bpf_map(2, 4, 8, 16, 1 << 10))  # BPF_F_MMAPABLE


@situation('map-memfd-secret', rows=['H6'])
def map_secret(hold):
    try:
        fd = ksys.syscall('memfd_secret', 0)
    except OSError as error:
        raise Skip(f'memfd_secret: {error.strerror}') from error
    os.ftruncate(fd, 4096)
    map_and_close(fd)


@situation('map-aio-ring', rows=['H7'])
def aio(hold):
    ksys.syscall('io_setup', 8, struct.pack('Q', 0))


@situation('map-kernel-btf', rows=['H8'])
def kernel_btf(hold):
    mapped('/sys/kernel/btf/vmlinux')
    return {'via': 'map', 'path': '/sys/kernel/btf/vmlinux'}


@situation('map-pci-resource', rows=['H9'])
def pci_resource(hold):
    for path in sorted(glob.glob('/sys/bus/pci/devices/*/resource0')):
        try:
            mapped(path, SHARED)
            return {'via': 'map', 'path': os.path.realpath(path)}
        except OSError:
            pass
    raise Skip('no PCI resource that can be mapped')


def sysv():
    memory = ksys.check(ksys.libc.shmget(0, ctypes.c_size_t(4096), 0o1600), 'shmget')
    ksys.libc.shmat.restype = ctypes.c_void_p
    ksys.libc.shmat(memory, None, 0)
    return memory


@situation('map-sysv', rows=['H10'])
def map_sysv(hold):
    ksys.libc.shmctl(sysv(), 0, None)  # IPC_RMID: it goes with the last who has it
    return {}


@situation('map-sysv-own-ipcns', rows=['H10'])
def map_sysv_own(hold):
    ksys.unshare(ksys.CLONE_NEWIPC)
    sysv()


def packet_ring():
    ring = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    ring.setsockopt(263, 5, struct.pack('4I', 4096, 1, 2048, 2))  # SOL_PACKET, PACKET_RX_RING
    ksys.mmap(ring.fileno(), 4096, 3, SHARED)
    return ring.detach()


@situation('map-packet-ring', rows=['H11'])
def packet_open(hold):
    return hold.at(packet_ring())


@situation('map-packet-ring-closed', rows=['H12'])
def packet_closed(hold):
    os.close(packet_ring())


@situation('map-tcp', rows=['H13'])
def map_tcp(hold):
    tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    ksys.mmap(tcp.fileno(), 4096, READ, SHARED)
    return hold.at(tcp.detach())


def advised(advice, flags=PRIVATE | ANONYMOUS):
    address = ksys.mmap(-1, 4 * 4096, 3, flags)
    if advice is not None:
        ksys.check(ksys.libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(4096), advice), 'madvise')
    ctypes.memset(address + 3 * 4096, 7, 8)
    return address


@situation('map-guard-region', rows=['H18'])
def guard(hold):
    try:
        advised(102)
    except OSError as error:
        raise Skip(f'MADV_GUARD_INSTALL: {error.strerror}') from error


@situation('map-wipe-on-fork', rows=['H18'])
def wipe(hold):
    advised(18)


@situation('map-droppable', rows=['H18'])
def droppable(hold):
    try:
        advised(None, DROPPABLE | ANONYMOUS)
    except OSError as error:
        raise Skip(f'MAP_DROPPABLE: {error.strerror}') from error


@situation('map-locked', rows=['H18'])
def locked(hold):
    ksys.check(ksys.libc.mlock(ctypes.c_void_p(advised(None)), ctypes.c_size_t(8192)), 'mlock')

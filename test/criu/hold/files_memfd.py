"""memfds, huge pages, uprobes: rows I1 to I3, H14 to H17, E15."""
import ctypes
import fcntl
import os
import struct

import ksys
from hold import Skip, situation

MIB = 1 << 20
HUGE_PAGES = '/proc/sys/vm/nr_hugepages'


def sized(fd, size=8192):
    os.ftruncate(fd, size)
    return fd


@situation('memfd', rows=['I1'])
def memfd(hold):
    fd = sized(ksys.memfd())
    os.write(fd, b'content')
    return hold.at(fd)


@situation('memfd-sealed', rows=['I1'])
def sealed(hold):
    fd = sized(ksys.memfd(flags=os.MFD_ALLOW_SEALING))
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
    return hold.at(fd)


@situation('memfd-2-mib', rows=['I1'])
def large(hold):
    fd = ksys.memfd()
    os.write(fd, b'x' * 2 * MIB)
    return hold.at(fd)


@situation('memfd-reopened', rows=['I1'])
def reopened(hold):
    return hold.open(f'/proc/self/fd/{sized(ksys.memfd())}')


@situation('memfd-o-path', rows=['I2'])
def o_path(hold):
    fd = sized(ksys.memfd())
    blame = hold.open(f'/proc/self/fd/{fd}', os.O_PATH)
    os.close(fd)
    return blame


@situation('shmem-by-map-files', rows=['I4'])
def by_map_files(hold):
    start = ksys.mmap(-1, 8192, 3, 0x21)
    return hold.open(f'/proc/self/map_files/{start:x}-{start + 8192:x}', os.O_RDWR)


def huge_pages(hold, count=4):
    """Asks the kernel for some more, and gives as many back at the end."""
    with open(HUGE_PAGES) as pages:
        before = int(pages.read())
    with open(HUGE_PAGES, 'w') as pages:
        pages.write(str(before + count))
    hold.undo.append(['sh', '-c', f'echo $(($(cat {HUGE_PAGES}) - {count})) > {HUGE_PAGES}'])
    with open(HUGE_PAGES) as pages:
        if int(pages.read()) < before + count:
            raise Skip('no huge pages')


@situation('memfd-huge', rows=['I3', 'H14'], alone=True)
def huge(hold):
    huge_pages(hold)
    fd = sized(ksys.memfd(flags=os.MFD_HUGETLB), 2 * MIB)
    ctypes.memset(ksys.mmap(fd, 2 * MIB, 3, 1), 7, 8)
    return hold.at(fd)


@situation('map-huge-anonymous', rows=['H14'], alone=True)
def huge_anonymous(hold):
    huge_pages(hold)
    for kind in (1, 2):
        ctypes.memset(ksys.mmap(-1, 2 * MIB, 3, kind | 0x40020), 7, 8)


@situation('memfd-huge-larger-than-free', rows=['H15'], alone=True)
def huge_larger(hold):
    huge_pages(hold)
    return hold.at(sized(ksys.memfd(flags=os.MFD_HUGETLB), 1 << 34))


def hugetlbfs_file(hold):
    huge_pages(hold)
    os.mkdir(hold.path('huge'))
    ksys.mount('hugetlbfs', hold.path('huge'), 'hugetlbfs')
    blame = hold.open(hold.path('huge/file'), os.O_CREAT | os.O_RDWR)
    os.ftruncate(57, 2 * MIB)
    ctypes.memset(ksys.mmap(57, 2 * MIB, 3, 1), 7, 8)
    hold.vars['key'] = ksys.external_file(57)
    return blame


@situation('hugetlbfs-file', rows=['H16', 'E1'], alone=True)
def hugetlbfs(hold):
    return hugetlbfs_file(hold)


@situation('hugetlbfs-file-deleted', rows=['E15'], alone=True)
def hugetlbfs_deleted(hold):
    blame = hugetlbfs_file(hold)
    os.unlink(hold.path('huge/file'))
    return blame


@situation('uprobe', rows=['H17'])
def uprobe(hold):
    """An outsider puts a probe on getppid() of the C library in us; calling it makes the [uprobes] page."""
    kind = '/sys/bus/event_source/devices/uprobe/type'
    if not os.path.exists(kind):
        raise Skip('no uprobes')
    address = ctypes.cast(ksys.libc.getppid, ctypes.c_void_p).value
    path, offset = place_in_file(address)
    subject = os.getpid()

    def probe():
        with open(kind) as number:
            name = ctypes.create_string_buffer(path.encode())
            attributes = bytearray(128)
            struct.pack_into('II', attributes, 0, int(number.read()), 128)
            struct.pack_into('QQ', attributes, 56, ctypes.addressof(name), offset)
            ksys.syscall('perf_event_open', bytes(attributes), subject, -1, -1, 0)
    hold.outsider(probe)
    os.getppid()
    return {'pid': subject}


def place_in_file(address):
    with open('/proc/self/maps') as maps:
        for line in maps:
            span, _, start, _, _, *path = line.split()
            low, high = (int(end, 16) for end in span.split('-'))
            if low <= address < high:
                return path[0], address - low + int(start, 16)
    raise Skip('getppid is in no file')

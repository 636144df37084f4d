"""Character and block devices that are no terminals: rows B1 to B11."""
import ctypes
import os
import stat
import struct

import ksys
from hold import Skip, situation


def device(hold, path, flags=os.O_RDWR):
    try:
        return hold.open(path, flags)
    except OSError as error:
        raise Skip(f'{path}: {error.strerror}') from error


@situation('devices-of-major-1', rows=['B1'])
def major_1(hold):
    for number, name in enumerate(('null', 'zero', 'full', 'random', 'urandom'), 50):
        hold.open(f'/dev/{name}', os.O_RDWR, number=number)
    return hold.open('/dev/kmsg', os.O_RDONLY)


def private_null(hold):
    os.mknod(hold.path('null'), stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.chmod(hold.path('null'), 0o666)
    return hold.open(hold.path('null'), os.O_RDWR)


@situation('device-null-unlinked', rows=['B1', 'E2'])
def null_unlinked(hold):
    blame = private_null(hold)
    os.unlink(hold.path('null'))
    return blame


@situation('device-null-covered', rows=['B11', 'E9'])
def null_covered(hold):
    blame = private_null(hold)
    ksys.bind('/dev/null', hold.path('null'))
    return blame


@situation('device-null-o-path', rows=['B9'])
def null_o_path(hold):
    return hold.open('/dev/null', os.O_PATH)


@situation('device-autofs', rows=['B2'])
def autofs(hold):
    return device(hold, '/dev/autofs')


TUNSETIFF, TUNATTACHFILTER = 0x400454ca, 0x401054d5
IFF_TUN, IFF_TAP, IFF_NO_PI = 1, 2, 0x1000


def tun(hold, kind=IFF_TUN):
    blame = device(hold, '/dev/net/tun')
    ksys.ioctl(57, TUNSETIFF, struct.pack('16sH22x', b'check%d', kind | IFF_NO_PI))
    return blame


@situation('tun', rows=['B3'])
def tun_shared(hold):
    return tun(hold)


@situation('tun-unattached', rows=['B3'])
def tun_unattached(hold):
    return device(hold, '/dev/net/tun')


@situation('tun-own-netns', rows=['B3'])
def tun_own(hold):
    ksys.unshare(ksys.CLONE_NEWNET)
    return tun(hold)


@situation('tap-with-filter', rows=['B4'])
def tap_filter(hold):
    ksys.unshare(ksys.CLONE_NEWNET)
    blame = tun(hold, IFF_TAP)
    accept_all = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0xffff))
    ksys.ioctl(57, TUNATTACHFILTER, struct.pack('HxxxxxxQ', 1, ctypes.addressof(accept_all)))
    return blame


@situation('tun-of-criu-netns', rows=['B5'])
def tun_outer(hold):
    blame = tun(hold)
    ksys.unshare(ksys.CLONE_NEWNET)
    return blame


@situation('tun-of-outside-netns', rows=['B5'])
def tun_outside(hold):
    ksys.unshare(ksys.CLONE_NEWNET)
    blame = tun(hold)
    ksys.unshare(ksys.CLONE_NEWNET)
    return blame


MISC = ('kvm', 'fuse', 'vsock', 'userfaultfd', 'hwrng', 'loop-control', 'btrfs-control', 'vga_arbiter',
        'cpu_dma_latency')
OTHER = ('vcs', 'cpu/0/cpuid', 'cpu/0/msr')


def node(name, path, rows, flags):
    @situation(name, rows=rows)
    def hold_node(hold):
        return device(hold, path, flags)


for each in MISC:
    node(f'device-{each.replace("_", "-")}', f'/dev/{each}', ['B6'],
         os.O_RDONLY if each == 'hwrng' else os.O_RDWR)
for each in OTHER:
    node(f'device-{os.path.basename(each)}', f'/dev/{each}', ['B7'], os.O_RDONLY)
node('device-loop0', '/dev/loop0', ['B8'], os.O_RDONLY)
node('device-kvm-o-path', '/dev/kvm', ['B10'], os.O_PATH)
node('device-loop0-o-path', '/dev/loop0', ['B10'], os.O_PATH)
node('device-tun-o-path', '/dev/net/tun', ['B10'], os.O_PATH)

"""Netlink, packet, and what any socket can have: rows A5.*, A6.*, A7.*."""
import os
import socket
import struct

import ksys
from hold import situation
from sockets_kit import LOOPBACK, blame, keep

SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NETLINK_DROP_MEMBERSHIP = 270, 1, 2
NETLINK_ROUTE, NETLINK_KOBJECT_UEVENT, NETLINK_GENERIC = 0, 15, 16
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_RX_RING, PACKET_AUXDATA, PACKET_MR_MULTICAST = 263, 1, 5, 8, 0
SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_LOCK_FILTER = 26, 50, 44
ETH_P_ALL = 3
ANY = socket.htons(ETH_P_ALL)


def netlink(protocol=NETLINK_ROUTE, groups=0, bind=True):
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
    if bind:
        sock.bind((0, groups))
    return sock


@situation('netlink-route', rows=['A1.9', 'A5.5'])
def netlink_route(hold):
    return blame(hold, netlink(groups=0x11))


@situation('netlink-uevent', rows=['A1.9', 'A5.5'])
def netlink_uevent(hold):
    return blame(hold, netlink(NETLINK_KOBJECT_UEVENT, groups=1))


@situation('netlink-unbound', rows=['A1.9'])
def netlink_unbound(hold):
    return blame(hold, netlink(NETLINK_GENERIC, bind=False))


@situation('netlink-unread', rows=['A5.1'])
def netlink_unread(hold):
    """The answer to a request has not been read."""
    sock = netlink()
    sock.send(struct.pack('IHHII', 20, 18, 0x301, 1, 0) + b'\0' * 4)  # RTM_GETLINK, dump
    return blame(hold, sock)


@situation('netlink-group-33', rows=['A5.2'])
def netlink_group_33(hold):
    sock = netlink()
    sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 33)
    return blame(hold, sock)


@situation('netlink-group-33-left', rows=['A5.2'])
def netlink_group_33_left(hold):
    sock = netlink()
    sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 33)
    sock.setsockopt(SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, 33)
    return blame(hold, sock)


@situation('netlink-group-unbound', rows=['A5.4'])
def netlink_group_unbound(hold):
    sock = netlink(bind=False)
    sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 1)
    return blame(hold, sock)


def packet():
    return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, ANY)


def ring(sock):
    """A receive ring of one page, mapped."""
    sock.setsockopt(SOL_PACKET, PACKET_RX_RING, struct.pack('IIII', 4096, 1, 2048, 2))
    ksys.mmap(sock.fileno(), 4096, flags=1)


def multicast(last=1):
    return struct.pack('iHH8s', socket.if_nametoindex('lo'), PACKET_MR_MULTICAST, 6,
                       bytes([1, 0, 0x5e, 0, 0, last]))


@situation('packet-bound', rows=['A1.10', 'A6.4'])
def packet_bound(hold):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    sock.bind(('lo', ETH_P_ALL))
    sock.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    return blame(hold, sock)


@situation('packet-member', rows=['A6.1'])
def packet_member(hold):
    sock = packet()
    sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, multicast(1))
    sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, multicast(2))
    return blame(hold, sock)


@situation('packet-member-twice', rows=['A6.1'])
def packet_member_twice(hold):
    sock = packet()
    sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, multicast())
    sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, multicast())
    return blame(hold, sock)


@situation('packet-ring', rows=['A6.4'])
def packet_ring(hold):
    sock = packet()
    ring(sock)
    return blame(hold, sock)


@situation('packet-ring-closed', rows=['A6.3'])
def packet_ring_closed(hold):
    sock = packet()
    ring(sock)
    sock.close()
    return {}


def udp():
    sock = socket.socket(type=socket.SOCK_DGRAM)
    sock.bind((LOOPBACK, 0))
    return sock


@situation('socket-filter', rows=['A7.1'])
def socket_filter(hold):
    """A classic filter, locked."""
    sock = udp()
    code = ksys.ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0xffff))  # return everything
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack('HL', 1, ksys.ctypes.addressof(code)))
    sock.setsockopt(socket.SOL_SOCKET, SO_LOCK_FILTER, 1)
    return blame(hold, sock)


def attach_bpf(sock):
    program = ksys.bpf_program()
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_BPF, program)
    os.close(program)


@situation('socket-ebpf', rows=['A7.2'])
def socket_ebpf(hold):
    sock = udp()
    attach_bpf(sock)
    return blame(hold, sock)


@situation('socket-ebpf-unix', rows=['A7.2'])
def socket_ebpf_unix(hold):
    ours, other = socket.socketpair()
    attach_bpf(ours)
    keep(other)
    return blame(hold, ours)


@situation('socket-options', rows=['A7.3'])
def socket_options(hold):
    sock = udp()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'lo\0')
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, 7)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, 3)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 100_000)
    return blame(hold, sock)


@situation('socket-device-gone', rows=['A7.4'])
def socket_device_gone(hold):
    """Bound to a tun device that has gone."""
    name = f'gone{os.getpid()}'.encode()[:15]
    tun = os.open('/dev/net/tun', os.O_RDWR)
    ksys.ioctl(tun, 0x400454ca, struct.pack('16sH22x', name, 0x1001))  # TUNSETIFF, IFF_TUN | IFF_NO_PI
    sock = socket.socket(type=socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name + b'\0')
    os.close(tun)
    return blame(hold, sock)

"""UDP, raw, ping and the families CRIU does not know: rows A1.*, A3.*."""
import os
import socket

from hold import Skip, situation
from sockets_kit import LOOPBACK, blame, keep, own_net, sysctl

UDP_CORK, UDP_ENCAP, UDPLITE, AF_XDP = 1, 100, 136, 44


def udp(family=socket.AF_INET, host=LOOPBACK, protocol=0):
    sock = socket.socket(family, socket.SOCK_DGRAM, protocol)
    sock.bind((host, 0))
    return sock


def raw(family, protocol):
    return socket.socket(family, socket.SOCK_RAW, protocol)


@situation('udp-bound', rows=['A1.2', 'A3.4'])
def udp_bound(hold):
    return blame(hold, udp())


@situation('udp6-connected', rows=['A1.2', 'A3.4'])
def udp6_connected(hold):
    sock = udp(socket.AF_INET6, '::1')
    sock.connect(('::1', 9))
    return blame(hold, sock)


@situation('udp-unbound', rows=['A1.2'])
def udp_unbound(hold):
    return blame(hold, socket.socket(type=socket.SOCK_DGRAM))


@situation('udplite', rows=['A1.2'])
def udplite(hold):
    try:
        return blame(hold, udp(protocol=UDPLITE))
    except OSError as error:
        raise Skip(f'no UDP-Lite: {error}') from error


@situation('udp-cork', rows=['A3.1'])
def udp_cork(hold):
    """Corked, with nothing queued."""
    sock = udp()
    sock.setsockopt(socket.IPPROTO_UDP, UDP_CORK, 1)
    return blame(hold, sock)


@situation('udp6-cork', rows=['A3.1'])
def udp6_cork(hold):
    """Corked, unbound and with data queued."""
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.IPPROTO_UDP, UDP_CORK, 1)
    sock.sendto(b'x', ('::1', 9))
    return blame(hold, sock)


@situation('udp-more', rows=['A3.2'])
def udp_more(hold):
    """Data pending by MSG_MORE without the option."""
    sock = udp()
    sock.connect((LOOPBACK, 9))
    sock.send(b'x', socket.MSG_MORE)
    return blame(hold, sock)


@situation('udp-unread', rows=['A3.3'])
def udp_unread(hold):
    sock = udp()
    sock.sendto(b'x', sock.getsockname())
    return blame(hold, sock)


@situation('udp-multicast', rows=['A3.4'])
def udp_multicast(hold):
    sock = udp(host='')
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                    socket.inet_aton('239.1.2.3') + socket.inet_aton(LOOPBACK))
    return blame(hold, sock)


@situation('udp-reuseport', rows=['A3.4'])
def udp_reuseport(hold):
    """Two sockets on one port, of which one decapsulates ESP."""
    first, second = (socket.socket(type=socket.SOCK_DGRAM) for _ in range(2))
    for sock in (first, second):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    first.bind((LOOPBACK, 0))
    second.bind(first.getsockname())
    first.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, 2)
    keep(second)
    return blame(hold, first)


@situation('raw-icmp', rows=['A1.3'])
def raw_icmp(hold):
    return blame(hold, raw(socket.AF_INET, socket.IPPROTO_ICMP))


@situation('raw-255', rows=['A1.3'])
def raw_255(hold):
    return blame(hold, raw(socket.AF_INET, socket.IPPROTO_RAW))


@situation('raw6-icmp', rows=['A1.3'])
def raw6_icmp(hold):
    return blame(hold, raw(socket.AF_INET6, socket.IPPROTO_ICMPV6))


@situation('ping', rows=['A1.4'])
def ping(hold):
    """In a network namespace of our own, for the permission is a sysctl of the namespace."""
    own_net()
    sysctl('net/ipv4/ping_group_range', '0 0')
    return blame(hold, socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP))


@situation('vsock', rows=['A1.11'])
def vsock(hold):
    return blame(hold, socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM))


@situation('xdp', rows=['A1.11'])
def xdp(hold):
    return blame(hold, socket.socket(AF_XDP, socket.SOCK_RAW))


@situation('socket-other-family', rows=['A1.12'])
def other_family(hold):
    """The first family CRIU does not know that this kernel does."""
    for family in (socket.AF_ALG, socket.AF_TIPC, socket.AF_CAN, socket.AF_KEY, socket.AF_QIPCRTR):
        for kind in (socket.SOCK_SEQPACKET, socket.SOCK_RAW, socket.SOCK_DGRAM):
            try:
                return blame(hold, socket.socket(family, kind, 2 if family == socket.AF_KEY else 0))
            except OSError:
                continue
    raise Skip('no AF_ALG, AF_TIPC, AF_CAN, AF_KEY, AF_QIPCRTR')


@situation('sctp', rows=['A1.6'])
def sctp(hold):
    try:
        return blame(hold, socket.socket(proto=socket.IPPROTO_SCTP))
    except OSError as error:
        raise Skip(f'no SCTP: {error}') from error


@situation('unix-o-path', rows=['A1.13'])
def unix_o_path(hold):
    """The file of a unix socket, opened with O_PATH."""
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(hold.path('socket'))
    keep(sock)
    return hold.open(hold.path('socket'), os.O_PATH)

"""TCP and MPTCP: rows A1.5, A2.*."""
import contextlib
import errno
import socket
import struct

import ksys
from hold import situation
from sockets_kit import LOOPBACK, blame, connected, keep, listener, outside_end, own_net, quiet, sysctl

INET6 = {'family': socket.AF_INET6, 'address': ('::1', 0)}
TCP_MD5SIG, TCP_REPAIR, TCP_FASTOPEN, SO_ZEROCOPY = 14, 19, 23, 60


@situation('tcp-listen', rows=['A2.1'])
def tcp_listen(hold):
    return blame(hold, listener())


@situation('tcp6-listen', rows=['A2.1'])
def tcp6_listen(hold):
    return blame(hold, listener(**INET6))


@situation('tcp-listen-options', rows=['A2.10'])
def tcp_listen_options(hold):
    """Fast open, zero copy and an MD5 key (where the kernel has it)."""
    sock = listener()
    sock.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 5)
    sock.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
    key = struct.pack('=HH4s120xBBHi80s', socket.AF_INET, 0, socket.inet_aton(LOOPBACK), 0, 0, 3, 0, b'key')
    try:
        sock.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG, key)
    except OSError as error:
        if error.errno != errno.ENOPROTOOPT:
            raise
    return blame(hold, sock)


@situation('tcp-backlog', rows=['A2.2'])
def tcp_backlog(hold):
    """A client outside has connected, nobody has accepted."""
    sock = listener()
    hold.outsider(lambda: keep(socket.create_connection(sock.getsockname())))
    return blame(hold, sock)


@situation('tcp-backlog-inside', rows=['A2.2', 'A2.3'])
def tcp_backlog_inside(hold):
    sock = listener()
    hold.child(lambda: keep(socket.create_connection(sock.getsockname())))
    return blame(hold, sock)


def client(hold, **where):
    """The client end is ours, the rest is outside."""
    server, ours, theirs = connected(**where)
    hold.outsider(ours.close)
    server.close()
    theirs.close()
    return blame(hold, ours)


@situation('tcp-established', rows=['A2.3'])
def tcp_established(hold):
    return client(hold)


@situation('tcp-established-close', rows=['A2.3'])
def tcp_established_close(hold):
    """The same, for the other option that lifts it."""
    return client(hold)


@situation('tcp6-established', rows=['A2.3'])
def tcp6_established(hold):
    return client(hold, **INET6)


@situation('tcp6-mapped', rows=['A2.3'])
def tcp6_mapped(hold):
    return client(hold, family=socket.AF_INET6, address=('::ffff:127.0.0.1', 0))


@situation('tcp-accepted', rows=['A2.3'])
def tcp_accepted(hold):
    """The listener and the accepted end are ours, the client is outside."""
    server, theirs, ours = connected()
    outside_end(hold, ours, theirs)
    keep(server)
    return blame(hold, ours)


@situation('tcp-both-ends', rows=['A2.3'])
def tcp_both_ends(hold):
    server, ours, other = connected()
    server.close()
    hold.child(ours.close)
    other.close()
    return blame(hold, ours)


@situation('tcp-syn-sent', rows=['A2.3'])
def tcp_syn_sent(hold):
    """A client of a listener outside whose queue is full: its SYN is dropped."""
    server = listener(backlog=0)
    hold.outsider(lambda: keep(socket.create_connection(server.getsockname())))
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(server.getsockname())
    server.close()
    return blame(hold, sock)


@situation('tcp-fin-wait', rows=['A2.3', 'A2.8'])
def tcp_fin_wait(hold):
    server, ours, theirs = connected()
    server.close()
    outside_end(hold, ours, theirs)
    ours.shutdown(socket.SHUT_WR)
    return blame(hold, ours)


@situation('tcp-close-wait', rows=['A2.3'])
def tcp_close_wait(hold):
    server, ours, theirs = connected()
    server.close()
    theirs.close()
    return blame(hold, ours)


@situation('tcp-shutdown-read', rows=['A2.8'])
def tcp_shutdown_read(hold):
    server, ours, theirs = connected()
    server.close()
    outside_end(hold, ours, theirs)
    ours.shutdown(socket.SHUT_RD)
    return blame(hold, ours)


@situation('tcp-repair', rows=['A2.9'])
def tcp_repair(hold):
    server, ours, theirs = connected()
    server.close()
    outside_end(hold, ours, theirs)
    ours.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    return blame(hold, ours)


@situation('tcp-time-wait', rows=['A2.5'])
def tcp_time_wait(hold):
    """Both ends are closed; the kernel remembers, no descriptor does."""
    server, ours, theirs = connected()
    ours.close()
    theirs.close()
    return blame(hold, server)


@situation('tcp-unbound', rows=['A2.6'])
def tcp_unbound(hold):
    return blame(hold, socket.socket())


@situation('tcp-bound', rows=['A2.6'])
def tcp_bound(hold):
    sock = socket.socket()
    sock.bind((LOOPBACK, 0))
    return blame(hold, sock)


@situation('tcp-connect-refused', rows=['A2.6'])
def tcp_connect_refused(hold):
    closed = socket.socket()
    closed.bind((LOOPBACK, 0))
    sock = socket.socket()
    sock.connect_ex(closed.getsockname())
    closed.close()
    return blame(hold, sock)


@situation('tcp-disconnected', rows=['A2.6'])
def tcp_disconnected(hold):
    """connect(AF_UNSPEC) undoes the connection."""
    server, ours, theirs = connected()
    server.close()
    theirs.close()
    ksys.check(ksys.libc.connect(ours.fileno(), struct.pack('H14x', socket.AF_UNSPEC), 16), 'connect')
    return blame(hold, ours)


@situation('tcp-reset', rows=['A2.7'])
def tcp_reset(hold):
    """Connected once, reset by the peer: not in net/tcp any more, but it has a peer name."""
    server, ours, theirs = connected()
    server.close()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    theirs.close()
    return blame(hold, ours)


@situation('tcp-fastopen-syn-recv', rows=['A2.4'])
def tcp_fastopen_syn_recv(hold):
    """Accepted from the data of a SYN whose handshake never ends, in a network namespace of our own."""
    own_net()
    sysctl('net/ipv4/tcp_fastopen', 0x603)
    server = listener()
    server.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 5)
    quiet('iptables', '-A', 'OUTPUT', '-p', 'tcp', '--dport', str(server.getsockname()[1]), '--tcp-flags',
          'SYN,ACK', 'ACK', '-j', 'DROP')

    def connect():
        sock = socket.socket()
        sock.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            sock.sendto(b'x', 0x20000000, server.getsockname())  # MSG_FASTOPEN
        keep(sock)
    hold.outsider(connect)
    ours = server.accept()[0]
    server.close()
    return blame(hold, ours)


@situation('tcp-mmap', rows=['A2.15'])
def tcp_mmap(hold):
    """Zero-copy receive mapping. CRIU aborts on it."""
    sock = listener()
    ksys.mmap(sock.fileno(), 4096, prot=1, flags=1)
    return blame(hold, sock)


@situation('mptcp-unbound', rows=['A1.5'])
def mptcp_unbound(hold):
    return blame(hold, socket.socket(proto=socket.IPPROTO_MPTCP))


@situation('mptcp-listen', rows=['A1.5'])
def mptcp_listen(hold):
    return blame(hold, listener(protocol=socket.IPPROTO_MPTCP))


@situation('mptcp-connected', rows=['A1.5'])
def mptcp_connected(hold):
    return client(hold, protocol=socket.IPPROTO_MPTCP)

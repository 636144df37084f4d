"""Unix sockets and where their peers are: rows A4.1 to A4.9, A4.15, A4.25."""
import socket
import struct

import ksys
from hold import situation
from sockets_kit import blame, connected, in_other_net, keep, listener, number, outside_end, own_net

UNIX, STREAM, DGRAM, SEQPACKET = socket.AF_UNIX, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET


def pair(hold, kind):
    ours, other = socket.socketpair(UNIX, kind)
    hold.child(ours.close)
    other.close()
    return blame(hold, ours)


@situation('unix-pair-stream', rows=['A4.1'])
def unix_pair_stream(hold):
    return pair(hold, STREAM)


@situation('unix-pair-dgram', rows=['A4.1'])
def unix_pair_dgram(hold):
    return pair(hold, DGRAM)


@situation('unix-pair-seqpacket', rows=['A4.1'])
def unix_pair_seqpacket(hold):
    return pair(hold, SEQPACKET)


@situation('unix-connected', rows=['A4.1'])
def unix_connected(hold):
    server, ours, other = connected(UNIX, hold.path('socket'))
    keep(server, other)
    return blame(hold, ours)


def pair_outside(hold, kind):
    ours, theirs = socket.socketpair(UNIX, kind)
    hold.vars['peer'] = number(theirs)
    outside_end(hold, ours, theirs)
    return blame(hold, ours)


@situation('unix-pair-stream-outside', rows=['A4.2'])
def unix_pair_stream_outside(hold):
    return pair_outside(hold, STREAM)


@situation('unix-pair-seqpacket-outside', rows=['A4.2'])
def unix_pair_seqpacket_outside(hold):
    return pair_outside(hold, SEQPACKET)


@situation('unix-pair-stream-outside-peer', rows=['A4.2'])
def unix_pair_stream_outside_peer(hold):
    """The same, for the option with the peer's inode, which does nothing."""
    return pair_outside(hold, STREAM)


@situation('unix-client-outside-server', rows=['A4.2'])
def unix_client_outside_server(hold):
    server, ours, theirs = connected(UNIX, hold.path('socket'))
    hold.outsider(ours.close)
    server.close()
    theirs.close()
    return blame(hold, ours)


@situation('unix-accepted-outside-client', rows=['A4.2'])
def unix_accepted_outside_client(hold):
    server, theirs, ours = connected(UNIX, hold.path('socket'))
    outside_end(hold, ours, theirs)
    keep(server)
    return blame(hold, ours)


def dgram_client(hold, address):
    server = socket.socket(UNIX, DGRAM)
    server.bind(address)
    ours = socket.socket(UNIX, DGRAM)
    ours.connect(address)
    outside_end(hold, ours, server)
    return blame(hold, ours)


@situation('unix-dgram-outside-named', rows=['A4.3'])
def unix_dgram_outside_named(hold):
    return dgram_client(hold, hold.path('log'))


@situation('unix-dgram-outside-abstract', rows=['A4.3'])
def unix_dgram_outside_abstract(hold):
    return dgram_client(hold, '\0' + hold.path('log'))


@situation('unix-dgram-outside-nameless', rows=['A4.4'])
def unix_dgram_outside_nameless(hold):
    return pair_outside(hold, DGRAM)


@situation('unix-dgram-half', rows=['A4.5'])
def unix_dgram_half(hold):
    """One end of a pair has been disconnected, the other still points to it."""
    ours, other = socket.socketpair(UNIX, DGRAM)
    ksys.check(ksys.libc.connect(other.fileno(), struct.pack('H14x', socket.AF_UNSPEC), 16), 'connect')
    keep(other)
    return blame(hold, ours)


@situation('unix-dgram-server', rows=['A4.6'])
def unix_dgram_server(hold):
    """A process outside is connected to us."""
    ours = socket.socket(UNIX, DGRAM)
    ours.bind(hold.path('log'))
    theirs = socket.socket(UNIX, DGRAM)
    theirs.connect(hold.path('log'))
    outside_end(hold, ours, theirs)
    return blame(hold, ours)


@situation('unix-dgram-peer-other-net', rows=['A4.7'])
def unix_dgram_peer_other_net(hold):
    """The tree has its own network namespace, the server it is connected to lives in the host's."""
    server = socket.socket(UNIX, DGRAM)
    server.bind(hold.path('log'))
    hold.outsider()
    server.close()
    own_net()
    ours = socket.socket(UNIX, DGRAM)
    ours.connect(hold.path('log'))
    return blame(hold, ours)


@situation('unix-client-other-net', rows=['A4.8'])
def unix_client_other_net(hold):
    server = listener(UNIX, hold.path('socket'))
    own_net()
    ours = socket.socket(UNIX)
    ours.connect(hold.path('socket'))
    theirs = server.accept()[0]
    hold.outsider(ours.close)
    server.close()
    theirs.close()
    return blame(hold, ours)


@situation('unix-accepted-other-net', rows=['A4.9'])
def unix_accepted_other_net(hold):
    """The client came from another network namespace, so the accepted socket lives there."""
    server = listener(UNIX, hold.path('socket'))

    def connect():
        own_net()
        sock = socket.socket(UNIX)
        sock.connect(hold.path('socket'))
        keep(sock)
    hold.outsider(connect)
    return blame(hold, server.accept()[0])


@situation('unix-peer-closed', rows=['A4.15'])
def unix_peer_closed(hold):
    ours, theirs = socket.socketpair()
    theirs.close()
    return blame(hold, ours)


@situation('unix-shutdown', rows=['A4.25'])
def unix_shutdown(hold):
    ours, other = socket.socketpair()
    ours.shutdown(socket.SHUT_WR)
    keep(other)
    return blame(hold, ours)


@situation('unix-foreign-net', rows=['A7.5'])
def unix_foreign_net(hold):
    """A unix socket of another network namespace, in a tree that is in the host's."""
    return blame(hold, in_other_net(lambda: listener(UNIX, hold.path('socket'))))

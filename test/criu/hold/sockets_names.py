"""Unix sockets that wait to be accepted, and the names of others: rows A4.10 to A4.14, A4.23 to A4.25."""
import os
import socket

from hold import situation
from sockets_kit import blame, keep, listener, outside_end

UNIX, STREAM, DGRAM = socket.AF_UNIX, socket.SOCK_STREAM, socket.SOCK_DGRAM


def pending(hold, kind=STREAM):
    """A listening socket and a client nobody has accepted yet."""
    server = listener(UNIX, hold.path('socket'), kind=kind)
    client = socket.socket(UNIX, kind)
    client.connect(hold.path('socket'))
    return server, client


@situation('unix-pending-inside', rows=['A4.10'])
def unix_pending_inside(hold):
    server, client = pending(hold)
    keep(client)
    return blame(hold, server)


@situation('unix-pending-child', rows=['A4.10'])
def unix_pending_child(hold):
    """The client is in another process of the tree."""
    server, client = pending(hold)
    hold.child(server.close)
    client.close()
    return blame(hold, server)


@situation('unix-pending-inside-data', rows=['A4.11'])
def unix_pending_inside_data(hold):
    server, client = pending(hold)
    client.send(b'x')
    keep(server)
    return blame(hold, client)


@situation('unix-pending-closed', rows=['A4.12'])
def unix_pending_closed(hold):
    server, client = pending(hold)
    client.close()
    return blame(hold, server)


@situation('unix-pending-outside', rows=['A4.13'])
def unix_pending_outside(hold):
    server, client = pending(hold)
    client.send(b'x')
    outside_end(hold, server, client)
    return blame(hold, server)


@situation('unix-pending-outside-server', rows=['A4.14'])
def unix_pending_outside_server(hold):
    server, client = pending(hold)
    outside_end(hold, client, server)
    return blame(hold, client)


@situation('unix-listen-unlinked', rows=['A4.23'])
def unix_listen_unlinked(hold):
    server = listener(UNIX, hold.path('socket'))
    os.unlink(hold.path('socket'))
    return blame(hold, server)


@situation('unix-listen-renamed', rows=['A4.23'])
def unix_listen_renamed(hold):
    server = listener(UNIX, hold.path('socket'))
    os.rename(hold.path('socket'), hold.path('renamed'))
    return blame(hold, server)


def relative(hold, address):
    os.makedirs(hold.path('here'))
    os.symlink('here', hold.path('link'))
    os.chdir(hold.path('here'))
    return listener(UNIX, address)


@situation('unix-relative', rows=['A4.24'])
def unix_relative(hold):
    return blame(hold, relative(hold, './socket'))


@situation('unix-relative-dots', rows=['A4.24'])
def unix_relative_dots(hold):
    return blame(hold, relative(hold, '../socket'))


@situation('unix-relative-symlink', rows=['A4.24'])
def unix_relative_symlink(hold):
    relative(hold, 'other').close()
    os.chdir(hold.dir)
    return blame(hold, listener(UNIX, 'link/socket'))


@situation('unix-relative-renamed', rows=['A4.24'])
def unix_relative_renamed(hold):
    server = relative(hold, 'socket')
    os.rename('socket', 'renamed')
    return blame(hold, server)


@situation('unix-relative-unlinked', rows=['A4.24'])
def unix_relative_unlinked(hold):
    server = relative(hold, 'socket')
    os.unlink('socket')
    return blame(hold, server)


@situation('unix-abstract', rows=['A4.25'])
def unix_abstract(hold):
    return blame(hold, listener(UNIX, '\0' + hold.path('socket')))


@situation('unix-autobind', rows=['A4.25'])
def unix_autobind(hold):
    sock = socket.socket(UNIX, DGRAM)
    sock.bind('')
    return blame(hold, sock)

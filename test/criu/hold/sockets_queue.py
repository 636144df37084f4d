"""What waits in the queue of a unix socket: rows A4.16 to A4.22."""
import array
import os
import pty
import socket

import ksys
from hold import situation
from sockets_kit import blame, keep

SO_PASSPIDFD = 76


def queued(hold, payload=b'x', kind=socket.SOCK_STREAM, option=None, sender_option=None, fds=()):
    """One message waits in our end; the sender is ours too."""
    ours, sender = socket.socketpair(socket.AF_UNIX, kind)
    if option is not None:
        ours.setsockopt(socket.SOL_SOCKET, option, 1)
    if sender_option is not None:
        sender.setsockopt(socket.SOL_SOCKET, sender_option, 1)
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else []
    if payload is not None:
        sender.sendmsg([payload], rights)
    for fd in fds:
        os.close(fd)
    keep(sender)
    return blame(hold, ours)


@situation('unix-queue-stream', rows=['A4.16'])
def unix_queue_stream(hold):
    return queued(hold)


@situation('unix-queue-dgram', rows=['A4.16'])
def unix_queue_dgram(hold):
    return queued(hold, kind=socket.SOCK_DGRAM)


@situation('unix-queue-passcred', rows=['A4.17'])
def unix_queue_passcred(hold):
    return queued(hold, option=socket.SO_PASSCRED)


@situation('unix-queue-passpidfd', rows=['A4.17'])
def unix_queue_passpidfd(hold):
    return queued(hold, option=SO_PASSPIDFD)


@situation('unix-queue-timestamp', rows=['A4.17'])
def unix_queue_timestamp(hold):
    return queued(hold, kind=socket.SOCK_DGRAM, option=29)  # SO_TIMESTAMP


@situation('unix-passcred-empty', rows=['A4.17'])
def unix_passcred_empty(hold):
    return queued(hold, payload=None, option=socket.SO_PASSCRED)


@situation('unix-queue-sender-passcred', rows=['A4.17'])
def unix_queue_sender_passcred(hold):
    return queued(hold, sender_option=socket.SO_PASSCRED)


@situation('unix-flight-file', rows=['A4.18'])
def unix_flight_file(hold):
    return queued(hold, fds=[os.open(hold.file('file'), os.O_RDONLY)])


@situation('unix-flight-pipe', rows=['A4.18'])
def unix_flight_pipe(hold):
    return queued(hold, fds=os.pipe())


@situation('unix-flight-socket', rows=['A4.18'])
def unix_flight_socket(hold):
    return queued(hold, fds=[each.detach() for each in socket.socketpair()])


@situation('unix-flight-tty', rows=['A4.19'])
def unix_flight_tty(hold):
    return queued(hold, fds=pty.openpty())


@situation('unix-flight-userfaultfd', rows=['A4.20'])
def unix_flight_userfaultfd(hold):
    return queued(hold, fds=[ksys.userfaultfd()])


def big_message(hold, kind):
    """The sender's buffer is large, the receiver's own is the smallest possible."""
    ours, sender = socket.socketpair(socket.AF_UNIX, kind)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    sender.send(b'x' * 60_000)
    keep(sender)
    return blame(hold, ours)


@situation('unix-queue-big-dgram', rows=['A4.21'])
def unix_queue_big_dgram(hold):
    return big_message(hold, socket.SOCK_DGRAM)


@situation('unix-queue-big-seqpacket', rows=['A4.21'])
def unix_queue_big_seqpacket(hold):
    return big_message(hold, socket.SOCK_SEQPACKET)


@situation('unix-queue-big-stream', rows=['A4.21'])
def unix_queue_big_stream(hold):
    return big_message(hold, socket.SOCK_STREAM)


@situation('unix-queue-empty-dgram', rows=['A4.22'])
def unix_queue_empty_dgram(hold):
    return queued(hold, payload=b'', kind=socket.SOCK_DGRAM)

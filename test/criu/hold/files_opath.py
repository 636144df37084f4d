"""O_PATH descriptors of what was opened normally: chapter 0.3 of the files, rows I2, K6, L12, J1, D*."""
import os
import select
import signal
import socket

import ksys
from hold import situation


def o_path(name, rows, make):
    @situation(name, rows=rows)
    def hold_o_path(hold):
        fd = make()
        return hold.at(os.open(f'/proc/self/fd/{fd}', os.O_PATH))


def kept_alone(name, rows, make):
    """Only the O_PATH descriptor is left."""
    @situation(name, rows=rows)
    def hold_alone(hold):
        fds = make()
        blame = hold.at(os.open(f'/proc/self/fd/{fds[0]}', os.O_PATH))
        os.close(fds[0])
        return blame


def bound(family, kind):
    sock = socket.socket(family, kind)
    sock.bind(('127.0.0.1', 0) if family == socket.AF_INET else '')
    return sock.detach()


def epoll():
    poll = select.epoll()
    POLLS.append(poll)
    return poll.fileno()


POLLS = []
kept_alone('pipe-only-o-path', ['K6'], os.pipe)
o_path('eventfd-o-path', ['D1'], lambda: ksys.eventfd(7))
o_path('signalfd-o-path', ['D2'], lambda: ksys.signalfd([signal.SIGUSR1]))
o_path('timerfd-o-path', ['D3'], lambda: ksys.timerfd(1))
o_path('epoll-o-path', ['D5'], epoll)
o_path('inotify-o-path', ['D7'], lambda: ksys.inotify('/etc'))
o_path('fanotify-o-path', ['D8'], lambda: ksys.fanotify('/etc'))
o_path('pidfd-o-path', ['D11'], lambda: ksys.pidfd(os.getpid()))
o_path('pipe-o-path', ['K6'], lambda: os.pipe()[0])
o_path('pipe-writer-o-path', ['K6'], lambda: os.pipe()[1])
o_path('namespace-o-path', ['J1'], lambda: os.open('/proc/self/ns/uts', os.O_RDONLY))
o_path('tcp-o-path', ['L12'], lambda: bound(socket.AF_INET, socket.SOCK_STREAM))
o_path('udp-o-path', ['L12'], lambda: bound(socket.AF_INET, socket.SOCK_DGRAM))
o_path('unix-socket-o-path', ['L12'], lambda: bound(socket.AF_UNIX, socket.SOCK_STREAM))
o_path('netlink-o-path', ['L12'], lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).detach())

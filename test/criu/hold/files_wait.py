"""epoll and pidfds: rows D5, D6, D11 to D14."""
import os
import select
import signal

import ksys
from hold import situation


def epoll(*targets):
    poll = select.epoll()
    for target in targets:
        poll.register(target, select.EPOLLIN)
    fd = os.dup(poll.fileno())
    poll.close()
    return fd


def watching(hold, fd):
    """An epoll at the number to blame that watches fd."""
    return hold.at(epoll(fd))


@situation('epoll', rows=['D5'])
def epoll_own(hold):
    return watching(hold, os.pipe()[0])


@situation('epoll-target-by-another-number', rows=['D5'])
def epoll_dup(hold):
    reader, _ = os.pipe()
    blame = watching(hold, reader)
    os.dup2(reader, 60)
    os.close(reader)
    return blame


@situation('epoll-empty', rows=['D5'])
def epoll_empty(hold):
    return hold.at(epoll())


@situation('epoll-nested', rows=['D5'])
def epoll_nested(hold):
    return watching(hold, epoll(os.pipe()[0]))


@situation('epoll-target-in-child-only', rows=['D6'])
def epoll_child(hold):
    reader, writer = os.pipe()
    blame = watching(hold, reader)
    hold.child()
    os.close(reader)
    os.close(writer)
    return blame


@situation('epoll-target-outside', rows=['D6'])
def epoll_outside(hold):
    reader, writer = os.pipe()
    blame = watching(hold, reader)
    hold.outsider()
    os.close(reader)
    os.close(writer)
    return blame


@situation('epoll-inherited-target-closed-in-child', rows=['D6'])
def epoll_inherited(hold):
    reader, _ = os.pipe()
    blame = watching(hold, reader)
    hold.child(lambda: os.close(reader))
    return blame


@situation('pidfd-child', rows=['D11'])
def pidfd_child(hold):
    return hold.at(ksys.pidfd(hold.child()))


@situation('pidfd-self', rows=['D11'])
def pidfd_self(hold):
    return hold.at(ksys.pidfd(os.getpid()))


@situation('pidfd-zombie', rows=['D11'])
def pidfd_zombie(hold):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    blame = hold.at(ksys.pidfd(pid))
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return blame


@situation('pidfd-reaped', rows=['D12'])
def pidfd_reaped(hold):
    pid = hold.child()
    blame = hold.at(ksys.pidfd(pid))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return blame


@situation('pidfd-outside', rows=['D13'])
def pidfd_outside(hold):
    return hold.at(ksys.pidfd(hold.outsider()))


@situation('pidfd-thread', rows=['D14'])
def pidfd_thread(hold):
    return hold.at(ksys.pidfd(os.getpid(), 0o200))

"""The descriptor table itself and how it is shared: rows A1 to A11."""
import array
import fcntl
import os
import resource
import select
import signal
import socket
import threading

import ksys
from hold import situation, sleep_forever


def soft_limit(files):
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


@situation('fd-numbers-3-free', rows=['A1'])
def three_free(hold):
    soft_limit(6)


@situation('fd-numbers-none-free', rows=['A1'])
def none_free(hold):
    soft_limit(3)


@situation('fd-numbers-4-free', rows=['A1'])
def four_free(hold):
    soft_limit(7)


@situation('fd-in-flight-limit', rows=['A3'])
def in_flight_limit(hold):
    """300 files, a limit of 20, and a user who has 21 in flight already: else it depends on who is quicker."""
    hold.outsider(lambda: queue(*socket.socketpair(), [0] * 21))
    for number in range(100, 400):
        os.dup2(0, number)
    soft_limit(20)
    for capability in (21, 24):  # SYS_ADMIN, SYS_RESOURCE
        try:
            ksys.prctl(24, capability)  # PR_CAPBSET_DROP
        except OSError:
            pass
    keep = ((1 << 41) - 1) & ~(1 << 21) & ~(1 << 24)
    ksys.set_capabilities(keep)


@situation('fd-table-shared-by-siblings', rows=['A4'])
def siblings(hold):
    def share():
        if ksys.clone_process(ksys.CLONE_FILES | ksys.CLONE_PARENT) == 0:
            sleep_forever()
    return {'pid': hold.child(share)}


@situation('fd-table-shared-with-parent', rows=['A4'])
def parent(hold):
    pid = ksys.clone_process(ksys.CLONE_FILES)
    if pid == 0:
        sleep_forever()
    return {'pid': pid}


@situation('cwd-shared-by-processes', rows=['A5'])
def cwd_shared(hold):
    pid = ksys.clone_process(ksys.CLONE_FS)
    if pid == 0:
        sleep_forever()
    return {'pid': pid}


def thread(function):
    ready = threading.Event()

    def run():
        function()
        ready.set()
        sleep_in_thread()
    threading.Thread(target=run, daemon=True).start()
    ready.wait()


@situation('fd-table-of-a-thread', rows=['A6'])
def thread_table(hold):
    def own_table():
        ksys.unshare(ksys.CLONE_FILES)
        hold.at(os.open('/dev/loop-control', os.O_RDWR))
    thread(own_table)


@situation('cwd-of-a-thread', rows=['A6'])
def thread_cwd(hold):
    def own_cwd():
        ksys.unshare(ksys.CLONE_FS)
        os.chdir(hold.dir)
    thread(own_cwd)


def sleep_in_thread():
    while True:
        select.select([], [], [])


def queue(reader, writer, fds):
    writer.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))])
    writer.detach()
    return reader.detach()


def queued(hold, fd):
    """One end of a pair holds fd in its queue; the sender's own copy is closed."""
    reader = queue(*socket.socketpair(), [fd])
    os.close(fd)
    return hold.at(reader)


@situation('scm-file', rows=['A7'])
def scm_file(hold):
    return queued(hold, os.open(hold.file('queued'), os.O_RDONLY))


@situation('scm-pipe', rows=['A7'])
def scm_pipe(hold):
    reader, writer = os.pipe()
    os.close(writer)
    return queued(hold, reader)


@situation('scm-epoll', rows=['A7', 'D5'])
def scm_epoll(hold):
    poll = select.epoll()
    fd = os.dup(poll.fileno())
    poll.close()
    return queued(hold, fd)


@situation('scm-device', rows=['A7', 'B6'])
def scm_device(hold):
    return queued(hold, os.open('/dev/loop-control', os.O_RDWR))


@situation('scm-tty', rows=['A7'])
def scm_tty(hold):
    return queued(hold, os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY))


def long_path(hold, levels):
    os.chdir(hold.dir)
    for _ in range(levels):
        os.mkdir('d' * 200)
        os.chdir('d' * 200)
    blame = hold.open('file', os.O_CREAT | os.O_RDWR)
    os.chdir('/')
    return blame


@situation('link-too-long', rows=['A8'])
def link_too_long(hold):
    return long_path(hold, 21)


@situation('link-long', rows=['A8'])
def link_long(hold):
    return long_path(hold, 17)


@situation('fd-owner-signal', rows=['A10'])
def owner(hold):
    reader, _ = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(reader, 10, signal.SIGUSR1)  # F_SETSIG
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
    return hold.at(reader)


@situation('dnotify', rows=['A11'])
def dnotify(hold):
    fd = os.open(hold.dir, os.O_RDONLY)
    fcntl.fcntl(fd, fcntl.F_NOTIFY, fcntl.DN_MODIFY | fcntl.DN_MULTISHOT)
    return hold.at(fd)

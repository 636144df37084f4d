"""Holds open files for bench/run.js: PROCESSES children with FILES files each, of ten kinds.

    python3 hold.py PROCESSES FILES FOLDER     prints the pids as JSON, and ends all when its stdin closes
"""
import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys

PR_SET_PDEATHSIG = 1
KEPT = []


def pair(make):
    """Two fds a call: the second is what the next call gives."""
    spare = []

    def one():
        if not spare:
            spare.extend(make())
        return spare.pop()

    return one


def listening():
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.bind(('127.0.0.1', 0))
    server.listen(1)
    return server.detach()


def datagram():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(('127.0.0.1', 0))
    return server.detach()


def event_and_watcher():
    event = os.eventfd(0)
    epoll = select.epoll()
    epoll.register(event, select.EPOLLIN)
    KEPT.append(epoll)
    return [epoll.fileno(), event]


def kinds(folder):
    name = iter(range(1 << 30))
    regular = lambda: os.open(f'{folder}/{os.getpid()}-{next(name)}', os.O_CREAT | os.O_RDWR)
    pipe = pair(os.pipe)
    watched = pair(event_and_watcher)
    unix = pair(lambda: [one.detach() for one in socket.socketpair()])
    return [
        regular,
        lambda: os.open(folder, os.O_RDONLY),
        lambda: os.open('/dev/null', os.O_RDWR),
        pipe,
        unix,
        listening,
        datagram,
        watched,
        watched,
        lambda: os.memfd_create('bench'),
    ]


def child(files, folder, done):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    makers = kinds(folder)
    own = len(os.listdir('/proc/self/fd')) - 1
    for number in range(files - own):
        makers[number % len(makers)]()
    os.write(done, b'.')
    os.close(done)
    signal.pause()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    processes, files, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    limit = max(files + 50, 1024)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, hard), hard))
    pids = []
    try:
        for _ in range(processes):
            heard, done = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(heard)
                try:
                    child(files, folder, done)
                finally:
                    os._exit(1)
            pids.append(pid)
            os.close(done)
            if os.read(heard, 1) != b'.':
                raise RuntimeError('a process could not open its files')
            os.close(heard)
        print(json.dumps(pids), flush=True)
        sys.stdin.read()
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


if __name__ == '__main__':
    main()

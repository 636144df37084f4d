"""Holds open files for the benchmarks: PROCESSES processes with FILES files each, of ten kinds.

    python3 hold.py PROCESSES FILES FOLDER     prints the pids as JSON, and ends all when its stdin closes

Each is a tree and a session of its own, as services are.
"""
import json
import os
import resource
import select
import signal
import socket
import sys

KEPT = []


def pair(make):
    """Two fds a call: the second is what the next call gives."""
    spare = []

    def one():
        if not spare:
            spare.extend(make())
        return spare.pop()

    return one


PORTS = 20_000


def addresses():
    """Of the loopback network, each as often as it has ports: no process takes those of another."""
    own = os.getpid() % 60_000
    for number in range(1 << 30):
        yield f'127.{1 + number // PORTS % 250}.{own // 250}.{1 + own % 250}'


def bound(kind, address):
    server = socket.socket(socket.AF_INET, kind)
    server.bind((address, 0))
    if kind == socket.SOCK_STREAM:
        server.listen(1)
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
    tcp, udp = addresses(), addresses()
    return [
        regular,
        lambda: os.open(folder, os.O_RDONLY),
        lambda: os.open('/dev/null', os.O_RDWR),
        pipe,
        unix,
        lambda: bound(socket.SOCK_STREAM, next(tcp)),
        lambda: bound(socket.SOCK_DGRAM, next(udp)),
        watched,
        watched,
        lambda: os.memfd_create('bench'),
    ]


def child(files, folder, done, alive):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    makers = kinds(folder)
    own = len(os.listdir('/proc/self/fd')) - 1
    for number in range(files - own):
        makers[number % len(makers)]()
    os.write(done, b'%d\n' % os.getpid())
    os.close(done)
    os.read(alive, 1)


def start(files, folder, alive):
    """A grandchild, whose parent ends: nobody's descendant."""
    heard, done = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(heard)
            os.close(alive[1])
            os.setsid()
            if os.fork() == 0:
                child(files, folder, done, alive[0])
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    os.close(done)
    told = os.read(heard, 32)
    os.close(heard)
    if not told.endswith(b'\n'):
        raise RuntimeError('a process could not open its files')
    return int(told)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    processes, files, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    limit = max(files + 50, 1024)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit, hard), hard))
    # its other end closes with this process, however that ends
    alive = os.pipe()
    print(json.dumps([start(files, folder, alive) for _ in range(processes)]), flush=True)
    sys.stdin.read()


if __name__ == '__main__':
    main()

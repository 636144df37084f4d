"""Pipes and fifos: rows K1 to K6."""
import fcntl
import os
import resource

from hold import situation


@situation('pipe', rows=['K1'])
def pipe(hold):
    reader, writer = os.pipe()
    os.write(writer, b'unread')
    return hold.at(reader)


@situation('pipe-shared-with-child', rows=['K1'])
def pipe_child(hold):
    reader, writer = os.pipe()
    hold.child(lambda: os.close(reader))
    os.close(writer)
    return hold.at(reader)


@situation('pipe-outside', rows=['K1'])
def pipe_outside(hold):
    reader, writer = os.pipe()
    hold.outsider(lambda: os.close(reader))
    os.close(writer)
    return hold.at(reader)


@situation('pipe-packet', rows=['K2'])
def pipe_packet(hold):
    reader, _ = os.pipe2(os.O_DIRECT)
    return hold.at(reader)


@situation('pipe-packet-set-later', rows=['K2'])
def pipe_packet_later(hold):
    _, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETFL, os.O_DIRECT)
    return hold.at(writer)


def pipes(hold, count):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, hard))
    for _ in range(count):
        os.close(os.pipe()[1])
    return {}


@situation('pipes-1024', rows=['K3'])
def pipes_1024(hold):
    return pipes(hold, 1024)


@situation('pipes-1025', rows=['K3'])
def pipes_1025(hold):
    return pipes(hold, 1025)


@situation('pipe-1-mib', rows=['K4'])
def pipe_1_mib(hold):
    reader, _ = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 1 << 20)
    return hold.at(reader)


def fifo(hold, flags=os.O_RDWR):
    os.mkfifo(hold.path('fifo'))
    return hold.open(hold.path('fifo'), flags)


@situation('fifo', rows=['K5'])
def named_fifo(hold):
    return fifo(hold)


@situation('fifo-deleted', rows=['K5', 'E2'])
def fifo_deleted(hold):
    blame = fifo(hold)
    os.unlink(hold.path('fifo'))
    return blame


@situation('fifo-packet', rows=['K5'])
def fifo_packet(hold):
    blame = fifo(hold)
    fcntl.fcntl(57, fcntl.F_SETFL, os.O_DIRECT)
    return blame


@situation('fifo-o-path', rows=['K6'])
def fifo_o_path(hold):
    return fifo(hold, os.O_PATH)

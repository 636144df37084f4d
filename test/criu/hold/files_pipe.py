"""Pipes and fifos: rows K1 to K6."""
import os

from hold import situation


@situation('pipe-packet', rows=['K2'])
def pipe_packet(hold):
    reader, _ = os.pipe2(os.O_DIRECT)
    return hold.at(reader)


@situation('pipe-outside', rows=['K1'])
def pipe_outside(hold):
    reader, writer = os.pipe()
    hold.outsider(lambda: os.close(reader))
    os.close(writer)
    return hold.at(reader)

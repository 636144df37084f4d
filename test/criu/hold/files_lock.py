"""File locks and leases: rows G1 to G5, E17."""
import fcntl
import os
import struct
import threading

from hold import situation

OFD_SETLK = 37


def lockable(hold):
    return hold.open(hold.file('locked'), os.O_RDWR)


@situation('lock-posix', rows=['G1'])
def posix(hold):
    blame = lockable(hold)
    fcntl.lockf(57, fcntl.LOCK_EX, 2, 1)
    return blame


@situation('lock-flock', rows=['G1'])
def flock(hold):
    blame = lockable(hold)
    fcntl.flock(57, fcntl.LOCK_SH)
    return blame


@situation('lock-ofd', rows=['G1'])
def ofd(hold):
    blame = lockable(hold)
    fcntl.fcntl(57, OFD_SETLK, struct.pack('hhqqi', fcntl.F_WRLCK, 0, 0, 0, 0))
    return blame


@situation('lease-read', rows=['G1'])
def lease_read(hold):
    blame = hold.open(hold.file('leased'))
    fcntl.fcntl(57, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    return blame


def lease_write(hold):
    blame = lockable(hold)
    fcntl.fcntl(57, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    return blame


situation('lease-write', rows=['E17', 'G5'])(lease_write)
situation('lease-write-by-file-size', rows=['E17', 'G5'])(lease_write)


@situation('lock-flock-of-launcher', rows=['G2'])
def launcher(hold):
    blame = lockable(hold)
    hold.outsider(lambda: fcntl.flock(57, fcntl.LOCK_EX))
    return blame


@situation('lock-of-outsider', rows=['G3'])
def outsider(hold):
    path = hold.file('locked')

    def lock():
        fcntl.flock(os.open(path, os.O_RDWR), fcntl.LOCK_EX)
    hold.outsider(lock)
    return hold.open(path, os.O_RDWR)


@situation('lock-awaited', rows=['G4'])
def awaited(hold):
    blame = outsider(hold)
    threading.Thread(target=fcntl.flock, args=(57, fcntl.LOCK_EX), daemon=True).start()
    return blame

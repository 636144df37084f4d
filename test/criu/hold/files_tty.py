"""Terminals: rows C1 to C15.

Alone where a pty is made: numbers are given out lowest first, and a restore wants the same number.
"""
import fcntl
import os
import pty
import termios

import ksys
from hold import Skip, situation

TERMINAL = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK


def key(hold, fd, name='key'):
    status = os.fstat(fd)
    hold.vars[name] = f'{status.st_rdev:x}:{status.st_dev:x}'


def terminal(name, path, rows, flags=TERMINAL):
    @situation(name, rows=rows)
    def hold_terminal(hold):
        try:
            blame = hold.open(path, flags)
        except OSError as error:
            raise Skip(f'{path}: {error.strerror}') from error
        key(hold, 57)
        return blame


terminal('tty0', '/dev/tty0', ['C1'])
terminal('ttyS0', '/dev/ttyS0', ['C1'])
terminal('tty-virtual-console', '/dev/tty20', ['C2'])
terminal('tty-console', '/dev/console', ['C2'])
terminal('tty-virtual-console-o-path', '/dev/tty20', ['C13'], os.O_PATH)
terminal('dev-tty-o-path', '/dev/tty', ['C13'], os.O_PATH)
terminal('ptmx-o-path', '/dev/ptmx', ['C13'], os.O_PATH)



@situation('pty-pair', rows=['C3'], alone=True)
def pair(hold):
    master, slave = pty.openpty()
    os.dup2(master, 58)
    os.close(master)
    return hold.at(slave)


@situation('pty-pair-over-processes', rows=['C3'], alone=True)
def pair_over_processes(hold):
    master, slave = pty.openpty()
    hold.child(lambda: os.close(master))
    os.close(slave)
    return hold.at(master)


@situation('pty-master-only', rows=['C4'], alone=True)
def master_only(hold):
    return hold.at(os.open('/dev/ptmx', TERMINAL))


@situation('pty-slave-hung-up', rows=['C5'], alone=True)
def hung_up(hold):
    master, slave = pty.openpty()
    os.close(master)
    return hold.at(slave)


def orphan(hold, name='key'):
    """A slave whose master is outside the tree."""
    master, slave = pty.openpty()
    key(hold, slave, name)
    hold.outsider(lambda: os.close(slave))
    os.close(master)
    return slave


@situation('pty-slave-master-outside', rows=['C6'], alone=True)
def master_outside(hold):
    return hold.at(orphan(hold))


@situation('pty-slaves-of-two-masters-outside', rows=['C7'], alone=True)
def two_masters_outside(hold):
    os.dup2(orphan(hold, 'other'), 58)
    return hold.at(orphan(hold))


def own_terminal(slave):
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


@situation('pty-session-outside', rows=['C8'], alone=True)
def session_outside(hold):
    master, slave = pty.openpty()
    hold.outsider(lambda: own_terminal(slave))
    os.close(slave)
    return hold.at(master)


@situation('pty-session-inside', rows=['C8'], alone=True)
def session_inside(hold):
    master, slave = pty.openpty()

    def session():
        os.setsid()
        own_terminal(slave)
    hold.child(session)
    os.close(slave)
    return hold.at(master)


@situation('dev-tty', rows=['C9'], alone=True)
def dev_tty(hold):
    _, slave = pty.openpty()
    own_terminal(slave)
    return hold.open('/dev/tty', os.O_RDWR)


@situation('dev-tty-other-foreground-group', rows=['C9'], alone=True)
def dev_tty_foreground(hold):
    _, slave = pty.openpty()
    own_terminal(slave)
    group = hold.child(lambda: os.setpgid(0, 0))
    os.tcsetpgrp(slave, group)
    return hold.open('/dev/tty', os.O_RDWR)


@situation('dev-tty-pty-of-another-task', rows=['C9'], alone=True)
def dev_tty_elsewhere(hold):
    master, slave = pty.openpty()
    own_terminal(slave)
    hold.child()
    os.close(master)
    os.close(slave)
    return hold.open('/dev/tty', os.O_RDWR)


def devpts(hold, name='pts'):
    """An instance of one's own, so that nobody else's terminals are numbered."""
    os.mkdir(hold.path(name))
    ksys.mount('devpts', hold.path(name), 'devpts', 0, 'newinstance,ptmxmode=0666')
    return hold.path(f'{name}/ptmx')


@situation('pty-index-1001', rows=['C10'], alone=True)
def high_index(hold):
    ptmx = devpts(hold)

    def many():
        for _ in range(1001):
            os.open(ptmx, TERMINAL)
    hold.outsider(many)
    return hold.at(os.open(ptmx, TERMINAL))


@situation('pty-index-1000', rows=['C10'], alone=True)
def highest_index(hold):
    ptmx = devpts(hold)

    def many():
        for _ in range(1000):
            os.open(ptmx, TERMINAL)
    hold.outsider(many)
    return hold.at(os.open(ptmx, TERMINAL))


@situation('pty-slave-by-another-name', rows=['C11'], alone=True)
def other_name(hold):
    master, slave = pty.openpty()
    hold.file('console', '')
    ksys.bind(os.ttyname(slave), hold.path('console'))
    hold.outsider()
    os.close(master)
    os.close(slave)
    blame = hold.open(hold.path('console'), TERMINAL)
    key(hold, 57)
    return blame


@situation('pty-same-index-of-two-instances', rows=['C14'], alone=True)
def two_instances(hold):
    os.dup2(os.open(devpts(hold, 'other'), TERMINAL), 58)
    return hold.at(os.open(devpts(hold), TERMINAL))


@situation('pty-slave-of-outside-devpts', rows=['C12'], alone=True)
def outside_devpts(hold):
    os.mkdir(hold.path('pts'))

    def elsewhere():
        ksys.own_mounts()
        ksys.mount('devpts', hold.path('pts'), 'devpts', 0, 'newinstance,ptmxmode=0666')
        master = os.open(hold.path('pts/ptmx'), TERMINAL)
        fcntl.ioctl(master, 0x40045431, bytes(4))  # TIOCSPTLCK: unlock the slave
    pid = hold.outsider(elsewhere)
    return hold.open(f'/proc/{pid}/root{hold.path("pts/0")}', TERMINAL)


def external_consoles(hold, count):
    for number in range(100, 100 + count):
        hold.open('/dev/ttyS0', TERMINAL, number=number)
    key(hold, 100)
    return {'fd': 99 + count}


@situation('tty-external-64', rows=['C15'])
def external_64(hold):
    return external_consoles(hold, 64)


@situation('tty-external-65', rows=['C15'])
def external_65(hold):
    return external_consoles(hold, 65)

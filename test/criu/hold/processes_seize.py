"""States in which a process cannot be seized: rows B1.*."""
import os
import signal
import threading
import time

import ksys
from hold import situation
from processes_kit import (
    SYS_EXIT, cgroup, enter, on_signal, state, status, syscall, thaw_at_end, tree, wait_state, wake,
)

PTRACE_SEIZE = 0x4206


def seize(pid):
    ksys.check(ksys.libc.ptrace(PTRACE_SEIZE, pid, None, None), 'ptrace')


def seize_from_outside(hold, pid):
    """Only once the helper is on its own: the SIGCHLD of its birth would stop a traced process."""
    helper = hold.outsider(lambda: on_signal(lambda: seize(pid)))
    wake(helper, lambda: status(pid, 'TracerPid') != '0')
    return {'pid': pid}


@situation('traced', rows=['B1.1'])
def traced(hold):
    return seize_from_outside(hold, os.getpid())


@situation('traced-child', rows=['B1.1'])
def traced_child(hold):
    return seize_from_outside(hold, hold.child())


@situation('traced-by-parent', rows=['B1.1'])
def traced_by_parent(hold):
    pid = hold.child()
    seize(pid)
    return {'pid': pid}


def zombie(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    return {'pid': pid}


@situation('zombie-root', rows=['B1.2'])
def zombie_root(hold):
    hold.root = hold.child()
    return zombie(hold.root)


@situation('zombie-child', rows=['B1.3'])
def zombie_child(hold):
    return zombie(hold.child())


@situation('leader-exited', rows=['B1.4'])
def leader_exited(hold):
    """The first thread has ended, another lives on."""
    return end_leader(tree(hold, two_threads))


@situation('leader-exited-child', rows=['B1.4'])
def leader_exited_child(hold):
    return end_leader(hold.child(two_threads))


def two_threads():
    threading.Thread(target=signal.pause, daemon=True).start()
    on_signal(lambda: syscall(SYS_EXIT, 0))


def end_leader(pid):
    wake(pid, lambda: state(pid) == 'Z')
    return {'pid': pid}


@situation('vfork', rows=['B1.6', 'B2.6'])
def vfork(hold):
    """The parent of a vfork child that never executes anything waits uninterruptibly."""
    def start():
        on_signal(lambda: ksys.libc.vfork() or signal.pause())
    pid = hold.child(start)
    wake(pid, lambda: state(pid) == 'D')
    return {'pid': pid}


@situation('vfork-executed', rows=['B1.6'])
def vfork_executed(hold):
    os.posix_spawn('/bin/sleep', ['sleep', '100000'], {})
    return {}


@situation('frozen-v1', rows=['B1.7'])
def frozen_v1(hold):
    path = cgroup(hold, '/sys/fs/cgroup/freezer', '')
    pid = tree(hold)
    thaw_at_end(hold, path)
    enter(path, pid)
    with open(f'{path}/freezer.state', 'w') as out:
        out.write('FROZEN')
    wait_state(pid, 'D')
    hold.vars['cgroup'] = path
    return {'pid': pid}


@situation('frozen-v2', rows=['B1.8'])
def frozen_v2(hold):
    """CRIU would wait for ever."""
    path = cgroup(hold, '/sys/fs/cgroup/unified', '')
    pid = tree(hold)
    enter(path, pid)
    with open(f'{path}/cgroup.freeze', 'w') as out:
        out.write('1')
    hold.vars['cgroup'] = path
    return {'pid': pid}


def stopped(hold, number):
    """A child in a process group of its own, which is not orphaned: the terminal signals work."""
    pid = hold.child(lambda: os.setpgid(0, 0))
    os.kill(pid, number)
    wait_state(pid, 'T')
    return {'pid': pid}


@situation('stopped-sigstop', rows=['B1.9'])
def stopped_sigstop(hold):
    return stopped(hold, signal.SIGSTOP)


@situation('stopped-sigtstp', rows=['B1.9'])
def stopped_sigtstp(hold):
    return stopped(hold, signal.SIGTSTP)


@situation('stopped-sigttin', rows=['B1.10'])
def stopped_sigttin(hold):
    return stopped(hold, signal.SIGTTIN)


@situation('stopped-sigttou', rows=['B1.10'])
def stopped_sigttou(hold):
    return stopped(hold, signal.SIGTTOU)


@situation('stopped-sigttin-waited', rows=['B1.10'])
def stopped_sigttin_waited(hold):
    """The parent has already been told, so stat shows no stop signal."""
    blame = stopped(hold, signal.SIGTTIN)
    os.waitpid(blame['pid'], os.WUNTRACED)
    return blame


def pending(number):
    signal.pthread_sigmask(signal.SIG_BLOCK, [number])
    os.kill(os.getpid(), number)
    return {'pid': os.getpid()}


@situation('pending-sigtrap', rows=['B1.12'])
def pending_sigtrap(_):
    return pending(signal.SIGTRAP)


@situation('pending-sigtrap-thread', rows=['B1.12'])
def pending_sigtrap_thread(_):
    """Sent to one thread, which blocks it."""
    def run():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTRAP])
        signal.pthread_kill(threading.get_ident(), signal.SIGTRAP)
        ready.set()
        time.sleep(100_000)
    ready = threading.Event()
    threading.Thread(target=run, daemon=True).start()
    ready.wait()
    return {'pid': os.getpid()}


@situation('pending-sigusr1', rows=['B1.12'])
def pending_sigusr1(_):
    return pending(signal.SIGUSR1)


@situation('kernel-thread', rows=['B1.14'])
def kernel_thread(hold):
    hold.root = 2
    return {'pid': 2}


@situation('no-process', rows=['B1.14'])
def no_process(hold):
    hold.root = hold.child()
    os.kill(hold.root, signal.SIGKILL)
    os.waitpid(hold.root, 0)
    return {'pid': hold.root}

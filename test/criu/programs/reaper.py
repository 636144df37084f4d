"""Starts a program as the leader of a session without terminal, says its pid, and is init to what it leaves behind.

When stdin is closed, everything that is left is killed.
"""
import ctypes
import os
import signal
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    nothing = {'stdin': subprocess.DEVNULL, 'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}
    print(subprocess.Popen(sys.argv[1:], start_new_session=True, **nothing).pid, flush=True)
    signal.signal(signal.SIGCHLD, reap)
    reap()
    os.read(0, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    kill_all()


def reap(*_):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def kill_all():
    while True:
        with open(f'/proc/self/task/{os.getpid()}/children') as pids:
            for pid in pids.read().split():
                os.kill(int(pid), signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


main()

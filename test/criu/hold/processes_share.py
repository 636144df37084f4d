"""Sessions, what processes share, and what threads have of their own: rows B2.*."""
import ctypes
import os
import signal
import threading
import time

import ksys
from hold import situation
from processes_kit import grandchild, root, syscall

PR_SET_PDEATHSIG = 1


@situation('session-outside', rows=['B2.1'])
def session_outside(hold):
    """The root is in the session of a process outside the tree."""
    return {'pid': root(hold, hold.child())}


@situation('session-zero', rows=['B2.2'])
def session_zero(hold):
    """The first process of a pid namespace whose session is not of it."""
    hold.own_pids()
    return {'pid': root(hold, hold.child())}


@situation('session-outside-child', rows=['B2.3'])
def session_outside_child(hold):
    """The root left the session after forking; its child is still in it and the leader lives outside."""
    def start():
        grandchild(hold)
        os.setsid()
    root(hold, hold.child(start))
    return {}


@situation('session-orphan', rows=['B2.4', 'B2.12'])
def session_orphan(hold):
    """The leader of a child's session is dead; the root is the reaper."""
    ksys.prctl(ksys.PR_SET_CHILD_SUBREAPER, 1)

    def lead():
        os.setsid()
        grandchild(hold)
    leader = hold.child(lead)
    os.kill(leader, signal.SIGKILL)
    os.waitpid(leader, 0)
    return {}


def share(flags):
    """A process that shares what flags say and sleeps, in C: it needs a stack of its own."""
    stack = ksys.mmap(-1, 65536, flags=0x22)
    ksys.libc.clone.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
    return ksys.check(ksys.libc.clone(ctypes.cast(ksys.libc.pause, ctypes.c_void_p), stack + 65536,
                                      flags | signal.SIGCHLD, None), 'clone')


@situation('shared-memory-map', rows=['B2.6'])
def shared_memory_map(_):
    return {'pid': share(ksys.CLONE_VM)}


@situation('shared-memory-map-outside', rows=['B2.11'])
def shared_memory_map_outside(hold):
    """The other process is the root's sibling."""
    hold.outside.append(share(ksys.CLONE_VM | ksys.CLONE_PARENT))
    return {}


@situation('shared-signal-handlers', rows=['B2.10'])
def shared_signal_handlers(_):
    """The kernel wants the memory to be shared too."""
    return {'pid': share(ksys.CLONE_VM | ksys.CLONE_SIGHAND)}


@situation('child-of-thread', rows=['B2.12'])
def child_of_thread(hold):
    def start():
        hold.child(lambda: ksys.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        done.set()
        time.sleep(100_000)
    done = threading.Event()
    threading.Thread(target=start, daemon=True).start()
    done.wait()
    return {}


def in_thread(function):
    """Runs function in a thread that lives on."""
    def run():
        function()
        ready.set()
        time.sleep(100_000)
    ready = threading.Event()
    threading.Thread(target=run, daemon=True).start()
    if not ready.wait(5):
        raise RuntimeError('the thread failed')
    return {}


@situation('threads', rows=['B2.12'])
def threads(_):
    return in_thread(lambda: None)


@situation('thread-own-namespaces', rows=['B2.13'])
def thread_own_namespaces(_):
    return in_thread(lambda: ksys.unshare(ksys.CLONE_FS | ksys.CLONE_NEWNET | ksys.CLONE_NEWUTS))


@situation('thread-own-files', rows=['B2.13'])
def thread_own_files(_):
    """It has unshared its descriptors and opened one that could not be dumped."""
    def leave():
        ksys.unshare(ksys.CLONE_FILES)
        ksys.userfaultfd()
    return in_thread(leave)


@situation('thread-own-credentials', rows=['B2.14'])
def thread_own_credentials(_):
    """The raw system call changes the group of one thread."""
    return in_thread(lambda: syscall(119 if ksys.X86 else 149, 65534, 65534, 65534))  # setresgid


@situation('siblings', rows=['B2.4'])
def siblings(hold):
    """An ordinary tree of five."""
    for _ in range(2):
        hold.child(lambda: grandchild(hold))
    return {}

"""What stops the code CRIU injects: rows B8.*."""
import ctypes
import os
import resource
import struct

import ksys
from hold import Skip, situation
from processes_kit import in_call, on_signal, status, syscall, tree, wake

PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 4, 22, 38, 65
SECCOMP_RET_ALLOW = 0x7fff0000
NR_MSEAL = 462
PAUSE_OF_32_BITS = '29'


def limit(what, soft):
    resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))


@situation('limit-address-space', rows=['B8.2'])
def limit_address_space(_):
    with open('/proc/self/statm') as sizes:
        limit(resource.RLIMIT_AS, int(sizes.read().split()[0]) * 4096)
    return {'pid': os.getpid()}


@situation('limit-maps', rows=['B8.3'])
def limit_maps(_):
    """As many mappings as the kernel allows."""
    with open('/proc/sys/vm/max_map_count') as count:
        pages = int(count.read()) + 10
    address = ksys.mmap(-1, pages * 4096, flags=0x22)
    try:
        for page in range(0, pages, 2):
            if ksys.libc.mprotect(ctypes.c_void_p(address + page * 4096), 4096, 1) == -1:
                break
    except MemoryError:
        pass
    return {'pid': os.getpid()}


def landlock(handled_fs=0, scoped=0, allowed=()):
    """Restricts this process: whatever of handled_fs is not allowed below the paths, and by scope."""
    try:
        rules = ksys.syscall('landlock_create_ruleset', struct.pack('QQQ', handled_fs, 0, scoped), 24, 0)
    except OSError as error:
        raise Skip(f'no Landlock: {error}') from error
    for path in allowed:
        where = os.open(path, os.O_PATH)
        syscall(445, rules, 1, struct.pack('=Qi', handled_fs, where), 0)  # landlock_add_rule, beneath a path
        os.close(where)
    ksys.prctl(PR_SET_NO_NEW_PRIVS, 1)
    ksys.syscall('landlock_restrict_self', rules, 0)
    os.close(rules)
    return {'pid': os.getpid()}


@situation('landlock-abstract-sockets', rows=['B8.4'])
def landlock_abstract_sockets(_):
    return landlock(scoped=1)


@situation('landlock-signals', rows=['B8.4'])
def landlock_signals(_):
    return landlock(scoped=2)


@situation('landlock-no-proc', rows=['B8.5'])
def landlock_no_proc(_):
    """May read files below /usr only."""
    return landlock(handled_fs=4, allowed=['/usr'])


@situation('landlock-proc', rows=['B8.5'])
def landlock_proc(_):
    return landlock(handled_fs=4, allowed=['/usr', '/proc'])


def seccomp_allow():
    """A filter that allows everything."""
    code = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, SECCOMP_RET_ALLOW))
    program = ctypes.create_string_buffer(struct.pack('HL', 1, ctypes.addressof(code)))
    ksys.prctl(PR_SET_NO_NEW_PRIVS, 1)
    ksys.prctl(PR_SET_SECCOMP, 2, ctypes.addressof(program))


@situation('seccomp-filters', rows=['B8.6'])
def seccomp_filters(_):
    seccomp_allow()
    seccomp_allow()
    return {}


@situation('seccomp-strict', rows=['B8.6'])
def seccomp_strict(hold):
    """Only read, write and exit are left, so it waits in a read."""
    def start():
        reader, writer = os.pipe()
        os.dup2(reader, 57)
        buffer = ctypes.create_string_buffer(1)

        def wait():
            ksys.libc.prctl(PR_SET_SECCOMP, 1, 0, 0, 0)
            ksys.libc.read(57, buffer, 1)
        on_signal(wait)
        os.set_inheritable(writer, True)
    pid = tree(hold, start)
    wake(pid, lambda: status(pid, 'Seccomp') == '1')
    return {'pid': pid}


@situation('mseal-unreadable', rows=['B8.8'])
def mseal_unreadable(_):
    return seal(0)


@situation('mseal-readable', rows=['B8.8'])
def mseal_readable(_):
    return seal(1)


def seal(protection):
    address = ksys.mmap(-1, 4096, flags=0x22)
    ctypes.memset(address, 1, 4096)
    ksys.libc.mprotect(ctypes.c_void_p(address), 4096, protection)
    try:
        syscall(NR_MSEAL, address, 4096, 0)
    except OSError as error:
        raise Skip(f'no mseal: {error}') from error
    return {'pid': os.getpid()}


@situation('hardened', rows=['B8.9'])
def hardened(_):
    """No writable code, not dumpable, no capability, no file size."""
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_MEMLOCK, 0)
    ksys.prctl(PR_SET_MDWE, 1)
    syscall(126 if ksys.X86 else 91, struct.pack('Ii', 0x20080522, 0), bytes(24))  # capset
    ksys.prctl(PR_SET_DUMPABLE, 0)
    return {}


@situation('groups-973', rows=['B8.10'])
def groups_973(_):
    os.setgroups(range(1, 974))
    return {}


@situation('groups-974', rows=['B8.10'])
def groups_974(_):
    os.setgroups(range(1, 975))
    return {'pid': os.getpid()}


def ldt_entry():
    """Entry 0 of the local descriptor table: 32-bit code over everything."""
    if not ksys.X86:
        raise Skip('an x86 thing')
    syscall(154, 1, struct.pack('IIII', 0, 0, 0xfffff, 0x55), 16)  # modify_ldt


@situation('segment-in-ldt', rows=['B8.14'])
def segment_in_ldt(_):
    """Merely having an entry."""
    ldt_entry()
    return {}


@situation('segment-of-ldt', rows=['B8.14'])
def segment_of_ldt(hold):
    """Running in it: a 32-bit loop around pause()."""
    def start():
        ldt_entry()
        address = ksys.mmap(-1, 4096, prot=7, flags=0x62)  # MAP_32BIT
        loop = bytes.fromhex('b81d000000cd80ebf7')  # mov eax, 29; int 0x80; jmp back
        jump = b'\x6a\x07\x68' + struct.pack('I', address + 16) + b'\x48\xcb'  # push 7; push loop; lretq
        ctypes.memmove(address, jump.ljust(16, b'\x90') + loop, 16 + len(loop))
        on_signal(ctypes.CFUNCTYPE(None)(address))
    pid = tree(hold, start)
    wake(pid, lambda: in_call(pid) == PAUSE_OF_32_BITS)
    return {'pid': pid}

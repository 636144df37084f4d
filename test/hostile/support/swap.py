"""A process and, when told to, another one of the same pid: swap.py FOLDER FILES

`sort-a` holds FILES files called a and no others, `sort-b` those called b. Says the pid; on a line of stdin ends the first,
starts the second and says so.
"""
import ctypes, os, resource, signal, sys, time

PR_SET_NAME = 15
libc = ctypes.CDLL(None)
folder, files = sys.argv[1], int(sys.argv[2])
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def hold(sort):
    pid = os.fork()
    if pid > 0:
        return pid
    libc.prctl(PR_SET_NAME, f"sort-{sort}".encode(), 0, 0, 0)
    libc.prctl(1, signal.SIGKILL)
    for _ in range(files):
        os.open(f"{folder}/{sort}", os.O_RDONLY | os.O_CREAT)
    signal.pause()


first = hold("a")
time.sleep(0.5)
print("first", first, flush=True)
for line in sys.stdin:
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    # another process of the node may come between
    for _ in range(1000):
        with open("/proc/sys/kernel/ns_last_pid", "w") as file:
            file.write(str(first - 1))
        second = hold("b")
        if second == first:
            break
        os.kill(second, signal.SIGKILL)
        os.waitpid(second, 0)
    time.sleep(0.5)
    print("second", second, flush=True)

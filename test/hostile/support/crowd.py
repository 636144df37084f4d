"""Process 1 of a pid namespace: two populations that come and go, and the command that is to look at them.

crowd.py PID_MAX FOLDER -- COMMAND...

A process called `pop-a` holds files of sort a and no others, one called `pop-b` those of sort b; what forks them is
called `zygote-a` and `zygote-b`. Some leave an orphan behind, which is a child of process 1 then. Says at the beginning
which pids the zygotes have, and at the end of each second how many were forked and how many files were opened. A third
forks what ends at once, and says how often.
"""
import ctypes, os, random, signal, sys, time

PR_SET_NAME = 15
libc = ctypes.CDLL(None)
FILES = 8
ALIVE = 16


def call_me(name):
    libc.prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def live(sort, folder):
    call_me(f"pop-{sort}")
    opened = 0
    held = [os.open(f"{folder}/{sort}-{i}", os.O_RDONLY) for i in range(random.randrange(1, FILES))]
    for _ in range(random.randrange(4)):
        time.sleep(0.002)
        for i in range(FILES):
            os.close(held.pop(0))
            held.append(os.open(f"{folder}/{sort}-{i}", os.O_RDONLY))
            opened += 1
    return opened + len(held)


def zygote(sort, folder):
    call_me(f"zygote-{sort}")
    alive = forks = opened = 0
    next_report = time.monotonic() + 1
    while True:
        if alive < ALIVE:
            pid = try_fork()
            if pid < 0:
                time.sleep(0.001)
                continue
            if pid == 0:
                orphan = random.random() < 0.1 and try_fork() > 0
                os._exit(0 if orphan else live(sort, folder))
            alive += 1
            forks += 1
        pid, status = os.waitpid(-1, os.WNOHANG if alive < ALIVE else 0)
        if pid:
            alive -= 1
            opened += os.waitstatus_to_exitcode(status)
        if time.monotonic() > next_report:
            print(f"churn {forks} {opened}", flush=True)
            next_report += 1


def try_fork():
    try:
        return os.fork()
    except OSError:  # every pid is taken
        return -1


def noise():
    """Processes that do nothing: pids are used again the sooner."""
    count = "i=0; while :; do (:); i=$((i+1)); [ $((i % 250)) != 0 ] || echo noise $i; done"
    os.execvp("sh", ["sh", "-c", count])


def start(run, *arguments):
    pid = os.fork()
    if pid == 0:
        try:
            run(*arguments)
        finally:
            os._exit(1)
    return pid


def main():
    pid_max, folder, _, *command = sys.argv[1:]
    with open("/proc/sys/kernel/pid_max", "w") as file:
        file.write(pid_max)
    for sort in "ab":
        for i in range(FILES):
            open(f"{folder}/{sort}-{i}", "w").close()
    zygotes = [start(zygote, sort, folder) for sort in "ab"]
    start(noise)
    print("zygotes", *zygotes, flush=True)
    agent = start(os.execvp, command[0], command)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(agent, signal.SIGTERM))
    while True:
        pid, status = os.wait()
        if pid == agent:
            sys.exit(os.waitstatus_to_exitcode(status) & 255)


main()

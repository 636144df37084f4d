"""Sets up one situation in a process of its own, tells of it in a line of JSON, undoes it when stdin closes.

    python3 main.py NAME | --list
"""
import fcntl
import importlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = False  # many are started, one after another: let what is compiled be kept

import hold
import ksys


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for name in sorted(os.listdir(here)):
        if name.endswith('.py') and name not in ('main.py', 'hold.py', 'ksys.py'):
            importlib.import_module(name[:-3])
    if sys.argv[1] == '--list':
        print('\n'.join(hold.SITUATIONS))
        return 0
    return drive(hold.SITUATIONS[sys.argv[1]])


def drive(situation):
    lock = open(__file__, encoding='utf8')
    if situation.alone:
        fcntl.flock(lock, fcntl.LOCK_EX)
    ksys.prctl(ksys.PR_SET_CHILD_SUBREAPER, 1)
    folder = os.path.realpath(tempfile.mkdtemp(prefix='checkpointable-'))
    undo = []
    try:
        heard, report = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(heard)
            subject(situation.function, folder, report)
        os.close(report)
        signal.signal(signal.SIGCHLD, reap)
        with os.fdopen(heard) as lines:
            said = json.loads(lines.readline() or '{"error": "the subject died"}')
        undo = said.pop('undo', [])
        if 'error' in said:
            print(said['error'], file=sys.stderr)
            return 1
        if said.get('pid', 0) is None:
            said['pid'] = pid
        print(json.dumps(said), flush=True)
        os.read(0, 1)
        return 0
    finally:
        clean_up(folder, undo)


def subject(function, folder, report):
    """In the fork: becomes an ordinary small daemon, runs the situation, reports, sleeps."""
    try:
        os.setsid()
        os.chdir('/')
        null = os.open('/dev/null', os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd, inheritable=True)
        report = move_up(report)
        os.closerange(3, report)
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        h = hold.Hold(folder, report)
        try:
            blame = function(h) or {}
            said = {'pid': h.root, 'blame': blame, 'outside': h.outside, 'vars': h.vars, 'undo': h.undo}
        except hold.Skip as why:
            said = {'skip': str(why), 'undo': h.undo}
        except BaseException:
            said = {'error': traceback.format_exc(), 'undo': h.undo}
        os.write(report, json.dumps(said).encode() + b'\n')
        os.close(report)
        hold.sleep_forever()
    finally:
        os._exit(1)


def move_up(fd):
    os.dup2(fd, 1000, inheritable=False)
    os.close(fd)
    return 1000


def reap(*_):
    """Children die while we wait: the tree is killed before it is restored."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def clean_up(folder, undo):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    children = f'/proc/self/task/{os.getpid()}/children'
    while True:  # orphans come to us, for we are their reaper
        with open(children) as pids:
            for pid in pids.read().split():
                os.kill(int(pid), signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    for command in reversed(undo):
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    while ksys.unmount_below(folder):
        pass
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())

"""What a situation function is given: a folder, children, outsiders, and where to put the file to blame."""
import collections
import os
import signal

import ksys

SITUATIONS = {}
Situation = collections.namedtuple('Situation', 'function rows alone')
BLAMED = 57  # the descriptor number of the file to blame, in every situation that can choose it


def situation(name, rows=(), alone=False):
    """Registers `function(hold) -> blame` under a name; rows are those of the specification.

    alone: one such holder at a time on this machine, for what it holds is numbered or counted machine-wide.
    """
    def register(function):
        assert name not in SITUATIONS, name
        SITUATIONS[name] = Situation(function, rows, alone)
        return function
    return register


class Skip(Exception):
    """Raised where this machine cannot make the situation; the message says why."""


class Hold:
    def __init__(self, folder, report):
        self.dir = folder     # a fresh folder; the driver unmounts what is below it and removes it
        self.vars = {}        # for option templates: external=unix[{ino}]
        self.outside = []     # helper processes outside the tree
        self.undo = []        # commands (argv lists) the driver runs at the end, last one first
        self.root = None      # pid to dump when it is not the subject itself
        self._report = report

    def path(self, name):
        return os.path.join(self.dir, name)

    def file(self, name, content='hello\n'):
        """Writes a file (parents included) and returns its path."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as out:
            out.write(content.encode() if isinstance(content, str) else content)
        return path

    def at(self, fd, number=BLAMED):
        """Moves fd to a number, inheritable or not as it was; returns the blame."""
        if fd != number:
            os.dup2(fd, number, inheritable=False)
            os.close(fd)
        return {'fd': number}

    def open(self, path, flags=os.O_RDONLY, mode=0o600, number=BLAMED):
        return self.at(os.open(path, flags, mode), number)

    def own_pids(self):
        """Children are born into a pid namespace of their own.

        CRIU mounts a procfs of it below the cwd for a moment, at one name: dumps at the same time need a folder each.
        """
        os.chdir(self.dir)
        ksys.unshare(ksys.CLONE_NEWPID)

    def child(self, function=None):
        """Forks a child that runs function() and then sleeps; returns its pid once function has returned."""
        return self._fork(function, outside=False)

    def outsider(self, function=None):
        """The same, outside the tree: the driver adopts it. It is killed with the rest at the end."""
        pid = self._fork(function, outside=True)
        self.outside.append(pid)
        return pid

    def _fork(self, function, outside):
        ready, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(ready)
                os.close(self._report)
                if outside:
                    if os.fork():
                        os._exit(0)
                    os.setsid()
                if function:
                    function()
                os.write(tell, str(os.getpid()).encode())
                os.close(tell)
                sleep_forever()
            finally:
                os._exit(1)
        os.close(tell)
        said = os.read(ready, 20)
        os.close(ready)
        if outside:
            os.waitpid(pid, 0)
        if not said:
            raise RuntimeError('a helper process failed')
        return int(said) if outside else pid


def sleep_forever():
    while True:
        signal.pause()

"""What the socket situations share."""
import os
import socket
import struct
import subprocess

import ksys

LOOPBACK = '127.0.0.1'


def number(sock):
    """The inode number of a socket, as options want it."""
    return str(os.fstat(sock if isinstance(sock, int) else sock.fileno()).st_ino)


def blame(hold, sock):
    """Takes the descriptor out of the Python object, moves it to 57, makes {ino} known."""
    hold.vars['ino'] = number(sock)
    return hold.at(sock.detach())


def keep(*socks):
    """Python closes what it collects: this leaves the descriptors open."""
    for sock in socks:
        sock.detach()


def outside_end(hold, ours, theirs):
    """Gives one end of a pair to a process outside the tree."""
    hold.outsider(ours.close)
    theirs.close()


def listener(family=socket.AF_INET, address=(LOOPBACK, 0), backlog=8, kind=socket.SOCK_STREAM, protocol=0):
    sock = socket.socket(family, kind, protocol)
    sock.bind(address)
    sock.listen(backlog)
    return sock


def connected(family=socket.AF_INET, address=(LOOPBACK, 0), kind=socket.SOCK_STREAM, protocol=0):
    """A listening socket, a client and the server's accepted end."""
    server = listener(family, address, kind=kind, protocol=protocol)
    client = socket.socket(family, kind, protocol)
    client.connect(server.getsockname())
    return server, client, server.accept()[0]


def quiet(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def own_net():
    """A network namespace of one's own with the loopback up."""
    ksys.unshare(ksys.CLONE_NEWNET)
    loopback_up()


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        # SIOCSIFFLAGS: IFF_UP, LOOPBACK, RUNNING
        ksys.ioctl(sock, 0x8914, struct.pack('16sh14x', b'lo', 0x49))


def in_other_net(function):
    """Runs function in a fresh network namespace, then comes back; what it opened stays there."""
    home = os.open('/proc/self/ns/net', os.O_RDONLY)
    own_net()
    result = function()
    ksys.setns(home)
    os.close(home)
    return result


def sysctl(name, value):
    with open(f'/proc/sys/{name}', 'w') as out:
        out.write(str(value))

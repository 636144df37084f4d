"""Files served by a process: rows E18 to E20. The server knows one file, `file`."""
import array
import os
import socket
import struct
import threading

import ksys
from hold import Skip, situation

LOOKUP, FORGET, GETATTR, OPEN, READ, STATFS = 1, 2, 3, 14, 15, 17
RELEASE, FLUSH, INIT, OPENDIR, RELEASEDIR = 18, 25, 26, 27, 29
CONTENT = b'hello from the server\n'


def attributes(node, owner):
    mode, size = (0o40755, 0) if node == 1 else (0o100644, len(CONTENT))
    return struct.pack('6Q10I', node, size, 1, 0, 0, 0, 0, 0, 0, mode, 1, owner, owner, 0, 512, 0)


def answer(operation, node, body, owner):
    if operation == INIT:
        return struct.pack('4I2H2I2H8I', 7, 31, 4096, 0, 8, 8, 4096, 1, 1, 0, *[0] * 8)
    if operation == LOOKUP and body == b'file\0':
        return struct.pack('4Q2I', 2, 0, 3600, 3600, 0, 0) + attributes(2, owner)
    if operation == GETATTR:
        return struct.pack('QII', 3600, 0, 0) + attributes(node, owner)
    if operation in (OPEN, OPENDIR):
        return struct.pack('QII', 0, 0, 0)
    if operation == READ:
        offset, size = struct.unpack_from('QI', body, 8)
        return CONTENT[offset:offset + size]
    if operation == STATFS:
        return struct.pack('5Q4I24x', 0, 0, 0, 1, 0, 512, 255, 512, 0)
    return b'' if operation in (RELEASE, RELEASEDIR, FLUSH) else None


def serve(device, owner):
    while True:
        try:
            request = os.read(device, 1 << 17)
        except OSError:
            return
        _, operation, unique, node = struct.unpack_from('IIQQ', request)
        if operation == FORGET:
            continue
        reply = answer(operation, node, request[40:], owner)
        error = 0 if reply is not None else -(2 if operation == LOOKUP else 38)
        os.write(device, struct.pack('IiQ', 16 + len(reply or b''), error, unique) + (reply or b''))


def server(hold, owner=0, options=',allow_other'):
    """Mounts and serves in a thread of whatever process runs it."""
    def run():
        device = os.open('/dev/fuse', os.O_RDWR)
        data = f'fd={device},rootmode=40000,user_id={owner},group_id={owner}{options}'
        ksys.mount('checkpointable', hold.path('fuse'), 'fuse', 0, data)
        threading.Thread(target=serve, args=(device, owner), daemon=True).start()
    if not os.path.exists('/dev/fuse'):
        raise Skip('no /dev/fuse')
    os.mkdir(hold.path('fuse'))
    return run


@situation('fuse-file', rows=['E18'])
def fuse_file(hold):
    hold.outsider(server(hold))
    return hold.open(hold.path('fuse/file'))


@situation('fuse-file-of-another-user', rows=['E19'])
def fuse_file_other_user(hold):
    hold.outsider(server(hold, 1000, ''))
    here, there = socket.socketpair()

    def as_user():
        os.setgroups([])
        os.setresgid(1000, 1000, 1000)
        os.setresuid(1000, 1000, 1000)
        fd = os.open(hold.path('fuse/file'), os.O_RDONLY)
        there.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [fd]))])
    os.chmod(hold.dir, 0o755)
    pid = hold.child(as_user)
    fd = struct.unpack('i', here.recvmsg(1, socket.CMSG_SPACE(4))[1][0][2])[0]
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    here.close()
    there.close()
    return hold.at(fd)


@situation('fuse-server-in-tree', rows=['E20'])
def fuse_server_inside(hold):
    pid = hold.child(server(hold))
    hold.open(hold.path('fuse/file'), number=58)
    return {'pid': pid}

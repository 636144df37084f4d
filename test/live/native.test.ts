import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../src/probe/native/koffi.ts';
import type { Native } from '../../src/probe/native/native.ts';
import { type Failure, failed, realProc } from '../../src/probe/proc.ts';

const { native: loaded, missing } = loadNative();
const skip = reasonToSkip();
if (skip !== undefined) console.log(`native calls not tested: ${skip}`);

function reasonToSkip(): string | undefined {
  if (missing !== undefined) return missing;
  if (process.getuid?.() !== 0) return 'not root';
  if (spawnSync('python3', ['-V']).status !== 0) return 'no python3';
  const unshared = spawnSync('unshare', ['--net', 'true'], { encoding: 'utf8' });
  return unshared.status === 0 ? undefined : `unshare --net: ${unshared.stderr ?? unshared.error}`;
}

/** Holds one of each; prints its pid and what is where, and waits. */
const holder = String.raw`
import ctypes, fcntl, json, mmap, os, select, signal, socket, struct, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
held, out, skipped = [], {}, {}
def keep(name, s, get=lambda s: s.fileno()):
    held.append(s); out[name] = get(s); return s
def run(*argv): return subprocess.run(argv, capture_output=True).returncode
U, S, D, Q = socket.AF_UNIX, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET
run('ip', 'link', 'set', 'lo', 'up')
out['bridge'] = run('ip', 'link', 'add', 'br7', 'type', 'bridge') == 0
out['veth'] = run('ip', 'link', 'add', 've7', 'type', 'veth', 'peer', 'name', 've8') == 0
out['tun'] = run('ip', 'tuntap', 'add', 'tu7', 'mode', 'tun') == 0

a, b = socket.socketpair(U, S); keep('pairA', a); keep('pairB', b); a.send(b'12345')
a, b = socket.socketpair(U, S); keep('orphan', a); b.close()
a, b = socket.socketpair(U, S); keep('half', a); keep('halfB', b); a.shutdown(socket.SHUT_WR)
s = keep('listener', socket.socket(U, S)); s.bind('\0native-test\0x'); s.listen(5)
c = keep('client', socket.socket(U, S)); c.connect('\0native-test\0x'); c.send(b'hello')
c = socket.socket(U, S); c.connect('\0native-test\0x'); c.close()
path = '/tmp/native-%d.sock' % os.getpid()
s = keep('named', socket.socket(U, D)); s.bind(path); os.unlink(path); out['path'] = path
s = keep('passcred', socket.socket(U, D)); s.setsockopt(1, 16, 1)
s = keep('passsec', socket.socket(U, D)); s.setsockopt(1, 34, 1)
for name, option in (('timestamp', 29), ('timestampns', 35), ('timestamp_new', 63), ('timestampns_new', 64)):
    s = keep(name, socket.socket(U, D)); s.setsockopt(1, option, 1)
    s = keep(name + '_stream', socket.socket(U, S)); s.setsockopt(1, option, 1)
s = keep('passpidfd', socket.socket(U, Q))
try: s.setsockopt(1, 76, 1)
except OSError as e: skipped['passpidfd'] = str(e)

t = keep('tcp', socket.socket()); t.bind(('127.0.0.1', 0)); t.listen()
c = keep('tcpClient', socket.create_connection(t.getsockname())); p, _ = t.accept()
c2 = keep('tcpReset', socket.create_connection(t.getsockname())); p2, _ = t.accept()
p2.setsockopt(1, socket.SO_LINGER, struct.pack('ii', 1, 0)); p2.close(); held.append(p)
u = keep('udp', socket.socket(socket.AF_INET, D)); u.connect(('127.0.0.1', 9))
u = keep('corked', socket.socket(socket.AF_INET6, D)); u.setsockopt(17, 1, 1)
u = keep('classic', socket.socket(socket.AF_INET, D))
code = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 65535))
u.setsockopt(1, 26, struct.pack('HxxxxxxP', 1, ctypes.addressof(code)))
u = keep('ebpf', socket.socket(socket.AF_INET, D))
insns = ctypes.create_string_buffer(struct.pack('BBhi', 0xb7, 0, 0, 0) + struct.pack('BBhi', 0x95, 0, 0, 0))
lic = ctypes.create_string_buffer(b'GPL')
attr = struct.pack('IIQQIIQII', 1, 2, ctypes.addressof(insns), ctypes.addressof(lic), 0, 0, 0, 0, 0)
nr = {'x86_64': 321, 'aarch64': 280}[os.uname().machine]
prog = libc.syscall(nr, 5, attr, len(attr))
if prog < 0: skipped['ebpf'] = os.strerror(ctypes.get_errno())
else: u.setsockopt(1, 50, prog); os.close(prog)
run('ip', 'link', 'add', 'gone7', 'type', 'bridge')
s = keep('bound', socket.socket(socket.AF_INET, D)); s.setsockopt(1, 25, b'lo\0')
s = keep('boundGone', socket.socket(socket.AF_INET, D))
try: s.setsockopt(1, 25, b'gone7\0')
except OSError as e: skipped['boundGone'] = str(e)
run('ip', 'link', 'del', 'gone7')

n = keep('netlink', socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)); n.bind((77001, 1))
n = keep('netlink33', socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)); n.bind((77002, 0)); n.setsockopt(270, 1, 33)
n = keep('netlinkUnbound', socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)); n.setsockopt(270, 1, 1)
lo = socket.if_nametoindex('lo'); out['lo'] = lo
p = keep('packet', socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))
for _ in range(2): p.setsockopt(263, 1, struct.pack('iHH8s', lo, 1, 0, b''))
p.setsockopt(263, 1, struct.pack('iHH8s', lo, 2, 0, b''))
p = keep('ring', socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)); p.setsockopt(263, 5, struct.pack('IIII', 4096, 1, 2048, 2))

r, w = os.pipe(); out['pipe'] = r; out['dup'] = os.dup(r); out['other'] = os.open('/dev/null', 0)
e = keep('epoll', select.epoll()); e.register(r, 1)
d = keep('folder', os.open('/tmp', os.O_RDONLY), int)
i = keep('inotify', libc.inotify_init(), int); libc.inotify_add_watch(i, b'/etc/passwd', 2)
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
out['thread'] = [int(t) for t in os.listdir('/proc/self/task') if int(t) != os.getpid()][0]
child = os.fork()
if child == 0:
    libc.prctl(1, 9); time.sleep(1000)
out['child'] = child
print(json.dumps({'pid': os.getpid(), 'at': out, 'skipped': skipped}), flush=True)
time.sleep(1000)
`;

/** Many wait on the only socket of its namespace: a row of more than a page. */
const crowded = String.raw`
import json, os, socket, time
s = socket.socket(socket.AF_UNIX); s.bind('\0crowd'); s.listen(2000)
def more(n):
    for _ in range(n):
        c = socket.socket(socket.AF_UNIX); c.connect('\0crowd'); c.close()
more(1500)
print(json.dumps({'pid': os.getpid(), 'at': {'listener': s.fileno()}, 'skipped': {}}), flush=True)
time.sleep(1000)
`;

interface Held {
  readonly pid: number;
  readonly at: Readonly<Record<string, number>> & { readonly path?: string };
  readonly skipped: Readonly<Record<string, string>>;
}

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

async function hold(program: string, unshare: readonly string[] = ['--net']): Promise<Held> {
  const argv = [...unshare, 'python3', '-c', program];
  const child = spawn('unshare', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
    return JSON.parse(line);
  throw new Error('the holder ended');
}

/** node:fs sorts what the kernel lists as it comes. */
const sorted = <T>(answer: T): T => (Array.isArray(answer) ? ([...answer].sort() as T) : answer);

const ok = <T>(answer: T | Failure): T => {
  if (failed(answer)) throw new Error(answer.errno);
  return answer;
};
const ownNetNs = () => readlinkSync('/proc/thread-self/ns/net');
const openFds = () => readdirSync('/proc/self/fd').length;

describe.skipIf(skip !== undefined)('the native calls', () => {
  const native = loaded as Native;
  let held: Held;
  const fd = (name: string): number => held.at[name] as number;
  const options = (name: string) => ok(native.socketOptions(held.pid, fd(name)));
  const inode = (name: string): string =>
    /\d+/.exec(readlinkSync(`/proc/${held.pid}/fd/${fd(name)}`))?.[0] ?? '';
  const netNs = (pid = held.pid) => `/proc/${pid}/ns/net`;

  beforeAll(async () => {
    held = await hold(holder);
  });

  it('names the protocol of a socket', () => {
    expect(native.socketProtocol(`/proc/${held.pid}/fd/${fd('tcp')}`)).toBe('TCP');
    expect(native.socketProtocol(`/proc/${held.pid}/fd/${fd('pairA')}`)).toBe('UNIX-STREAM');
    expect(native.socketProtocol('/proc/1/fd/99999')).toEqual({ errno: 'ENOENT' });
  });

  it('stats as stat(2) does', () => {
    const stat = ok(native.statCached(process.execPath));
    const expected = statSync(process.execPath, { bigint: true });
    expect(stat).toMatchObject({
      type: 'regular',
      mode: Number(expected.mode) & 0o7777,
      nlink: Number(expected.nlink),
      inode: expected.ino.toString(),
      sizeBytes: Number(expected.size),
      blockBytes: Number(expected.blksize),
      allocatedBytes: Number(expected.blocks) * 512,
    });
    expect(readFileSync('/proc/self/mountinfo', 'latin1')).toMatch(new RegExp(`^${stat.mntId} `, 'm'));
    expect(native.statCached('/dev/null')).toMatchObject({ type: 'char', major: 1, minor: 3 });
    expect(native.statCached('/none')).toEqual({ errno: 'ENOENT' });
    expect(native.statCached(`/${'x'.repeat(5000)}`)).toEqual({ errno: 'ENAMETOOLONG' });
  });

  it('compares what processes and threads share', () => {
    const { pid, at } = held;
    expect(native.kcmp('file', pid, pid, at.pipe, at.dup)).toBe(0);
    expect([1, 2]).toContain(native.kcmp('file', pid, pid, at.pipe, at.other));
    expect(native.kcmp('file', pid, fd('child'), at.pipe, at.pipe)).toBe(0);
    for (const type of ['vm', 'files', 'fs', 'sighand'] as const) {
      expect(native.kcmp(type, pid, fd('thread'))).toBe(0);
      expect(native.kcmp(type, pid, fd('child'))).not.toBe(0);
      expect(native.kcmp(type, pid, 4_194_304)).toEqual({ errno: 'ESRCH' });
    }
    expect(native.kcmp('file', pid, pid, at.pipe, 9999)).toEqual({ errno: 'ENOENT' });
  });

  it('finds the target of an epoll entry', () => {
    const { pid, at } = held;
    const target = (candidate: number, offset = 0) =>
      native.epollTarget(pid, candidate, pid, fd('epoll'), fd('pipe'), offset);
    expect(target(fd('pipe'))).toBe(true);
    expect(target(fd('dup'))).toBe(true);
    expect(target(fd('other'))).toBe(false);
    expect(target(fd('pipe'), 1)).toEqual({ errno: 'ENOENT' });
    expect(native.epollTarget(pid, fd('pipe'), pid, fd('epoll'), at.other ?? 0, 0)).toEqual({
      errno: 'ENOENT',
    });
  });

  it('reads the options of sockets', () => {
    const netNsInode = /\d+/.exec(readlinkSync(netNs()))?.[0];
    expect(options('tcp')).toEqual({
      protocolName: 'TCP',
      domain: 2,
      type: 1,
      protocol: 6,
      listening: true,
      corked: undefined,
      hasPeer: false,
      passControl: false,
      ebpfFilter: false,
      boundDeviceGone: false,
      flags: 0o2,
      netNsInode,
      // a listening socket: TCP_LISTEN, nobody waits to be accepted
      inet: {
        state: 10,
        receiveQueue: 0,
        sendQueue: 0,
        local: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        remote: '',
      },
    });
    expect(options('tcpClient')).toMatchObject({ listening: false, hasPeer: true });
    expect(options('tcpReset')).toMatchObject({ listening: false, hasPeer: true });
    expect(options('udp')).toMatchObject({ type: 2, protocol: 17, corked: false, hasPeer: true });
    expect(options('corked')).toMatchObject({ domain: 10, corked: true, hasPeer: false });
    expect(options('pairA')).toMatchObject({
      domain: 1,
      type: 1,
      hasPeer: true,
      corked: undefined,
      netNsInode,
      sendBufferBytes: expect.any(Number),
      flags: 0o2,
      unix: {
        readable: false,
        hungUp: false,
        queuedBytes: 0,
        name: '',
        peerName: '',
        cookie: expect.stringMatching(/^\d+$/),
      },
    });
    expect(options('pairB').unix).toMatchObject({ readable: true, queuedBytes: 5, name: '' });
    expect(options('named').unix).toMatchObject({ readable: false, name: expect.stringMatching(/./) });
    expect(options('client').unix?.cookie).not.toBe(options('pairA').unix?.cookie);
    expect(options('listener').unix).toMatchObject({
      readable: true,
      name: expect.stringMatching(/./),
      peerName: undefined,
    });
    expect(options('listener')).toMatchObject({ listening: true, hasPeer: false });
    expect(options('netlink')).toMatchObject({ domain: 16, type: 3, protocol: 0 });
    expect(options('packet')).toMatchObject({ domain: 17, type: 3, hasPeer: false });
  });

  it('tells filters and devices', () => {
    expect(options('classic').ebpfFilter).toBe(false);
    expect(options('bound').boundDeviceGone).toBe(false);
    if (!reported('ebpf')) expect(options('ebpf').ebpfFilter).toBe(true);
    if (!reported('boundGone')) expect(options('boundGone').boundDeviceGone).toBe(true);
  });

  it('tells what adds control data', () => {
    expect(options('passcred').passControl).toBe(true);
    expect(options('named').passControl).toBe(false);
    if (!reported('passpidfd')) expect(options('passpidfd').passControl).toBe(true);
    for (const name of ['timestamp', 'timestampns', 'timestamp_new', 'timestampns_new']) {
      expect(options(name).passControl).toBe(true);
      expect(options(`${name}_stream`).passControl).toBe(false);
    }
    const labels = /selinuxfs|smackfs/.test(readFileSync('/proc/filesystems', 'latin1'));
    expect(options('passsec').passControl).toBe(labels);
  });

  const reported = (name: string): boolean => {
    const reason = held.skipped[name];
    if (reason !== undefined) console.log(`${name} not tested: ${reason}`);
    return reason !== undefined;
  };

  it('says of what is no socket, and of what is not open, that it is gone', () => {
    const { pid, at } = held;
    for (const name of ['pipe', 'other', 'epoll'])
      expect(native.socketOptions(pid, fd(name))).toEqual({ errno: 'ENOENT' });
    expect(native.socketOptions(pid, 9999)).toEqual({ errno: 'ENOENT' });
    const inode = /\d+/.exec(readlinkSync(`/proc/${pid}/fd/${fd('tcp')}`))?.[0];
    expect(native.socketOptions(pid, fd('tcp'), inode)).toEqual(options('tcp'));
    expect(native.socketOptions(pid, fd('tcp'), `${inode}1`)).toEqual({ errno: 'ENOENT' });
    expect(native.socketOptions(4_194_304, at.tcp ?? 0)).toEqual({ errno: 'ESRCH' });
  });

  it('lists unix sockets with peers, queues and who waits', () => {
    const sockets = ok(native.unixSockets(netNs()));
    const row = (name: string) => sockets.get(inode(name));
    expect(row('pairA')).toMatchObject({ type: 1, state: 1, peer: inode('pairB'), pending: [], shutdown: 0 });
    expect(row('pairA')?.sendQueue).toBeGreaterThan(0);
    expect(row('pairB')).toMatchObject({ peer: inode('pairA'), receiveQueue: 5, sendQueue: 0 });
    expect(row('pairB')).not.toHaveProperty('name');
    expect(row('orphan')).toMatchObject({ shutdown: 3 });
    expect(['0', undefined]).toContain(row('orphan')?.peer);
    expect(row('half')).toMatchObject({ shutdown: 2 });
    expect(row('halfB')).toMatchObject({ shutdown: 1 });
    expect(row('listener')).toMatchObject({
      state: 10,
      pending: [inode('client'), '0'],
      receiveQueue: 2,
      sendQueue: 5,
      name: '\0native-test\0x',
      peer: undefined,
    });
    expect(row('client')).toMatchObject({ state: 1, peer: '0' });
    expect(row('client')?.sendQueue).toBeGreaterThan(0);
    expect(row('named')).toMatchObject({ type: 2, state: 7, peer: undefined, name: held.at.path });
  });

  it('lists netlink sockets with their groups', () => {
    const sockets = ok(native.netlinkSockets(netNs()));
    const row = (name: string) => sockets.get(inode(name));
    expect(row('netlink')).toMatchObject({
      protocol: 0,
      portId: 77001,
      groupsAbove32: false,
      hasGroups: true,
    });
    expect(row('netlink33')).toMatchObject({ portId: 77002, groupsAbove32: true, hasGroups: true });
    expect(row('netlink33')?.groupCountBits).toBeGreaterThanOrEqual(33);
    expect(row('netlinkUnbound')).toMatchObject({ protocol: 15, portId: 0, hasGroups: true });
  });

  it('lists packet sockets with memberships and rings', () => {
    const sockets = ok(native.packetSockets(netNs()));
    const index = held.at.lo;
    expect(sockets.get(inode('packet'))).toEqual({
      memberships: expect.arrayContaining([
        { index, count: 2, type: 1 },
        { index, count: 1, type: 2 },
      ]),
      hasRing: false,
    });
    expect(sockets.get(inode('ring'))).toEqual({ memberships: [], hasRing: true });
  });

  it('lists network devices', () => {
    const links = ok(native.links(netNs()));
    const of = (name: string) => links.find((link) => link.name === name);
    expect(of('lo')).toEqual({ index: held.at.lo, name: 'lo', kind: '', hasKind: false, type: 772 });
    if (held.at.bridge) expect(of('br7')).toMatchObject({ kind: 'bridge', hasKind: true, type: 1 });
    if (held.at.veth) expect(of('ve7')).toMatchObject({ kind: 'veth' });
    if (held.at.tun) expect(of('tu7')).toMatchObject({ kind: 'tun', type: 65534 });
    const own = ok(native.links('/proc/self/ns/net')).map(({ name }) => name);
    expect(own.sort()).toEqual(
      readdirSync('/sys/class/net')
        .filter((name) => name !== 'bonding_masters')
        .sort(),
    );
  });

  it('lists a listening socket on which more wait than a page holds', async () => {
    const crowd = await hold(crowded);
    const [row, ...more] = [...ok(native.unixSockets(netNs(crowd.pid))).values()];
    expect(more).toEqual([]);
    expect(row?.pending).toHaveLength(1500);
    expect(row?.receiveQueue).toBe(1500);
  });

  it('finds a file by the handle that fdinfo prints', () => {
    const line = readFileSync(`/proc/${held.pid}/fdinfo/${fd('inotify')}`, 'latin1');
    const [, type, handle] = /fhandle-type:(\w+) f_handle:(\w+)/.exec(line) ?? [];
    if (handle === undefined) return console.log('handles not tested: the filesystem of /etc gives none');
    const root = `/proc/${held.pid}/root/`;
    expect(native.openByHandle(root, Number.parseInt(String(type), 16), String(handle))).toEqual({
      path: '/etc/passwd',
    });
    expect(native.openByHandle(root, 1, 'ffffff7f00000000')).toEqual({ errno: 'ESTALE' });
    expect(native.openByHandle(root, 1, 'zz')).toEqual({ errno: 'EINVAL' });
    expect(native.openByHandle('/none', 1, String(handle))).toEqual({ errno: 'ENOENT' });
    expect(native.openByHandle('/proc/self/status', 1, String(handle))).toEqual({ errno: 'ENOTDIR' });
    expect(failed(native.openByHandle('/proc', 1, String(handle)))).toBe(true);
  });

  it('tells who owns a namespace', async () => {
    const user = (pid: number | 'self') => /\d+/.exec(readlinkSync(`/proc/${pid}/ns/user`))?.[0];
    expect(native.namespaceOwner(netNs())).toBe(user('self'));
    const inner = await hold(
      `print('{"pid": %d}' % __import__("os").getpid(), flush=True)
__import__("time").sleep(1000)`,
      ['--user', '--net'],
    );
    expect(native.namespaceOwner(netNs(inner.pid))).toBe(user(inner.pid));
    expect(user(inner.pid)).not.toBe(user('self'));
    expect(native.userNamespaceUid(`/proc/${inner.pid}/ns/user`)).toBe(process.getuid?.());
    expect(native.userNamespaceUid('/proc/self/ns/none')).toEqual({ errno: 'ENOENT' });
    expect(native.userNamespaceUid(netNs())).toEqual({ errno: 'EINVAL' });
    expect(native.namespaceOwner('/proc/self/ns/none')).toEqual({ errno: 'ENOENT' });
    expect(native.namespaceOwner('/etc/passwd')).toEqual({ errno: 'ENOTTY' });
  });

  it('answers a failure for a namespace that is none', () => {
    for (const ask of [native.unixSockets, native.netlinkSockets, native.packetSockets, native.links]) {
      expect(ask('/proc/4194304/ns/net')).toEqual({ errno: 'ENOENT' });
      expect(ask('/etc/passwd')).toEqual({ errno: 'EINVAL' });
      expect(ask('/proc/self/ns/uts')).toEqual({ errno: 'EINVAL' });
    }
  });

  it('reads what node:fs reads, failures as well', () => {
    const real = realProc();
    const fast = native.proc(real);
    const { pid } = held;
    const own = ['stat', 'maps', 'mountinfo', `fdinfo/${fd('epoll')}`, 'environ'].map(
      (name) => `${pid}/${name}`,
    );
    const belowRoot = ['self/root/', 'self/root/etc/passwd', 'self/root/none', 'self/root/etc/passwd/none'];
    for (const path of [...own, 'filesystems', 'none', '1/none', `${pid}/fd`, `${pid}/task`, ...belowRoot]) {
      for (const call of ['readText', 'readPiece', 'readLink', 'stat', 'lstat', 'list'] as const) {
        const [expected, answer] = [sorted(real[call](path)), sorted(fast[call](path))];
        const told = `${call} ${path}`;
        if (typeof expected === 'object' && 'type' in expected) expect(answer, told).toMatchObject(expected);
        else expect(answer, told).toEqual(expected);
      }
    }
    for (const number of Object.values(held.at)) {
      const path = `${pid}/fd/${number}`;
      expect(fast.readLink(path)).toEqual(real.readLink(path));
      expect(fast.lstat(path)).toMatchObject(real.lstat(path));
    }
    const [slow, open] = [ok(real.openFds(pid)), ok(fast.openFds(pid))];
    expect(open.list()).toEqual(slow.list());
    // Linux 6.2
    expect([undefined, ok(open.list()).length]).toContain(open.count());
    for (const number of [...ok(slow.list()), 9999]) {
      for (const call of ['readLink', 'readInfo', 'linkMode'] as const)
        expect(open[call](number), `${call} ${number}`).toEqual(slow[call](number));
    }
    expect(open.statCached(fd('other'))).toEqual(native.statCached(`/proc/${pid}/fd/${fd('other')}`));
    open.close();
    expect(fast.openFds(4_194_304)).toEqual({ errno: 'ENOENT' });
  });

  it('leaves no descriptor open and stays in its namespace', () => {
    const [before, home] = [openFds(), ownNetNs()];
    const { pid } = held;
    const handle =
      /f_handle:(\w+)/.exec(readFileSync(`/proc/${pid}/fdinfo/${fd('inotify')}`, 'latin1'))?.[1] ?? '';
    const calls: Readonly<Record<string, () => unknown>> = {
      readPiece: () => native.proc(realProc()).readPiece(`${pid}/fdinfo/${fd('epoll')}`),
      list: () => native.proc(realProc()).list(`${pid}/fd`),
      socketProtocol: () => native.socketProtocol(`/proc/${pid}/fd/${fd('tcp')}`),
      statCached: () => native.statCached(`/proc/${pid}/fd/${fd('other')}`),
      kcmp: () => native.kcmp('file', pid, fd('child'), fd('pipe'), fd('pipe')),
      epollTarget: () => native.epollTarget(pid, fd('dup'), pid, fd('epoll'), fd('pipe'), 0),
      socketOptions: () => native.socketOptions(pid, fd('tcpClient')),
      holding: () => native.holding(pid, () => native.socketOptions(pid, fd('tcpClient'))),
      fdFlags: () => native.fdFlags(pid, fd('pipe')),
      openFds: () => {
        const fds = ok(native.proc(realProc()).openFds(pid));
        const read = [
          fds.list(),
          fds.readLink(fd('pipe')),
          fds.readInfo(fd('pipe')),
          fds.statCached(fd('other')),
        ];
        fds.close();
        return read.find(failed);
      },
      socketOptionsOfUnix: () => native.socketOptions(pid, fd('named')),
      unixSockets: () => native.unixSockets(netNs()),
      netlinkSockets: () => native.netlinkSockets(netNs()),
      packetSockets: () => native.packetSockets(netNs()),
      links: () => native.links(netNs()),
      linksOfOwn: () => native.links('/proc/self/ns/net'),
      openByHandle: () => native.openByHandle(`/proc/${pid}/root/`, 1, handle),
      namespaceOwner: () => native.namespaceOwner(netNs()),
      userNamespaceUid: () => native.userNamespaceUid('/proc/self/ns/user'),
      failures: () => [
        native.socketOptions(pid, fd('pipe')),
        native.socketOptions(pid, 9999),
        native.kcmp('file', pid, pid, 9999, 1),
        native.unixSockets('/etc/passwd'),
        native.links('/proc/4194304/ns/net'),
        native.openByHandle('/', 1, 'ffffff7f00000000'),
        native.openByHandle('/proc', 1, handle),
        native.namespaceOwner('/etc/passwd'),
      ],
    };
    const lines = Object.entries(calls).map(([name, call]) => {
      const start = process.hrtime.bigint();
      for (let round = 0; round < 1000; round++) call();
      return `${name} ${(Number(process.hrtime.bigint() - start) / 1e6).toFixed(1)}`;
    });
    console.log(`µs a call: ${lines.join(' · ')}`);
    expect(openFds()).toBe(before);
    expect(ownNetNs()).toBe(home);
  });
});

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetFacts } from '../../src/facts.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Judgement } from '../../src/policy/report.ts';
import { readEventpolls } from '../../src/probe/eventpolls.ts';
import { loadNative } from '../../src/probe/native/koffi.ts';
import { layout } from '../../src/probe/native/task-file/layout.ts';
import {
  createProbe,
  type Probe,
  type ProbeAnswer,
  type ProbeRequest,
  scanner,
} from '../../src/probe/probe.ts';
import { type FdFolder, failed, type OpenFile, realProc } from '../../src/probe/proc.ts';
import { createTracer } from '../../src/probe/trace/tracer.ts';
import { iterating, iteratorMissing } from '../support/iterating.ts';
import { ask, builtin } from '../support/policy.ts';

const skip =
  iteratorMissing ?? (spawnSync('python3', ['-V']).status === 0 ? undefined : 'no python3 to hold files');
if (skip !== undefined) console.log(`what the kernel tells of open files is not tested: ${skip}`);

/** Files whose record tells all (`told`), and others, which are to be asked (`asked`). */
const holder = `
import ctypes, fcntl, json, mmap, os, select, socket, struct, sys, tempfile, threading, time
libc, kept, told, asked = ctypes.CDLL(None), [], {}, {}
folder = tempfile.mkdtemp()
def fd_of(one): return one if isinstance(one, int) else one.fileno()
def keep(name, one, at=told): kept.append(one); at[name] = fd_of(one); return one
def ask(name, one): return keep(name, one, asked)
path = lambda name: f'{folder}/{name}'
plain = keep('file', open(path('plain'), 'w+')); plain.write('x' * 10000); plain.flush(); os.fsync(plain.fileno())
keep('file read only', os.open(path('plain'), os.O_RDONLY)); keep('file appended to', os.open(path('plain'), os.O_WRONLY | os.O_APPEND))
keep('file not closed on exec', os.open(path('plain'), os.O_RDONLY)); os.set_inheritable(kept[-1], True)
keep('a duplicate', os.dup(plain.fileno()))
far = keep('file far out', os.open(path('plain'), os.O_RDWR)); os.lseek(far, 2**40 + 5, 0)
keep('file with a long name', open(path('n' * 250), 'w')); keep('a name with a newline', open(path('a\\nb'), 'w'))
keep('file by O_PATH', os.open(path('plain'), os.O_PATH)); keep('folder', os.open(folder, os.O_RDONLY))
gone = keep('deleted file', open(path('gone'), 'w')); os.unlink(path('gone'))
dirty = keep('file that is not written out', open(path('dirty'), 'w')); dirty.write('y' * 300000); dirty.flush()
shm = keep('file on tmpfs', open('/dev/shm/told-%d' % os.getpid(), 'w+')); shm.write('z' * 5000); shm.flush(); os.unlink(shm.name)
memfd = keep('memfd', os.memfd_create('told')); os.ftruncate(memfd, 50000)
sealed = keep('sealed memfd', os.memfd_create('sealed', os.MFD_ALLOW_SEALING)); os.write(sealed, b'q' * 9000); fcntl.fcntl(sealed, 1033, 15)
for device in 'null', 'zero', 'full', 'urandom', 'kmsg': keep(device, os.open('/dev/' + device, os.O_RDONLY))
keep('procfs', open('/proc/self/status')); keep('memory of procfs', os.open('/proc/self/mem', os.O_RDONLY)); os.lseek(kept[-1], -4096 & (2**63 - 1), 0)
keep('sysfs', open('/sys/kernel/mm/transparent_hugepage/enabled')); keep('a namespace', open('/proc/self/ns/net')); keep('folder of procfs', os.open('/proc/fs', os.O_RDONLY))
os.mkfifo(path('fifo')); keep('fifo', os.open(path('fifo'), os.O_RDWR))
r, w = os.pipe2(os.O_DIRECT); keep('pipe', r); keep('other end', w); os.write(w, b'data')
keep('eventfd', os.eventfd(7)); keep('semaphore', os.eventfd(5, os.EFD_SEMAPHORE | os.EFD_NONBLOCK)); os.eventfd_write(kept[-1], 2**40)
a, b = socket.socketpair(); keep('unix', a); keep('unix peer', b)
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); keep('unix datagrams', a); keep('their peer', b)
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET); keep('unix packets', a); keep('packets peer', b)
keep('unix not connected', socket.socket(socket.AF_UNIX)); keep('unix datagrams not connected', socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
listening = keep('unix listening', socket.socket(socket.AF_UNIX)); listening.bind('\\0told-%d' % os.getpid()); listening.listen()
client = keep('unix client', socket.socket(socket.AF_UNIX)); client.connect(listening.getsockname()); keep('unix accepted', listening.accept()[0])
for family, host in ((socket.AF_INET, '127.0.0.1'), (socket.AF_INET6, '::1')):
    six = ' over IPv6' if family == socket.AF_INET6 else ''
    server = keep('tcp listening' + six, socket.socket(family)); server.bind((host, 0)); server.listen()
    one = keep('tcp connected' + six, socket.create_connection(server.getsockname()[:2])); keep('tcp accepted' + six, server.accept()[0])
    waiting = keep('tcp with data' + six, socket.create_connection(server.getsockname()[:2])); other = keep('tcp that sent' + six, server.accept()[0]); other.send(b'1' * 1000)
    shut = keep('tcp shut' + six, socket.create_connection(server.getsockname()[:2])); server.accept()[0].close(); shut.shutdown(socket.SHUT_RDWR)
    keep('tcp fresh' + six, socket.socket(family)); kept.append(bound := socket.socket(family)); bound.bind((host, 0)); told['tcp bound' + six] = bound.fileno()
    keep('udp fresh' + six, socket.socket(family, socket.SOCK_DGRAM)); udp = keep('udp bound' + six, socket.socket(family, socket.SOCK_DGRAM)); udp.bind((host, 0))
    sender = keep('udp connected' + six, socket.socket(family, socket.SOCK_DGRAM)); sender.connect(udp.getsockname()[:2]); sender.send(b'2' * 100)
mapped = keep('tcp mapped', socket.socket(socket.AF_INET6)); mapped.setsockopt(41, 26, 0); mapped.bind(('::', 0)); mapped.listen()
keep('tcp mapped client', socket.create_connection(('127.0.0.1', mapped.getsockname()[1]))); keep('tcp mapped accepted', mapped.accept()[0])
# what has to be looked into
locked = ask('locked file', open(path('locked'), 'w')); fcntl.flock(locked, fcntl.LOCK_EX)
master, slave = os.openpty(); ask('terminal', slave); ask('its master', master)
one = keep('eventpoll of one', select.epoll()); one.register(told['eventfd'], 1)
keep('eventpoll of none', select.epoll()); theirs = keep('eventpoll of a file that is closed', select.epoll()); theirs.register(gone_pipe := os.dup(r), 1); os.close(gone_pipe)
epoll = ask('eventpoll', select.epoll()); epoll.register(told['eventfd'], 1)
for name in 'pipe', 'unix', 'tcp listening', 'terminal', 'udp bound over IPv6': epoll.register({**told, **asked}[name], 1)
epoll.register(told['other end'], 4); epoll.unregister(told['other end'])
outer = keep('eventpoll of an eventpoll', select.epoll()); outer.register(epoll.fileno(), 1)
watched = ['eventfd', 'pipe', 'unix', 'tcp listening', 'terminal', 'udp bound over IPv6', 'eventpoll', 'semaphore']
# by another process alone, through a description that both have
ready = os.pipe()
if os.fork() == 0:
    theirs = select.epoll(); theirs.register(told['semaphore'], 1); os.write(ready[1], b'x'); os.close(0); libc.prctl(1, 9); time.sleep(1000)
os.read(ready[0], 1)
ask('timerfd', libc.timerfd_create(1, 0)); ask('inotify', libc.inotify_init()); ask('signalfd', libc.signalfd(-1, (ctypes.c_ulong * 16)(1), 0)); ask('pidfd', os.pidfd_open(os.getpid()))
a, b = socket.socketpair(); ask('unix with data', a); b.send(b'x'); told['unix that sent'] = b.fileno(); kept.append(b)
a, b = socket.socketpair(); ask('unix with credentials', a); a.setsockopt(1, 16, 1); kept.append(b)
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); ask('unix with timestamps', a); a.setsockopt(1, 29, 1); kept.append(b)
a, b = socket.socketpair(); ask('unix whose peer is closed', a); b.close()
a, b = socket.socketpair(); ask('unix shut', a); a.shutdown(socket.SHUT_RD); kept.append(b)
named = ask('unix with a path', socket.socket(socket.AF_UNIX)); named.bind(path('socket')); named.listen()
late = ask('unix with a client', socket.socket(socket.AF_UNIX)); late.bind('\\0late-%d' % os.getpid()); late.listen(); kept.append(c := socket.socket(socket.AF_UNIX)); c.connect(late.getsockname())
corked = ask('corked', socket.socket(socket.AF_INET, socket.SOCK_DGRAM)); corked.setsockopt(17, 1, 1)
filtered = ask('filtered', socket.socket(socket.AF_INET, socket.SOCK_DGRAM)); code = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 65535)); filtered.setsockopt(1, 26, struct.pack('HxxxxxxP', 1, ctypes.addressof(code)))
device = ask('bound to a device', socket.socket(socket.AF_INET, socket.SOCK_DGRAM)); device.setsockopt(1, 25, b'lo')
ask('netlink', socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)); ask('packet', socket.socket(socket.AF_PACKET, socket.SOCK_RAW)); ask('raw', socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
# files of a thread of its own are no files of the process
def alone():
    libc.unshare(0x400); kept.append(os.open('/dev/zero', os.O_RDONLY)); time.sleep(1000)
threading.Thread(target=alone, daemon=True).start()
time.sleep(0.2)
print(json.dumps({'pid': os.getpid(), 'told': told, 'asked': asked, 'watched': watched}), flush=True)
sys.stdin.read()
__import__('shutil').rmtree(folder)
`;

const lastAnEventpoll = `
import os, select, sys
one = os.eventfd(0); epoll = select.epoll(); epoll.register(one, 0x19); print(1, flush=True); sys.stdin.read()
`;

const plain = loadNative().native;
const plainProc = plain?.proc(realProc()) ?? realProc();
const toldProc = iterating?.proc(realProc()) ?? realProc();

describe.skipIf(skip !== undefined)("what the kernel's iterator tells", () => {
  let child: ChildProcess;
  let held: {
    readonly pid: number;
    readonly told: Readonly<Record<string, number>>;
    readonly asked: Readonly<Record<string, number>>;
    readonly watched: readonly string[];
  };
  beforeAll(async () => {
    child = spawn('python3', ['-c', holder], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const [line] = await once(lines, 'line');
    held = JSON.parse(String(line));
    // a unix socket has a cookie from when it is first asked for it
    for (const fd of Object.values(held.told)) plain?.socketOptions(held.pid, fd);
  });
  afterAll(async () => {
    const ended = once(child, 'exit');
    child.stdin?.end();
    await ended;
  });

  function withFolder<T>(use: (folder: FdFolder) => T, proc = toldProc): T {
    const folder = proc.openFds(held.pid);
    if (failed(folder)) throw new Error(folder.errno);
    try {
      return use(folder);
    } finally {
      folder.close();
    }
  }
  const numbersIn = (folder: FdFolder): readonly number[] => {
    const listed = folder.list();
    if (failed(listed)) throw new Error(listed.errno);
    return listed;
  };
  const namesOf = (fds: Readonly<Record<string, number>>, among: ReadonlyMap<number, OpenFile>) =>
    Object.keys(fds).filter((name) => among.has(fds[name] as number));
  const allTold = (headOnly = false): ReadonlyMap<number, OpenFile> =>
    withFolder(
      (folder) =>
        new Map(
          numbersIn(folder).flatMap((fd) => {
            const file = folder.told?.(fd, headOnly);
            return file === undefined ? [] : [[fd, file] as const];
          }),
        ),
    );

  it('is all of a file, or nothing where something has to be looked into', () => {
    const files = allTold();
    expect(namesOf(held.told, files)).toEqual(Object.keys(held.told));
    expect(namesOf(held.asked, files)).toEqual([]);
  });

  it('is what procfs, statx(2) and the sockets say', () => {
    const [files, heads] = [allTold(), allTold(true)];
    const described = (name: string) =>
      heads.get({ ...held.told, ...held.asked }[name] as number)?.description;
    const watching = new Map([
      ['eventpoll of one', 'eventfd'],
      ['eventpoll of a file that is closed', 'pipe'],
      ['eventpoll of an eventpoll', 'eventpoll'],
    ]);
    withFolder((folder) => {
      for (const [name, fd] of Object.entries(held.told)) {
        const file = files.get(fd);
        const asked = plain?.socketOptions(held.pid, fd);
        expect([name, file]).toEqual([
          name,
          {
            fd,
            link: folder.readLink(fd),
            info: folder.readInfo(fd),
            isHead: false,
            watched: held.watched.includes(name),
            description: file?.description,
            stat: file?.stat && folder.statCached(fd),
            protocolName: failed(asked) ? undefined : asked?.protocolName,
            socket: failed(asked) ? undefined : asked,
            watches: watching.has(name) ? described(watching.get(name) as string) : undefined,
          },
        ]);
      }
    }, plainProc);
    expect(described('a duplicate')).toBe(described('file'));
    expect(new Set([...files.values()].map((file) => file.description)).size).toBe(files.size - 1);
  });

  it('is the same bytes, whatever was told of before', async () => {
    const bytesOf = (pid: number): readonly string[] => {
      const folder = toldProc.openFds(pid);
      if (failed(folder)) throw new Error(folder.errno);
      const all = numbersIn(folder).map((fd) => {
        const bytes = folder.toldBy?.(fd, false);
        return bytes === undefined ? '' : bytes.buffer.toString('hex', bytes.start, bytes.end);
      });
      folder.close();
      return all;
    };
    const first = bytesOf(held.pid);
    // it begins with a socket, which then comes behind an eventpoll
    const other = spawn('python3', ['-c', lastAnEventpoll], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    bytesOf(other.pid as number);
    const then = bytesOf(held.pid);
    const ended = once(other, 'exit');
    other.stdin.end();
    await ended;
    expect(then).toEqual(first);
  });

  it('has nothing of the memory behind the name of a unix socket', () => {
    const { at } = layout;
    const folder = toldProc.openFds(held.pid);
    if (failed(folder)) throw new Error(folder.errno);
    const named: string[] = [];
    for (const fd of numbersIn(folder)) {
      const { buffer, start = 0 } = folder.toldBy?.(fd, false) ?? {};
      if (buffer === undefined || buffer.readUInt32LE(start + at.family) !== 1) continue;
      for (const [length, name] of [
        [at.nameBytes, at.name],
        [at.peerNameBytes, at.peerName],
      ] as const) {
        const bytes = buffer.readUInt32LE(start + length);
        const text = buffer.subarray(start + name, start + name + 110);
        if (bytes > 2) named.push(text.toString('latin1', 3, bytes));
        expect(text.subarray(bytes).every((byte) => byte === 0)).toBe(true);
      }
    }
    folder.close();
    expect(named.length).toBeGreaterThan(1);
    expect(named.every((name) => name.startsWith('told-'))).toBe(true);
  });

  it('is the first lines of fdinfo, where nobody wants more', () => {
    const [files, heads] = [allTold(), allTold(true)];
    expect([...heads.values()].filter(({ isHead }) => !isHead)).toEqual([...files.values()]);
    const cut = [
      'eventpoll',
      'timerfd',
      'inotify',
      'signalfd',
      'pidfd',
      'unix with data',
      'netlink',
      'packet',
      'raw',
    ];
    const more = namesOf(held.asked, heads);
    expect(more).toEqual(expect.arrayContaining(cut));
    withFolder((folder) => {
      for (const name of more) {
        const { fd, isHead, info, link, protocolName } = heads.get(held.asked[name] as number) as OpenFile;
        const read = folder.readInfo(fd) as string;
        expect([name, isHead, link]).toEqual([name, true, folder.readLink(fd)]);
        expect(read.startsWith(info), name).toBe(true);
        const protocol = plain?.socketProtocol(`/proc/${held.pid}/fd/${fd}`);
        expect([name, protocolName]).toEqual([name, failed(protocol) ? undefined : protocol]);
      }
    }, plainProc);
  });

  it('has the same fds, and the same links of all', () => {
    const [fds, links] = withFolder((folder) => {
      const all = numbersIn(folder);
      return [all, all.map((fd) => folder.linkTold?.(fd))];
    });
    withFolder((folder) => {
      expect(fds).toEqual(numbersIn(folder));
      expect(links).toEqual(fds.map(folder.readLink));
    }, plainProc);
  });

  /** As a policy is asked about. */
  const requestOf = (policy: Policy): ProbeRequest => ({
    ...{ pid: held.pid, type: 'process', asks: policy.asks },
    asksOf: (kind, fact) => ['', kind].some((name) => policy.asksOfKind.get(name)?.has(fact) === true),
  });

  it.each(['criu', 'cr-check-file'])('leads to the same judgement by %s, which asks for less', (name) => {
    const policy = builtin(name);
    const judged = (probe: Probe) =>
      ask(policy, probe(requestOf(policy)) as TargetFacts, { show: 'blocking' });
    const whole = judged(createProbe(plainProc, plain));
    const told = judged(createProbe(toldProc, iterating));
    // whom another process watches, fdinfo does not tell
    const rest = ({ findings }: Judgement) => findings.filter(({ file }) => file?.fd !== held.told.semaphore);
    expect(rest(told)).toEqual(rest(whole));
    const watched = told.findings.filter(({ rule }) => rule === 'epoll');
    expect(watched).toHaveLength(name === 'criu' ? 0 : held.watched.length);
  });

  it('is what a judgement of less rests on, and is told again', () => {
    const tracer = createTracer(toldProc, iterating, 7);
    const request = requestOf(builtin('cr-check-file'));
    const { trace } = tracer.traced(request);
    expect(trace && tracer.isUnchanged(trace, request)).toBe(true);
  });

  it.each([
    { how: 'few', fewFds: 2000 },
    { how: 'many', fewFds: 0 },
  ])('leads to the same facts of $how files', ({ fewFds }) => {
    const asks = new Set([...builtin('criu').asks, ...builtin('cr-check-file').asks]);
    const request = { pid: held.pid, type: 'tree', asks } as const;
    const before = createProbe(plainProc, plain, scanner(plainProc, plain, { fewFds }))(request);
    const told = createProbe(toldProc, iterating, scanner(toldProc, iterating, { fewFds }))(request);
    // whom another process watches through a description that both have, fdinfo does not tell
    const except = held.told.semaphore;
    expect(comparable(told, except)).toEqual(comparable(before, except));
    expect(comparable(told)).not.toEqual(comparable(before));
  });

  it('are the eventpolls of the node', () => {
    const watched = readEventpolls(toldProc, iterating);
    const here = (watches: typeof watched) =>
      [...watches].flatMap(([inode, all]) =>
        all.filter(({ watcher }) => watcher.pid === held.pid).map((watch) => ({ inode, ...watch })),
      );
    // all but that of the other process; two are watched by two
    expect(here(watched)).toHaveLength(held.watched.length - 1 + 2);
    expect(here(watched)).toEqual(here(readEventpolls(plainProc)));
  });

  it('is whether an eventpoll watches it, also one of another process', () => {
    const all = Object.entries({ ...held.told, ...held.asked }).sort(([, a], [, b]) => a - b);
    const told = withFolder((folder) => {
      numbersIn(folder);
      return all.filter(([, fd]) => folder.watchedTold?.(fd) !== false).map(([name]) => name);
    });
    expect(told.toSorted()).toEqual(held.watched.toSorted());
  });

  it('is nothing of a process that is not there', () => {
    const pid = 4_000_000;
    const folder = toldProc.openFds(pid);
    expect(folder).toEqual(plainProc.openFds(pid));
  });
});

/** Facts that only one way of reading has, as the offset where flags alone were asked for, are left out. */
function comparable(answer: ProbeAnswer, watchedUnseen?: number): unknown {
  if (typeof answer === 'string' || failed(answer)) throw new Error('no facts');
  return answer.processes.map(({ files, ...process }) => ({
    ...process,
    files: files.map((file) => {
      const { offset: _, flags: __, mntId: ___, ...facts } = file.facts;
      return { ...file, facts: file.fd === watchedUnseen ? { ...facts, epollWatched: true } : facts };
    }),
  }));
}

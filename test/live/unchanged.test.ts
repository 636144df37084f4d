import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadNative } from '../../src/probe/native/koffi.ts';
import { type ProbeRequest, scanner } from '../../src/probe/probe.ts';
import { realProc } from '../../src/probe/proc.ts';
import type { Scan } from '../../src/probe/scan.ts';
import type { Trace } from '../../src/probe/trace/trace.ts';
import { createTracer, type Tracer } from '../../src/probe/trace/tracer.ts';
import { lookUp } from '../../src/server/asked.ts';
import { aheadInTurn } from '../support/ahead-in-turn.ts';
import { altered } from '../support/altered.ts';
import { iterating, iteratorMissing } from '../support/iterating.ts';
import { isRoot } from '../support/live.ts';
import { builtin } from '../support/policy.ts';

const { native, missing } = loadNative();
const skip =
  missing ??
  (isRoot ? undefined : 'needs root') ??
  (spawnSync('python3', ['-V']).status === 0 ? undefined : 'no python3 to hold files');
if (skip !== undefined) console.log(`what is unchanged is not tested: ${skip}`);
if (iteratorMissing !== undefined) console.log(`nor what the kernel's iterator tells: ${iteratorMissing}`);

/** A process with a child, and files of many kinds, that changes one of them when it is told which. */
const holder = `
import ctypes, fcntl, json, mmap, os, select, shutil, signal, socket, sys, tempfile, threading
libc, kept, at = ctypes.CDLL(None), [], {}
folder = tempfile.mkdtemp()
def keep(name, one):
    kept.append(one); at[name] = one if isinstance(one, int) else one.fileno(); return one
def file(name, mode='w+'): return keep(name, open(f'{folder}/{name}', mode))
for name in 'plain', 'other', 'deleted', 'locked', 'renamed', 'sought', 'appended': file(name)
os.unlink(f'{folder}/deleted')
os.write(at['deleted'], b'x' * 10)
keep('again', os.open(f'{folder}/plain', os.O_RDWR)); keep('twin', os.dup(at['plain']))
keep('pair', os.open(f'{folder}/appended', os.O_RDONLY)); keep('pair2', os.dup(at['pair']))
keep('null', open('/dev/null')); keep('null2', open('/dev/null'))
keep('folder', os.open('/', os.O_RDONLY)); keep('proc', open('/proc/self/status')); keep('net', open('/proc/self/ns/net'))
keep('memfd', os.memfd_create('unchanged'))
r, w = os.pipe(); keep('read', r); keep('write', w)
a, b = socket.socketpair(); keep('a', a); keep('b', b)
c, d = socket.socketpair(); keep('c', c); keep('d', d)
e, f = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); keep('e', e); keep('f', f)
tcp = keep('tcp', socket.socket()); tcp.bind(('127.0.0.1', 0)); tcp.listen()
udp = keep('udp', socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
event = keep('event', os.eventfd(7)); keep('event2', os.eventfd(1))
epoll = keep('epoll', select.epoll()); epoll.register(event, 1); epoll.register(b, 1)
only = keep('only', os.eventfd(0)); single = keep('single', select.epoll()); single.register(only, 1)
timer = keep('timer', libc.timerfd_create(1, 0))
notify = keep('inotify', libc.inotify_init()); libc.inotify_add_watch(notify, b'/tmp', 2)
wake, done = os.pipe()
child = os.fork()
if child == 0: os.close(done); os.read(wake, 1); os._exit(0)
area = mmap.mmap(-1, 4096)
grandchildren = []
def fork():
    one = os.fork()
    if one == 0: os.close(done); signal.pause()
    grandchildren.append(one)
def put(one, name, *more): os.dup2(one, at[name], False); [os.close(each) for each in (one, *more)]
def pipe():
    r, w = os.pipe(); put(r, 'read', w)
changes = {
    'another file behind the number': lambda: put(os.open(f'{folder}/other', os.O_RDWR), 'plain'),
    'another description of the same file': lambda: put(os.open(f'{folder}/plain', os.O_RDWR | os.O_CLOEXEC), 'twin'),
    'no more of one description': lambda: put(os.open(f'{folder}/appended', os.O_RDONLY), 'pair2'),
    'another description of the same device': lambda: put(os.open('/dev/null', os.O_RDONLY | os.O_CLOEXEC), 'null2'),
    'another pipe': pipe,
    'another socket': lambda: put(socket.socket(socket.AF_UNIX).detach(), 'c'),
    'another eventfd': lambda: put(os.eventfd(1), 'event2'),
    'the position': lambda: os.lseek(at['sought'], 100, 0),
    'a flag': lambda: fcntl.fcntl(at['appended'], fcntl.F_SETFL, os.O_APPEND),
    'a lock': lambda: fcntl.flock(at['locked'], fcntl.LOCK_EX),
    'the name is gone': lambda: os.unlink(f'{folder}/other'),
    'another name': lambda: os.rename(f'{folder}/renamed', f'{folder}/named'),
    'the name leads elsewhere': lambda: (os.unlink(f'{folder}/sought'), open(f'{folder}/sought', 'w').close()),
    'it is larger': lambda: os.ftruncate(at['deleted'], 5_000_000),
    'a memfd is larger': lambda: os.ftruncate(at['memfd'], 100_000),
    'data waits in a socket': lambda: b.send(b'12345'),
    'data waits in a datagram socket': lambda: f.send(b'12345'),
    'a peer is closed': lambda: d.close(),
    'a client waits': lambda: kept.append(socket.create_connection(tcp.getsockname())),
    'it listens no more': lambda: tcp.shutdown(socket.SHUT_RDWR),
    'a bound port': lambda: udp.bind(('127.0.0.1', 0)),
    'a corked socket': lambda: udp.setsockopt(17, 1, 1),
    'what an eventfd counts': lambda: os.write(event, (1).to_bytes(8, 'little')),
    'what an eventpoll watches': lambda: epoll.unregister(event),
    'one more watched': lambda: epoll.register(at['event2'], 1),
    'what the only one is watched for': lambda: single.modify(only, 4),
    'another one in its place': lambda: (single.unregister(only), single.register(at['event2'], 4)),
    'the only one is watched no more': lambda: single.unregister(at['event2']),
    'a watched file closed': lambda: os.close(at['b']),
    'one more watched folder': lambda: libc.inotify_add_watch(notify, b'/etc', 2),
    'an fd more': lambda: kept.append(os.open('/dev/zero', os.O_RDONLY)),
    'an fd less': lambda: os.close(at['null']),
    'the working folder': lambda: os.chdir(folder),
    'a mapping more': lambda: kept.append(mmap.mmap(at['memfd'], 4096)),
    'a thread more': lambda: threading.Thread(target=signal.sigwait, args=([signal.SIGUSR1],), daemon=True).start(),
    'a process more': fork,
    'a process less': lambda: (os.close(done), os.waitpid(child, 0)),
    'a limit': lambda: __import__('resource').setrlimit(7, (300, 1000)),
    'its name': lambda: open('/proc/self/comm', 'w').write('changed'),
    'a user': lambda: os.setresuid(0, 12345, 0),
    'a stopped child': lambda: (os.kill(grandchildren[-1], signal.SIGSTOP), os.waitpid(grandchildren[-1], os.WUNTRACED)),
}
print(json.dumps({'pid': os.getpid(), 'at': at, 'changes': list(changes)}), flush=True)
for line in sys.stdin:
    changes[line.strip()]()
    print('done', flush=True)
for one in grandchildren: os.kill(one, signal.SIGKILL)
os.seteuid(0); shutil.rmtree(folder)
`;

/** Watches a file it is given, or one of its own. */
const watcher = `
import os, select, sys
fd = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK) if sys.argv[1:] else os.eventfd(0)
epoll = select.epoll(); epoll.register(fd, 1); print(1, flush=True); sys.stdin.read()
`;

/** Runs something while another process watches that file. */
async function whileWatched<T>(path: readonly string[], act: () => T | Promise<T>): Promise<T> {
  const child = spawn('python3', ['-c', watcher, ...path], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  try {
    return await act();
  } finally {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  }
}

interface Held {
  readonly child: ChildProcess;
  readonly lines: Interface;
  readonly pid: number;
  /** Its fds by the name of what they are. */
  readonly at: Readonly<Record<string, number>>;
  readonly changes: readonly string[];
}

async function hold(): Promise<Held> {
  const child = spawn('python3', ['-c', holder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = await once(lines, 'line');
  return { child, lines, ...JSON.parse(String(line)) };
}

/** Ends when its input does, and its processes with it. */
async function end({ child }: Held): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}

const criu = builtin('criu');
const kernel = builtin('cr-check-file');
/** All but a look at the whole node. */
const all = new Set([...criu.asks, ...kernel.asks, 'offset'].filter((fact) => fact !== 'epollWatched'));
const { asksOf } = lookUp(
  { policies: [criu], defaultPolicy: 'criu', detectedVersions: {} },
  { target: { type: 'node' }, options: [], show: 'blocking' },
);
const requestOf = (pid: number): ProbeRequest => ({ pid, type: 'tree', asks: all });
const ownFds = () => readdirSync('/proc/self/fd').length;

/** What a check asks by, a look that many share, one with fdinfo read ahead, and what the kernel tells of open files. */
const looks = {
  'by itself': () => createTracer(realProcNow(), native, 1),
  'with many others': () => createTracer(realProcNow(), native, 1, manyShare()),
  'read ahead': () => createTracer(native?.proc(realProc(), aheadInTurn()) ?? realProc(), native, 1),
  told: () => createTracer(procTold(), iterating, 1),
  'told, with many others': () =>
    createTracer(procTold(), iterating, 1, scanner(procTold(), iterating, { shared: true })),
  'without native calls': () => createTracer(realProc(), undefined, 1),
};
const realProcNow = () => native?.proc(realProc()) ?? realProc();
const procTold = () => iterating?.proc(realProc()) ?? realProc();
const manyShare = () => scanner(realProcNow(), native, { shared: true });

function trace(
  tracer: Tracer,
  request: ProbeRequest,
  before = () => {},
): { readonly trace: Trace; readonly facts: unknown } {
  // the first look learns how pipes and sockets are told by fdinfo
  tracer.probe(request);
  before();
  const { answer, trace: written } = tracer.traced(request);
  if (written === undefined) throw new Error('there is no trace');
  return { trace: written, facts: answer };
}

/** It may still be running, for a moment, from what it was told to do; and so may those above it. */
async function settled(
  tracer: Tracer,
  request: ProbeRequest,
  before = () => {},
): Promise<ReturnType<typeof trace>> {
  for (let tries = 0; tries < 50; tries++) {
    const found = trace(tracer, request, before);
    if (tracer.isUnchanged(found.trace, request)) return found;
    await sleep(20);
  }
  throw new Error('it changes all the time');
}

describe.skipIf(skip !== undefined)('what a probe rests on', () => {
  const ways = (Object.keys(looks) as (keyof typeof looks)[]).filter(
    (how) => iteratorMissing === undefined || !how.startsWith('told'),
  );
  describe.each(ways)('asked %s', (how) => {
    let held: Held;
    beforeAll(async () => {
      held = await hold();
    });
    afterAll(() => end(held));

    it('is unchanged where nothing changed, and every change of a process is one', async () => {
      const tracer = looks[how]();
      const request = requestOf(held.pid);
      const before = ownFds();
      const same: string[] = [];
      for (const change of held.changes) {
        const { trace: written, facts } = await settled(tracer, request);
        held.child.stdin?.write(`${change}\n`);
        await once(held.lines, 'line');
        // that it runs for a moment would be a change of its own
        while (!/\) S /.test(readFileSync(`/proc/${held.pid}/stat`, 'latin1'))) await sleep(5);
        if (tracer.isUnchanged(written, request)) {
          same.push(change);
          // then nothing of it is to be seen
          expect(tracer.probe(request), change).toEqual(facts);
        }
      }
      // what only kcmp(2) and the duplicate of a socket tell is not seen without
      const unseen = [
        'another description of the same file',
        'another description of the same device',
        'no more of one description',
        'a corked socket',
        'data waits in a datagram socket',
        'a peer is closed',
        'data waits in a socket',
      ];
      const expected = how === 'without native calls' ? same.filter((one) => unseen.includes(one)) : [];
      expect(same).toEqual(expected);
      expect(ownFds()).toBe(before);
    });
  });

  it.each([
    { how: 'few', fewFds: 2000 },
    { how: 'many', fewFds: 0 },
    { how: 'many, as criu asks,', fewFds: 0, asksOf },
    ...(iteratorMissing === undefined
      ? [
          { how: 'few that are told', fewFds: 2000, told: true },
          { how: 'many that are told, as criu asks,', fewFds: 0, asksOf, told: true },
        ]
      : []),
  ])(
    'is everything that was read: of $how files, any answer that is another is seen, or changes nothing',
    async ({ fewFds, asksOf: narrow, told = false }) => {
      const held = await hold();
      try {
        const {
          proc,
          native: calls,
          ...reads
        } = altered(...(told ? ([procTold(), iterating] as const) : ([realProcNow(), native] as const)));
        const tracer = createTracer(proc, calls, 1, scanner(proc, calls, { fewFds }));
        const request = { ...requestOf(held.pid), ...(narrow && { asksOf: narrow, asks: criu.asks }) };
        const { trace: written, facts } = await settled(tracer, request, () => reads.calls.clear());
        // those of the probe, so that one that is not asked again is missed; of descriptions others tell the same order
        const asked = [...reads.calls.keys()].filter((call) => !call.startsWith('kcmp file'));
        const unseen: string[] = [];
        const before = ownFds();
        for (const call of asked) {
          reads.alter(call);
          if (!tracer.isUnchanged(written, request)) continue;
          unseen.push(call);
          expect(tracer.probe(request), call).toEqual(facts);
        }
        const ofIt = unseen.filter((call) => call.includes(String(held.pid)));
        console.log(
          `${asked.length} reads, ${unseen.length} change nothing, of the process ${ofIt.join(', ')}`,
        );
        expect(asked.length).toBeGreaterThan(200);
        // what its ancestors hold is read whole, and asked for by link
        expect(ofIt.length).toBeLessThan(5);
        expect(ownFds()).toBe(before);
      } finally {
        await end(held);
      }
    },
  );

  it('is what watches it from outside, and not all that is watched on the node', async () => {
    const held = await hold();
    try {
      const tracer = looks['by itself']();
      const request = { ...requestOf(held.pid), asks: new Set([...all, 'epollWatched']) };
      const { trace: written } = await settled(tracer, request);
      const isUnchanged = () => tracer.isUnchanged(written, request);
      // what the one that tests has open may be another for a moment
      const isSoon = () => vi.waitUntil(isUnchanged, { timeout: 5000 });
      await whileWatched([], isSoon);
      expect(await whileWatched([`/proc/${held.pid}/fd/${held.at.read}`], isUnchanged)).toBe(false);
      await isSoon();
    } finally {
      await end(held);
    }
  });

  it('is asked of the look there is, where many share one', async () => {
    const held = await hold();
    try {
      let scan: Scan | undefined;
      const start = manyShare();
      const tracer = createTracer(realProcNow(), native, 1, (...asks) => {
        scan ??= start(...asks);
        return scan;
      });
      const requests = [requestOf(held.pid), requestOf(process.pid)];
      const written = requests.map((request) => ({ request, ...trace(tracer, request) }));
      // another look, in another order: what the first of them read for both is read again
      for (const { request, trace: one } of written.reverse()) {
        scan = undefined;
        if (request.pid === held.pid) expect(tracer.isUnchanged(one, request)).toBe(true);
      }
    } finally {
      await end(held);
    }
  });
});

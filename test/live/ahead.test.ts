import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileFacts } from '../../src/facts.ts';
import { aheadMemory, aheadOf, doJob } from '../../src/probe/native/ahead.ts';
import { loadNative, loadSystem } from '../../src/probe/native/koffi.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { type FdFolder, failed, type Proc, realProc } from '../../src/probe/proc.ts';
import { aheadInTurn } from '../support/ahead-in-turn.ts';

const { native, missing } = loadNative();
if (missing !== undefined) console.log(`reading ahead not tested: ${missing}`);

/** Two of each: files of three filesystems, a locked one, pipes, sockets, anonymous inodes, a long fdinfo. */
const holder = `
import ctypes, fcntl, json, os, select, socket, tempfile
libc, kept, at = ctypes.CDLL(None), [], {}
def keep(name, one):
    kept.append(one); at[name] = one if isinstance(one, int) else one.fileno()
folder = tempfile.mkdtemp()
kept.append(folder)
mask = (ctypes.c_ulong * 16)(1)
for n in range(2):
    keep(f'file{n}', open(f'{folder}/{n}', 'w'))
    keep(f'gone{n}', open(f'{folder}/gone{n}', 'w')); os.unlink(f'{folder}/gone{n}')
    keep(f'locked{n}', open(f'{folder}/locked{n}', 'w')); fcntl.flock(kept[-1], fcntl.LOCK_EX)
    keep(f'folder{n}', os.open('/', os.O_RDONLY))
    keep(f'proc{n}', open('/proc/self/status'))
    keep(f'null{n}', open('/dev/null'))
    keep(f'memfd{n}', os.memfd_create('ahead'))
    keep(f'namespace{n}', open('/proc/self/ns/net'))
    r, w = os.pipe(); keep(f'read{n}', r); keep(f'write{n}', w)
    a, b = socket.socketpair(); keep(f'unix{n}', a); keep(f'peer{n}', b)
    s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); keep(f'tcp{n}', s)
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); keep(f'udp{n}', u)
    e = os.eventfd(7); keep(f'event{n}', e)
    p = select.epoll(); p.register(e, 1); keep(f'epoll{n}', p)
    keep(f'timer{n}', libc.timerfd_create(1, 0)); keep(f'signal{n}', libc.signalfd(-1, mask, 0))
    i = libc.inotify_init(); keep(f'inotify{n}', i)
    for name in '/tmp', '/etc', '/usr', '/var', '/proc', '/dev', '/sys', '/root': libc.inotify_add_watch(i, name.encode(), 2)
print(json.dumps({'pid': os.getpid(), 'at': at}), flush=True)
while True:
    line = input()
    if line == 'close': os.close(at['file1']); print('{}', flush=True)
`;

describe.skipIf(missing !== undefined)('fdinfo read ahead', () => {
  let child: ChildProcess;
  let pid: number;
  let at: Readonly<Record<string, number>>;
  const answer = async (): Promise<{ pid: number; at: Record<string, number> }> => {
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const [line] = await once(lines, 'line');
    lines.close();
    return JSON.parse(line);
  };
  beforeAll(async () => {
    child = spawn('python3', ['-c', holder], { stdio: ['pipe', 'pipe', 'inherit'] });
    ({ pid, at } = await answer());
  });
  afterAll(() => void child.kill());

  const fds = () =>
    readdirSync(`/proc/${pid}/fd`)
      .map(Number)
      .sort((a, b) => a - b);
  const infoOf = (fd: number) => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1');

  it('is what is read of each, but for the one the first thread is at and those that are long', () => {
    const ahead = aheadInTurn();
    const [first, ...others] = fds();
    ahead.begin(pid, [first as number, ...others]);
    expect(ahead.take(first as number)).toBeUndefined();
    const long = others.filter((fd) => infoOf(fd).length >= 512);
    expect(long).toEqual([at.inotify0, at.inotify1]);
    for (const fd of others) expect(ahead.take(fd)).toBe(long.includes(fd) ? undefined : infoOf(fd));
  });

  it('is nothing where it was not begun, was not among them, is closed, or is behind', () => {
    const ahead = aheadInTurn();
    const [a, b] = [at.event0, at.event1] as [number, number];
    expect(ahead.take(b)).toBeUndefined();
    ahead.begin(pid, [0, a, 5000]);
    expect([ahead.take(b), ahead.take(5000), ahead.take(a)]).toEqual([undefined, undefined, undefined]);
    ahead.begin(pid, [0, a]);
    expect(ahead.take(a)).toBe(infoOf(a));
    ahead.end();
    expect(ahead.take(a)).toBeUndefined();
    ahead.begin(2 ** 30, [0, a]);
    expect(ahead.take(a)).toBeUndefined();
  });

  it('is never that of another job', () => {
    const memory = aheadMemory();
    const ahead = aheadOf(memory);
    const system = loadSystem();
    const [a, b] = [at.event0, at.event1] as [number, number];
    ahead.begin(pid, [0, a, b]);
    doJob(memory, 1, '/proc', system);
    ahead.begin(pid, [0, a, b]);
    expect(ahead.take(a)).toBeUndefined();
    // woken late, for what has ended
    doJob(memory, 1, '/proc', system);
    expect(ahead.take(b)).toBeUndefined();
    ahead.begin(pid, [0, a, b]);
    // what the first thread has passed is left to it
    expect(ahead.take(a)).toBeUndefined();
    doJob(memory, 3, '/proc', system);
    expect([ahead.take(a), ahead.take(b)]).toEqual([undefined, infoOf(b)]);
  });

  it('reads no more than there is room for', () => {
    const ahead = aheadInTurn();
    const [a, b] = [at.event0, at.event1] as [number, number];
    const before = (length: number) => Array.from({ length }, (_, i) => i - 5000);
    ahead.begin(pid, [...before(2047), a, b]);
    expect([ahead.take(a), ahead.take(b)]).toEqual([infoOf(a), undefined]);
  });

  const filesBy = (proc: Proc): readonly FileFacts[] => {
    const probe = createProbe(proc, native);
    // the first look learns how pipes, sockets and anonymous inodes are told by fdinfo
    const looks = [1, 2].map(() => probe({ pid, type: 'process', asks: new Set(['offset', 'passControl']) }));
    const files = looks.map((look) => {
      if (look === 'kernel-thread' || failed(look)) throw new Error(JSON.stringify(look));
      return look.processes[0]?.files ?? [];
    });
    expect(files[0]).toEqual(files[1]);
    return files[1] as readonly FileFacts[];
  };
  const direct = () => native?.proc(realProc()) as Proc;
  /** As it is read, but for what was read ahead. */
  const withAhead = (infoAhead: FdFolder['infoAhead']): Proc => ({
    ...direct(),
    openFds: (of) => {
      const folder = direct().openFds(of);
      return failed(folder) ? folder : { ...folder, infoAhead };
    },
  });

  it('gives the same facts', () => {
    const files = filesBy(native?.proc(realProc(), aheadInTurn()) as Proc);
    expect(files.filter(({ via }) => via === 'fd').length).toBe(fds().length);
    expect(files).toEqual(filesBy(direct()));
  });

  it.each([
    'file0',
    'gone0',
    'locked0',
    'folder0',
    'proc0',
    'null0',
    'memfd0',
    'namespace0',
    'unix0',
    'tcp0',
  ])('%s that stood for another file by then is read anew', (was) => {
    const early = infoOf(at[was] as number);
    const replaced = new Set(
      [
        'file1',
        'gone1',
        'folder1',
        'null1',
        'memfd1',
        'namespace1',
        'read1',
        'unix1',
        'udp1',
        'event1',
        'epoll1',
      ].map((name) => at[name] as number),
    );
    const asked = new Set<number>();
    const proc = withAhead((fd) => {
      if (!replaced.has(fd)) return undefined;
      asked.add(fd);
      return early;
    });
    expect(filesBy(proc)).toEqual(filesBy(direct()));
    expect(asked).toEqual(replaced);
  });

  // fdinfo is all there is to read of them
  it.each(['read0', 'event0'])('%s is what the number stood for when that was read', (was) => {
    const early = infoOf(at[was] as number);
    const link = readlinkSync(`/proc/${pid}/fd/${at[was]}`);
    const files = filesBy(withAhead((fd) => (fd === at.file1 ? early : undefined)));
    expect(files.find(({ fd }) => fd === at.file1)?.path).toBe(link);
  });

  it('an fd closed since is not there', async () => {
    const gone = at.file1 as number;
    const early = infoOf(gone);
    child.stdin?.write('close\n');
    await answer();
    const proc = withAhead((fd) => (fd === gone ? early : undefined));
    expect(filesBy(proc).some(({ fd }) => fd === gone)).toBe(false);
  });
});

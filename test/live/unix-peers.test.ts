import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetFacts } from '../../src/facts.ts';
import { loadNative } from '../../src/probe/native/koffi.ts';
import type { Native } from '../../src/probe/native/native.ts';
import { createProbe, scanner } from '../../src/probe/probe.ts';
import { failed, realProc } from '../../src/probe/proc.ts';
import { isRoot } from '../support/live.ts';
import { builtin } from '../support/policy.ts';

const { native: loaded, missing } = loadNative();
const skip =
  missing ?? (spawnSync('python3', ['-V']).status === 0 ? undefined : 'no python3 to hold sockets');
if (skip !== undefined) console.log(`peers of unix sockets not tested: ${skip}`);
if (!isRoot) console.log('what a unix socket tells of its peer is not tested: needs CAP_NET_ADMIN');

/**
 * Connected with itself and with its children's, named or not, accepted and waiting, with data, half closed, orphaned,
 * passed twice. At a line of input the children end.
 */
const program = String.raw`
import os, socket, sys
U, S, D, Q = socket.AF_UNIX, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET
held = []
end, alive = os.pipe()
def child():
    os.close(alive); os.read(end, 1); os._exit(0)
for kind in (S, Q, D):
    for _ in range(6): held += socket.socketpair(U, kind)
    a, b = socket.socketpair(U, kind); a.send(b'12345'); held += [a, b]
    a, b = socket.socketpair(U, kind); a.shutdown(socket.SHUT_WR); held += [a, b]
    a, b = socket.socketpair(U, kind); b.close(); held.append(a)
    a, b = socket.socketpair(U, kind); a.set_inheritable(True); held.append(a.dup())
    if os.fork() == 0:
        a.close(); child()
    b.close(); held.append(a)
for kind in (S, Q):
    name = '\0peers-%d-%d' % (os.getpid(), kind)
    s = socket.socket(U, kind); s.bind(name); s.listen(9); held.append(s)
    for _ in range(3):
        c = socket.socket(U, kind); c.connect(name); held.append(c)
    held.append(s.accept()[0])
    c.send(b'x')
    s = socket.socket(U, kind); s.bind(name + 'child'); s.listen(9)
    for half in (False, True):
        c = socket.socket(U, kind); c.connect(name + 'child'); held.append(c)
        one = s.accept()[0]
        if half: one.shutdown(socket.SHUT_WR)
        if os.fork() == 0:
            c.close(); child()
        one.close()
    s.close()
print(os.getpid(), flush=True)
sys.stdin.readline()
os.close(alive)
while True:
    try: os.wait()
    except ChildProcessError: break
print('ended', flush=True)
sys.stdin.read()
`;

describe.skipIf(skip !== undefined)('peers of unix sockets', () => {
  const native = loaded as Native;
  const proc = native?.proc(realProc());
  const { asks } = builtin('criu');
  let child: ChildProcess;
  let lines: Interface;
  let pid: number;

  beforeAll(async () => {
    child = spawn('python3', ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    lines = createInterface(child.stdout as NodeJS.ReadableStream);
    const [line] = await once(lines, 'line');
    pid = Number(line);
  });
  afterAll(() => {
    child?.stdin?.end();
  });

  const sockets = (target: unknown): readonly Readonly<Record<string, unknown>>[] => {
    if (typeof target !== 'object' || target === null || failed(target)) throw new Error(String(target));
    return (target as TargetFacts).processes
      .flatMap(({ files }) => files)
      .filter(({ kind }) => kind === 'unix')
      .map(({ fd, facts }) => ({ fd, ...facts }));
  };
  /** Nothing is told by a peer where every socket is in the table. */
  const byTable = () => {
    const whole = { ...native, unixSockets: (netNs: string) => native.unixSockets(netNs) };
    return sockets(createProbe(proc, whole)({ pid, type: 'process', asks }));
  };

  it.each([
    ['asked for one by one, and known from then on', false],
    ['asked for at once', true],
  ])('%s, they are what the table of all says', (_, shared) => {
    const probe = createProbe(proc, native, scanner(proc, native, { shared }));
    const want = byTable();
    expect(want.length).toBeGreaterThan(50);
    expect(new Set(want.map(({ peer }) => peer))).toEqual(new Set(['inside', 'outside', 'none', 'pending']));
    for (let times = 0; times < 3; times++)
      expect(sockets(probe({ pid, type: 'process', asks }))).toEqual(want);
  });

  // the namespace of a socket is told to who may administer it
  it.skipIf(!isRoot)('costs one question for both ends of a pair, and none once it is known', () => {
    const asked: string[] = [];
    const counting: Native = {
      ...native,
      unixSockets: (netNs, question) =>
        native.unixSockets(netNs, question && ((known) => spy(question(known), asked))),
    };
    const probe = createProbe(proc, counting);
    const look = () => {
      asked.length = 0;
      return sockets(probe({ pid, type: 'process', asks })).length;
    };
    const number = look();
    const first = asked.length;
    look();
    expect(first).toBeLessThan(number);
    // what is left: datagram sockets, those that wait to be accepted, listening and orphaned ones
    expect(asked.length).toBeLessThanOrEqual(first - 24);
  });

  it('are not there any more once those who held them have ended', async () => {
    const probe = createProbe(proc, native);
    const before = sockets(probe({ pid, type: 'process', asks }));
    child.stdin?.write('\n');
    await once(lines, 'line');
    const want = byTable();
    const outside = (found: typeof before) => found.filter(({ peer }) => peer === 'outside').length;
    expect(outside(before) - outside(want)).toBe(10);
    expect(sockets(probe({ pid, type: 'process', asks }))).toEqual(want);
  });
});

function* spy(inodes: Iterable<string>, asked: string[]): Iterable<string> {
  for (const inode of inodes) {
    asked.push(inode);
    yield inode;
  }
}

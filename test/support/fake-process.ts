import type { FileFacts, ProcessFacts } from '../../src/facts.ts';
import type { Native, UnixSocketDiag } from '../../src/probe/native/native.ts';
import { createProbe } from '../../src/probe/probe.ts';
import type { Failure, Stat } from '../../src/probe/proc.ts';
import { type FakeProc, fakeProc, type Tree } from './fake-proc.ts';

/** The mounts of this file's fixtures, in the form and order a small Debian machine has them. */
export const mountinfo = `\
22 27 0:21 / /proc rw,relatime - proc proc rw
24 27 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw,size=12334524k
25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw
26 24 0:24 / /dev/pts rw,relatime - devpts devpts rw,mode=600
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:50 / /mnt/fuse rw,nosuid - fuse.bindfs bindfs rw
41 27 0:51 / /mnt/nfs rw - nfs4 server:/x rw
42 27 0:52 / /dev/mqueue rw - mqueue mqueue rw
`;

export const filesystems =
  'nodev\tproc\nnodev\ttmpfs\nnodev\tdevtmpfs\nnodev\tdevpts\nnodev\tsockfs\nnodev\tpipefs\n' +
  'nodev\tanon_inodefs\nnodev\tnsfs\nnodev\tmqueue\nnodev\tfuse\nnodev\tnfs4\n\text4\n\txfs\n\tfuseblk\n';

/** /proc/PID/stat of a process called `job`; field 22 is `start`, field 9 the PF_* flags. */
export const statLine = (
  pid: number,
  { start = '5000', state = 'S', flags = 0, ppid = 1, comm = 'job' } = {},
) =>
  `${pid} (${comm}) ${state} ${ppid} ${pid} ${pid} 0 -1 ${flags} 1 0 0 0 0 0 0 0 20 0 1 0 ${start} 4096 1` +
  `${' 0'.repeat(14)} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;

/** The lines every kernel writes, and some more. */
const statusText = (pid: number) =>
  `Name:\tjob\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t1\nTracerPid:\t0\n` +
  `Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t256\nGroups:\t \nNStgid:\t${pid}\nNSpid:\t${pid}\n` +
  `NSpgid:\t${pid}\nNSsid:\t${pid}\nVmSize:\t    3060 kB\nThreads:\t1\nSigPnd:\t0000000000000000\n` +
  'ShdPnd:\t0000000000000000\nCapEff:\t000001fffeffffff\nSeccomp:\t0\n';

/** Its head as seq_show() of fs/proc/fd.c prints it. */
export const fdinfoHead = ({ flags = '0100000', mntId = 27, ino = '100' } = {}) =>
  `pos:\t0\nflags:\t${flags}\nmnt_id:\t${mntId}\nino:\t${ino}\n`;

const namespaceLinks = (pid: string) =>
  Object.fromEntries(
    [
      'mnt',
      'net',
      'pid',
      'user',
      'uts',
      'ipc',
      'cgroup',
      'time',
      'pid_for_children',
      'time_for_children',
    ].map((type, i) => [
      `${pid}/ns/${type}`,
      `${type.replace('_for_children', '')}:[${4026531835 + (i % 8)}]`,
    ]),
  );

/** Process 7, to which a test adds its files. */
export function baseTree(more: Tree = {}, pid = 7): Tree {
  const own = more.lists?.[`${pid}/fd`] === undefined ? { [`${pid}/fd`]: fdsOf(more, pid) } : {};
  return {
    texts: {
      [`${pid}/stat`]: statLine(pid),
      [`${pid}/status`]: statusText(pid),
      [`${pid}/mountinfo`]: mountinfo,
      'self/mountinfo': mountinfo,
      '1/mountinfo': mountinfo,
      [`${pid}/maps`]: '',
      filesystems,
      ...more.texts,
    },
    links: {
      ...namespaceLinks('self'),
      ...namespaceLinks('1'),
      ...namespaceLinks(String(pid)),
      [`${pid}/root`]: '/',
      ...more.links,
    },
    lists: { ...own, ...more.lists },
    stats: more.stats ?? {},
    magics: more.magics ?? {},
  };
}

const fdsOf = ({ links = {} }: Tree, pid: number): readonly string[] =>
  Object.keys(links).flatMap((path) => new RegExp(`^${pid}/fd/(\\d+)$`).exec(path)?.[1] ?? []);

export interface Probed {
  readonly process: ProcessFacts;
  readonly processes: readonly ProcessFacts[];
  readonly proc: FakeProc;
  fd(number: number): FileFacts;
  via(name: string): FileFacts;
}

export interface ProbeOptions {
  readonly native?: Native;
  readonly asks?: readonly string[];
  readonly asksOf?: (kind: string, fact: string) => boolean;
  readonly type?: 'process' | 'tree';
  readonly members?: readonly number[];
  readonly cgroup?: string | undefined;
}

/** Reads process 7 of the tree; throws what a check would answer as an error. */
export function probeTree(
  tree: Tree,
  { native, asks = [], asksOf, type = 'process', members = [], cgroup }: ProbeOptions = {},
): Probed {
  const proc = fakeProc(tree);
  const answer = createProbe(
    proc,
    native,
  )({
    pid: 7,
    type,
    members,
    ...(cgroup === undefined ? {} : { cgroup }),
    asks: new Set(asks),
    ...(asksOf === undefined ? {} : { asksOf }),
  });
  if (typeof answer === 'string') throw new Error(answer);
  if ('errno' in answer) throw new Error(answer.errno);
  const [process] = answer.processes;
  if (process === undefined) throw new Error('no process');
  const find = (wanted: (file: FileFacts) => boolean): FileFacts => {
    const file = process.files.find(wanted);
    if (file === undefined) throw new Error('no such file');
    return file;
  };
  return {
    process,
    processes: answer.processes,
    proc,
    fd: (number) => find((file) => file.via === 'fd' && file.fd === number),
    via: (name) => find((file) => file.via === name),
  };
}

/** One fd of process 7. */
export const fdTree = (fd: number, link: string, fdinfo: string, more: Tree = {}): Tree =>
  baseTree({
    ...more,
    texts: { [`7/fdinfo/${fd}`]: fdinfo, ...more.texts },
    links: { [`7/fd/${fd}`]: link, ...more.links },
  });

interface Answers {
  readonly protocols?: Readonly<Record<string, string | Failure>>;
  readonly stats?: Readonly<Record<string, Stat | Failure>>;
  readonly unix?: ReadonlyMap<string, UnixSocketDiag>;
}

/** Native calls by their path; what else there is answers ENOSYS, as where the kernel has it not. */
export function fakeNative({ protocols = {}, stats = {}, unix = new Map() }: Answers): Native {
  const calls: Readonly<Record<string, unknown>> = {
    socketProtocol: (path: string) => protocols[path] ?? { errno: 'EOPNOTSUPP' },
    statCached: (path: string) => stats[path] ?? { errno: 'ENOENT' },
    unixSockets: () => unix,
    holding: (_pid: number, act: () => unknown) => act(),
    eventpollFds: () => undefined,
  };
  const absent = () => ({ errno: 'ENOSYS' });
  return new Proxy(calls, { get: (known, name) => known[String(name)] ?? absent }) as unknown as Native;
}

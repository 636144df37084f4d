import type { Facts, FileFacts, ProcessFacts } from '../../src/facts.ts';
import type { Native } from '../../src/probe/native/native.ts';
import type { Failure, Stat } from '../../src/probe/proc.ts';
import { stat, type Tree } from './fake-proc.ts';
import { baseTree, fdinfoHead, mountinfo, probeTree, statLine } from './fake-process.ts';

const types = ['mnt', 'net', 'pid', 'user', 'uts', 'ipc', 'cgroup', 'time'] as const;

export interface Fd {
  readonly link: string;
  /** flags in octal, as fdinfo has them; 0 read, 1 write, 2 both, 010000000 O_PATH. */
  readonly flags?: string;
  readonly mntId?: number;
  readonly ino?: string;
  /** More lines of fdinfo. */
  readonly lines?: string;
  readonly stat?: Partial<Stat>;
}

export interface Member {
  readonly ppid?: number;
  readonly session?: number;
  readonly ttyNr?: number;
  readonly tpgid?: number;
  readonly state?: string;
  /** Namespaces of its own: type → inode. */
  readonly ns?: Readonly<Record<string, number>>;
  readonly fds?: Readonly<Record<number, Fd>>;
  readonly mountinfo?: string;
  readonly maps?: string;
  /** Instead of a status with every capability. */
  readonly status?: string;
}

export type World = Readonly<Record<number, Member>>;

const engineNamespace = (type: string) => 4026531835 + types.indexOf(type as (typeof types)[number]);

/** pid (comm) state ppid pgrp session tty_nr tpgid …: proc(5). */
function line(pid: number, { ppid = 1, session = pid, ttyNr = 0, tpgid = -1, state = 'S' }: Member): string {
  const fields = statLine(pid, { state, ppid }).split(' ');
  fields.splice(5, 3, String(session), String(ttyNr), String(tpgid));
  return fields.join(' ');
}

const statusText = (pid: number) =>
  `Name:\tjob\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t1\nTracerPid:\t0\nUid:\t0\t0\t0\t0\n` +
  `Gid:\t0\t0\t0\t0\nFDSize:\t256\nGroups:\t \nNStgid:\t${pid}\nNSpid:\t${pid}\nNSpgid:\t${pid}\nNSsid:\t${pid}\n` +
  'VmSize:\t    3060 kB\nThreads:\t1\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n' +
  'CapEff:\t000001fffeffffff\nSeccomp:\t0\n';

function membersOf(world: World, inTree: (pid: number) => boolean) {
  const texts: Record<string, string> = {};
  const links: Record<string, string> = {};
  const stats: Record<string, Stat> = {};
  for (const [key, member] of Object.entries(world)) {
    const pid = Number(key);
    texts[`${pid}/stat`] = line(pid, member);
    texts[`${pid}/status`] = member.status ?? statusText(pid);
    texts[`${pid}/maps`] = member.maps ?? '';
    texts[`${pid}/mountinfo`] = member.mountinfo ?? mountinfo;
    const children = Object.keys(world).filter(
      (child) => world[Number(child)]?.ppid === pid && inTree(Number(child)),
    );
    texts[`${pid}/task/${pid}/children`] = children.map((child) => `${child} `).join('');
    links[`${pid}/root`] = '/';
    for (const type of types) {
      const link = `${type}:[${member.ns?.[type] ?? engineNamespace(type)}]`;
      links[`${pid}/ns/${type}`] = link;
      if (type === 'pid' || type === 'time') links[`${pid}/ns/${type}_for_children`] = link;
    }
    for (const [fd, { link, flags = '02', mntId = 27, ino = '100', lines = '', stat: own }] of Object.entries(
      member.fds ?? {},
    )) {
      links[`${pid}/fd/${fd}`] = link;
      texts[`${pid}/fdinfo/${fd}`] = fdinfoHead({ flags, mntId, ino }) + lines;
      if (own !== undefined) stats[`${pid}/fd/${fd}`] = stat({ inode: ino, ...own });
    }
  }
  return { texts, links, stats };
}

/** A machine with these processes; 7 is the root of the tree that is asked for, and 1 stands for the engine. */
export function worldTree(world: World, more: Tree = {}): Tree {
  const { texts, links, stats } = membersOf(world, (pid) => pid !== 7);
  const tree = baseTree({
    texts: { ...texts, ...more.texts },
    links: { ...links, ...more.links },
    stats: { ...stats, ...more.stats },
    lists: more.lists ?? {},
  });
  const fdLists = Object.entries(world).map(
    ([pid, { fds }]) => [`${pid}/fd`, Object.keys(fds ?? {})] as const,
  );
  return { ...tree, lists: { '': Object.keys(world), ...Object.fromEntries(fdLists), ...more.lists } };
}

export interface Seen {
  facts(pid: number): Facts;
  fd(pid: number, number: number): FileFacts;
  /** Mounts and network devices of the root, by name. */
  named(via: 'mount' | 'device' | 'cwd' | 'root'): readonly FileFacts[];
}

interface Question {
  readonly asks?: readonly string[];
  readonly native?: Partial<Native>;
  readonly more?: Tree;
  /** Processes of the cgroup of the target. */
  readonly members?: readonly number[];
  readonly cgroup?: string | undefined;
}

export function see(world: World, { asks = [], native, more, members = [], cgroup }: Question = {}): Seen {
  const probed = probeTree(worldTree(world, more), {
    asks,
    members,
    cgroup,
    type: 'tree',
    ...(native === undefined ? {} : { native: nativeOf(native) }),
  });
  const process = (pid: number): ProcessFacts => {
    const found = probed.processes.find((one) => one.pid === pid);
    if (found === undefined) throw new Error(`no process ${pid}`);
    return found;
  };
  return {
    facts: (pid) => process(pid).facts,
    fd: (pid, number) => {
      const found = process(pid).files.find(({ via, fd }) => via === 'fd' && fd === number);
      if (found === undefined) throw new Error(`no fd ${number} of ${pid}`);
      return found;
    },
    named: (via) => probed.process.files.filter((file) => file.via === via),
  };
}

/** What is not given answers ENOSYS, as where the kernel has it not; `inCgroupNs` runs in place. */
export function nativeOf(calls: Partial<Native>): Native {
  const absent = (): Failure => ({ errno: 'ENOSYS' });
  const own: Partial<Native> = { holding: (_, act) => act(), ...calls };
  return new Proxy(own, {
    get: (known, name) => known[name as keyof Native] ?? absent,
  }) as Native;
}

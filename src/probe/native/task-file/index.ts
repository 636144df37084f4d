import { readFileSync } from 'node:fs';
import { type FdFolder, failed, type Proc } from '../../proc.ts';
import type { Native } from '../native.ts';
import { O_RDONLY_CLOEXEC, type System } from '../system.ts';
import { type Btf, namesAsked, parseBtf } from './btf.ts';
import { attachedTo } from './emitter.ts';
import { type FdPair, findPairs, findProgram } from './eventpolls.ts';
import { layout } from './layout.ts';
import { type BpfCalls, bpfCalls } from './load.ts';
import { taskFileProgram } from './program.ts';
import { createTaskFiles, EVENTPOLL, type TaskFiles } from './reader.ts';
import { linkOf, operationsOf } from './record.ts';
import { agreeing, firstDifference } from './verify.ts';

const typesOfKernel = '/sys/kernel/btf/vmlinux';
/** PROC_PID_INIT_INO, include/linux/proc_ns.h */
const firstPidNamespace = 'pid:[4026531836]';

export interface FileIterators {
  readonly files: TaskFiles;
  /** Fds of all eventpolls of the node; undefined where they have to be looked for. */
  readonly eventpolls: () => readonly FdPair[] | undefined;
}

/**
 * Open files by the kernel's own iterator over them (Linux 6.1, CAP_BPF and CAP_PERFMON), or why that cannot be had. Takes
 * some 100 ms. `proc` reads procfs itself; `pid` is of our own process.
 */
export function openFileIterators(
  system: System,
  proc: Pick<Proc, 'openFds'>,
  native: Pick<Native, 'socketOptions'>,
  pid: number,
): FileIterators | { readonly missing: string } {
  const bpf = bpfCalls(system);
  const map = bpf.createMap(layout.text[1]);
  // before anything is read: most often it is the right that is missing
  if (failed(map)) return { missing: `bpf(2): ${map.errno}` };
  try {
    return withFilesOfOurOwn(system, () => load(system, bpf, map as number, proc, native, pid));
  } catch (error) {
    return { missing: (error as Error).message };
  } finally {
    // the program holds it
    system.close(map as number);
  }
}

/** Throws where the kernel lacks what is read, or reads otherwise. */
function load(
  system: System,
  bpf: BpfCalls,
  map: number,
  proc: Pick<Proc, 'openFds'>,
  native: Pick<Native, 'socketOptions'>,
  pid: number,
): FileIterators {
  const names = namesAsked((types) => {
    types.functionId(attachedTo);
    taskFileProgram(types, map);
    findProgram(types, 0n);
  });
  const btf = parseBtf(readFileSync(typesOfKernel), names);
  const functionId = btf.functionId(attachedTo);
  if (functionId === undefined) throw new Error(`this kernel has no ${attachedTo}`);
  const program = bpf.load(taskFileProgram(btf, map), functionId);
  if (failed(program)) throw new Error(`bpf(2): ${program.errno}`);
  const fds = proc.openFds(pid);
  try {
    if (failed(fds)) throw new Error(`the fds of the agent: ${fds.errno}`);
    const files = agreeing(
      (adding) => createTaskFiles(system, program, adding),
      (some) => firstDifference(some, pid, fds, native),
    );
    return { files, eventpolls: eventpollFinder(system, bpf, btf, functionId, files, pid, fds) };
  } catch (error) {
    program.close();
    throw error;
  } finally {
    if (!failed(fds)) fds.close();
  }
}

/** Some of the kinds that a probing process has none of by itself. */
function withFilesOfOurOwn<T>(system: System, act: () => T): T {
  const [AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM, SOCK_CLOEXEC] = [2, 10, 1, 2, 0o2000000];
  const files = ['/', '/dev/null', '/proc/self/status'].map((path) => system.open(path, O_RDONLY_CLOEXEC));
  const sockets = [AF_INET, AF_INET6].flatMap((family) =>
    [SOCK_STREAM, SOCK_DGRAM].map((type) => system.socket(family, type | SOCK_CLOEXEC, 0)),
  );
  // datagrams: nothing is sent, and it has addresses
  system.connect(sockets[1] as number, Buffer.from('020000097f0000010000000000000000', 'hex'));
  system.connect(sockets[3] as number, Buffer.from(`0a00000900000000${'0'.repeat(31)}100000000`, 'hex'));
  const eventpolls = [system.createEventpoll(), system.createEventpoll()];
  // one has an entry, and one none
  system.watch(eventpolls[0] as number, sockets[1] as number);
  try {
    return act();
  } finally {
    for (const fd of [...files, ...sockets, ...eventpolls]) if (fd >= 0) system.close(fd);
  }
}

/** An eventpoll of our own says which f_op they have. */
function eventpollFinder(
  system: System,
  bpf: BpfCalls,
  btf: Btf,
  functionId: number,
  files: TaskFiles,
  pid: number,
  fds: FdFolder,
): FileIterators['eventpolls'] {
  const none = () => undefined;
  // its pids are those of the first namespace, whatever ours
  if (system.readLink('/proc/self/ns/pid') !== firstPidNamespace) return none;
  const numbers = fds.list();
  const opened = files.open(pid);
  if (failed(numbers) || failed(opened)) return none;
  const own = numbers
    .map((fd) => ({ fd, record: opened.record(fd) }))
    .map(({ fd, record }) =>
      record !== undefined && linkOf(record) === EVENTPOLL
        ? { fd, operations: operationsOf(record) }
        : undefined,
    )
    .find((one) => one !== undefined);
  opened.close();
  if (own === undefined) return none;
  const program = bpf.load(findProgram(btf, own.operations), functionId);
  if (failed(program)) return none;
  return () => {
    const pairs = findPairs(system, program);
    const isWhole = !failed(pairs) && pairs.some((pair) => pair.pid === pid && pair.fd === own.fd);
    return isWhole ? pairs : undefined;
  };
}

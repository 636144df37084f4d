import { readFileSync } from 'node:fs';
import { type Failure, type FdFolder, failed, type Proc } from '../../proc.ts';
import type { Native } from '../native.ts';
import type { System } from '../system.ts';
import { type Btf, parseBtf } from './btf.ts';
import { type FdPair, findPairs, findProgram } from './eventpolls.ts';
import { layout } from './layout.ts';
import { type BpfCalls, bpfCalls, type Loaded } from './load.ts';
import { attachedTo, names, taskFileProgram } from './program.ts';
import { createTaskFiles, EVENTFD, type TaskFiles } from './reader.ts';
import { linkOf, operationsOf } from './record.ts';
import { firstDifference } from './verify.ts';

const typesOfKernel = '/sys/kernel/btf/vmlinux';
const EVENTPOLL = 'anon_inode:[eventpoll]';

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
  try {
    const btf = parseBtf(readFileSync(typesOfKernel), names);
    const functionId = btf.functionId(attachedTo);
    if (functionId === undefined) return { missing: `this kernel has no ${attachedTo}` };
    const bpf = bpfCalls(system);
    const program = loadFiles(system, bpf, btf, functionId);
    if (failed(program)) return { missing: `bpf(2): ${program.errno}` };
    const fds = proc.openFds(pid);
    if (failed(fds)) return { missing: `the fds of the agent: ${fds.errno}` };
    try {
      const files = verified(system, program, pid, fds, native);
      if ('missing' in files) program.close();
      else return { files, eventpolls: eventpollFinder(system, bpf, btf, functionId, files, pid, fds) };
      return files;
    } finally {
      fds.close();
    }
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

function loadFiles(system: System, bpf: BpfCalls, btf: Btf, functionId: number): Loaded | Failure {
  const map = bpf.createMap(layout.text[1]);
  if (failed(map)) return map;
  try {
    return bpf.load(taskFileProgram(btf, map as number), functionId);
  } finally {
    // the program holds it
    system.close(map as number);
  }
}

/** Only where it says of our own files what else is read of them. */
function verified(
  system: System,
  program: Loaded,
  pid: number,
  fds: FdFolder,
  native: Pick<Native, 'socketOptions'>,
): TaskFiles | { readonly missing: string } {
  const whole = createTaskFiles(system, program, { eventfds: true });
  const found = firstDifference(whole, pid, fds, native);
  if (found === undefined) return whole;
  if (found.file?.link !== EVENTFD) return { missing: found.what };
  // what eventfds show differs from version to version
  const without = createTaskFiles(system, program, { eventfds: false });
  const difference = firstDifference(without, pid, fds, native);
  return difference === undefined ? without : { missing: difference.what };
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

import { readFileSync } from 'node:fs';
import { failed, type Proc } from '../../proc.ts';
import type { Native } from '../native.ts';
import type { System } from '../system.ts';
import { parseBtf } from './btf.ts';
import { loadProgram } from './load.ts';
import { names } from './program.ts';
import { createTaskFiles, EVENTFD, type TaskFiles } from './reader.ts';
import { firstDifference } from './verify.ts';

const typesOfKernel = '/sys/kernel/btf/vmlinux';

/**
 * Open files by the kernel's own iterator over them (Linux 6.1, CAP_BPF and CAP_PERFMON), or why that cannot be had. Takes
 * some 100 ms. `proc` reads procfs itself; `pid` is of our own process.
 */
export function openTaskFiles(
  system: System,
  proc: Pick<Proc, 'openFds'>,
  native: Pick<Native, 'socketOptions'>,
  pid: number,
): TaskFiles | { readonly missing: string } {
  try {
    const program = loadProgram(system, parseBtf(readFileSync(typesOfKernel), names));
    if (failed(program)) return { missing: `bpf(2): ${program.errno}` };
    const fds = proc.openFds(pid);
    if (failed(fds)) return { missing: `the fds of the agent: ${fds.errno}` };
    const whole = createTaskFiles(system, program, { eventfds: true });
    const without = createTaskFiles(system, program, { eventfds: false });
    // what eventfds show differs from version to version
    const found = firstDifference(whole, pid, fds, native);
    const isOfEvent = found?.file?.link === EVENTFD;
    const difference = isOfEvent ? firstDifference(without, pid, fds, native) : found;
    fds.close();
    if (difference === undefined) return isOfEvent ? without : whole;
    program.close();
    return { missing: difference.what };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

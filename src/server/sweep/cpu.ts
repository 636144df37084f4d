import { readFileSync } from 'node:fs';

/** USER_HZ: what procfs counts in, the same on every machine. */
const ticksPerSecond = 100;

/** CPU time of a process of the agent itself, fields 14 and 15 of proc(5): it cannot be asked while it hangs. */
export function cpuMsOf(pid: number | undefined): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(') ') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
  } catch {
    return 0; // it is gone
  }
}

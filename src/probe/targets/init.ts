import { type PidStat, parsePidStat } from '../parse/pid-stat.ts';
import { parsePidStatus } from '../parse/pid-status.ts';
import { readStat } from '../pid.ts';
import { failed, gone, type Proc } from '../proc.ts';
import type { RuntimeState } from './runtime-state.ts';

type Stated = Pick<RuntimeState, 'initPid' | 'initStartTicks'>;

/**
 * The root of the tree that `criu dump -t` would be given for a container: what its runtime has written down, where
 * that process still is the one; else process 1 of its pid namespace; else, where it has none of its own (host-PID,
 * shared process namespace), the oldest whose parent is outside. The parents of what `kubectl exec` put in are outside too.
 * It may be a zombie with live threads.
 */
export function chooseInit(proc: Proc, pids: readonly number[], stated: Stated = {}): number | undefined {
  const stats = new Map<number, PidStat>();
  for (const pid of pids) {
    const stat = statOf(proc, pid);
    if (stat !== undefined) stats.set(pid, stat);
  }
  const { initPid, initStartTicks } = stated;
  const written = initPid === undefined ? undefined : stats.get(initPid);
  if (written !== undefined && (initStartTicks === undefined || initStartTicks === written.startTimeTicks))
    return initPid;
  const roots = [...stats.values()].filter(({ ppid }) => !stats.has(ppid)).sort(byAge);
  const nested = roots.map(({ pid }) => ({ pid, nsPid: nsPidOf(proc, pid) }));
  // a deeper one than the others began within, as what `unshare --pid` leaves behind
  const depth = Math.min(...nested.map(({ nsPid }) => nsPid.length));
  const first = nested.find(({ nsPid }) => depth > 1 && nsPid.length === depth && nsPid.at(-1) === 1);
  return (first ?? roots[0])?.pid;
}

/** Whether a process that a runtime once started is still that process. */
export function isStated(proc: Proc, { initPid, initStartTicks }: Stated): boolean {
  const stat = initPid === undefined ? undefined : statOf(proc, initPid);
  if (stat === undefined || isDead(stat)) return false;
  return initStartTicks === undefined || initStartTicks === stat.startTimeTicks;
}

/** Whether any of them lives. One that has ended stays in its v2 cgroup until its parent has asked for it. */
export const someLive = (proc: Proc, pids: readonly number[]): boolean =>
  pids.some((pid) => {
    const stat = readStat(proc, pid);
    // one that may not be read is there; one that is gone is not
    return failed(stat) ? !gone(stat) : !isDead(stat);
  });

/** A leader that has left its threads is a zombie, and its container runs. */
const isDead = ({ state, numThreads }: PidStat): boolean => /[ZX]/.test(state) && numThreads < 2;

export const commOf = (proc: Proc, pid: number): string | undefined => statOf(proc, pid)?.comm;

/** Whether they all are in a pid namespace below the reader's, of which one is process 1: a container, whatever its cgroup. */
export function isContained(proc: Proc, pids: readonly number[]): boolean {
  const all = pids.map((pid) => nsPidOf(proc, pid));
  return all.some((nsPid) => nsPid.at(-1) === 1) && all.every((nsPid) => nsPid.length > 1);
}

/** Its pid in each pid namespace, inwards; empty where that is not told. */
function nsPidOf(proc: Proc, pid: number): readonly number[] {
  const text = proc.readText(`${pid}/status`);
  return (failed(text) ? undefined : parsePidStatus(text)?.nsPid) ?? [];
}

function statOf(proc: Proc, pid: number): PidStat | undefined {
  const text = proc.readText(`${pid}/stat`);
  return failed(text) ? undefined : parsePidStat(text);
}

function byAge(one: PidStat, other: PidStat): number {
  const difference = BigInt(one.startTimeTicks) - BigInt(other.startTimeTicks);
  return difference === 0n ? one.pid - other.pid : difference < 0n ? -1 : 1;
}

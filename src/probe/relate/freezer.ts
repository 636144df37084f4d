import { decodeBytes } from '../bytes.ts';
import { isBelow } from '../mounts.ts';
import { parseCgroup } from '../parse/cgroup.ts';
import type { PidStat } from '../parse/pid-stat.ts';
import { parsePidStatus } from '../parse/pid-status.ts';
import { readStat } from '../pid.ts';
import { type Failure, failed, gone, type Proc } from '../proc.ts';
import type { Tree } from './tree.ts';

/**
 * What CRIU meets when it stops a cgroup (`--freeze-cgroup`, which every container runtime gives) instead of process
 * after process: it seizes all that is in it, and nothing else (CRIU seize.c: seize_cgroup_tree).
 */
export function relateFreezer({ root, processes, members, cgroup = '', scan: { proc } }: Tree): void {
  const own = freezerOf(proc, root.pid);
  const frozen = root.facts.frozen === 'v1';
  for (const { pid, stat, facts } of processes) {
    if (stat.state === 'Z') continue;
    const group = freezerOf(proc, pid);
    if (failed(group) || failed(own)) {
      // one that has ended has done so in no group
      facts.stoppedInFreezer = failed(group) && gone(group) ? false : null;
      facts.outsideFreezer = failed(group) && gone(group) ? false : null;
      continue;
    }
    facts.stoppedInFreezer = group.version === 1 && isStopped(proc, stat, frozen);
    // a systemd of the container's moves itself: its own group is then not the container's
    const top = cgroup !== '' && isBelow(own.path, cgroup) ? cgroup : own.path;
    facts.outsideFreezer = isBelow(group.path, top) ? false : cgroup === '' ? null : true;
  }
  const inTree = new Set(processes.map(({ pid }) => pid));
  const others = members.filter((pid) => !inTree.has(pid)).map((pid) => troubleWith(proc, pid, frozen));
  if (others.includes(null)) root.facts.outsidersInTheWay = null;
  else if (others.some(Boolean))
    root.facts.outsidersInTheWay = others.filter((text) => text !== '').map(String);
}

/** Empty: none. null: it could not be read. */
function troubleWith(proc: Proc, pid: number, frozen: boolean): string | null {
  const stat = readStat(proc, pid);
  const status = proc.readText(`${pid}/status`);
  const group = freezerOf(proc, pid);
  for (const each of [stat, status, group]) if (failed(each)) return gone(each) ? '' : null;
  if (failed(stat) || failed(status) || failed(group)) return null;
  if (stat.state === 'Z' || stat.state === 'X') return '';
  const tracer = parsePidStatus(status)?.tracerPid;
  const name = `${pid} (${decodeBytes(stat.comm).text})`;
  if (tracer === undefined) return null;
  if (tracer > 0) return `${name} traced by ${tracer}`;
  if (group.version === 1 && isStopped(proc, stat, frozen)) return `${name} stopped`;
  return stat.state === 'D' && !frozen ? `${name} in an uninterruptible sleep` : '';
}

interface Group {
  readonly version: 1 | 2;
  readonly path: string;
}

function freezerOf(proc: Proc, pid: number): Group | Failure {
  const text = proc.readText(`${pid}/cgroup`);
  if (failed(text)) return text;
  const { rows } = parseCgroup(text);
  const old = rows.find(({ controllers }) => controllers.includes('freezer'));
  return old === undefined
    ? { version: 2, path: rows.find(({ hierarchyId }) => hierarchyId === 0)?.path ?? '/' }
    : { version: 1, path: old.path };
}

/** Whose signal the parent has asked for shows none; what is frozen by v1 is in state D whatever it was before. */
function isStopped(proc: Proc, { pid, state, exitCode }: PidStat, frozen: boolean): boolean {
  if (state === 'T' || (state === 'D' && frozen && exitCode !== 0)) return true;
  if (state !== 'D' || !frozen) return false;
  const place = proc.readText(`${pid}/wchan`);
  return !failed(place) && /^(do_signal_stop|get_signal)/.test(place);
}

import type { FactValue, Unread } from '../facts.ts';
import { readFrozen } from './freezer.ts';
import { parseLimits } from './parse/limits.ts';
import type { PidStat } from './parse/pid-stat.ts';
import { type PidStatus, parsePidStatus } from './parse/pid-status.ts';
import { type Failure, failed, gone } from './proc.ts';
import type { Scan } from './scan.ts';

export const namespaceTypes = ['mnt', 'net', 'pid', 'user', 'uts', 'ipc', 'cgroup', 'time'] as const;

/** SIGTRAP pending in SigPnd/ShdPnd: signal 5 is bit 4. */
const SIGTRAP_BIT = 1n << 4n;
const CAP_SYS_RESOURCE = 24n;
const CAP_SYS_ADMIN = 21n;

/** Notes what could not be read, and marks the facts that are missing for it. */
export type NoteUnread = (call: string, failure: Failure, facts: readonly string[]) => void;

export interface ProcessRead {
  readonly scan: Scan;
  readonly pid: number;
  readonly stat: PidStat;
  readonly unread: Unread[];
  /** Its open fds, or why they could not be listed. */
  readonly fds: readonly number[] | Failure;
}

/** Facts of the process itself: proc(5) stat, status, limits, ns, cgroup. */
export function readProcessFacts({ scan, pid, stat, unread, fds }: ProcessRead): Record<string, FactValue> {
  const facts: Record<string, FactValue> = {
    state: stat.state,
    ppid: stat.ppid,
    pgrp: stat.pgrp,
    session: stat.session,
    threads: stat.numThreads,
    schedulingPolicy: stat.policy,
    ...(stat.state === 'T' ? { stopSignal: stat.exitCode } : {}),
  };
  const note: NoteUnread = (call, failure, names) => {
    if (gone(failure)) return;
    unread.push({ pid, call, errno: failure.errno, facts: names });
    for (const name of names) facts[name] = null;
  };
  addStatus(scan, pid, stat, facts, note);
  if (stat.state !== 'Z') {
    addNamespaces(scan, pid, facts, note);
    addLimits(scan, pid, fds, facts, note);
    if (scan.asks.has('deadThreads')) addThreads(scan, pid, stat, facts, note);
  }
  Object.assign(facts, readFrozen(scan, pid, note));
  return facts;
}

function addStatus(
  scan: Scan,
  pid: number,
  stat: PidStat,
  facts: Record<string, FactValue>,
  note: NoteUnread,
): void {
  const text = scan.proc.readPiece(`${pid}/status`);
  const status = failed(text) ? undefined : parsePidStatus(text);
  if (status === undefined) {
    const names = [
      'uids',
      'gids',
      'tracerPid',
      'otherIds',
      'trapPending',
      'supplementaryGroups',
      'pidInNamespace',
    ];
    note('read status', failed(text) ? text : { errno: 'EBADMSG' }, names);
    return;
  }
  Object.assign(facts, {
    uids: status.uids.map(String),
    gids: status.gids.map(String),
    tracerPid: status.tracerPid,
    // prlimit(2) compares real, effective and saved ids with the caller's; an engine runs as root
    otherIds: [...status.uids.slice(0, 3), ...status.gids.slice(0, 3)].some((id) => id !== 0),
    trapPending: ((status.sigPnd | status.shdPnd) & SIGTRAP_BIT) !== 0n,
    supplementaryGroups: status.groups.length,
    pidInNamespace: status.nsPid?.at(-1) ?? pid,
    pidNamespaceDepth: status.nsPid?.length ?? 1,
    sessionInNamespace: status.nsSid?.at(-1) ?? stat.session,
    engineMaySetLimits: engineMaySetLimits(scan, pid),
    mayExceedFdLimit: (status.capEff & ((1n << CAP_SYS_ADMIN) | (1n << CAP_SYS_RESOURCE))) !== 0n,
    noNewPrivileges: status.fields.get('NoNewPrivs') === '1',
    vmSizeBytes: vmSize(status),
  });
}

const vmSize = (status: PidStatus): number => (status.vmSizeKb ?? 0) * 1024;

/**
 * CAP_SYS_RESOURCE in the process's user namespace, which prlimit(2) asks for. The engine is what the process that
 * stands for it is; whoever made a user namespace has every capability in it (user_namespaces(7)).
 */
function engineMaySetLimits({ proc, native, engine, namespace, once }: Scan, pid: number): FactValue {
  const capabilities = once(engineCapabilities);
  if (capabilities === undefined) return null;
  if ((capabilities & (1n << CAP_SYS_RESOURCE)) !== 0n) return true;
  const [own, its] = [proc.readLink(`${engine}/ns/user`), namespace(pid, 'user')];
  if (failed(own) || failed(its)) return null;
  if (own === its) return false;
  const path = `${proc.root}/${pid}/ns/user`;
  const parent = native?.namespaceOwner(path);
  const uid = native?.userNamespaceUid(path);
  // of one further in nobody but its maker's maker can tell
  if (parent === undefined || failed(parent) || uid === undefined || failed(uid)) return null;
  return `user:[${parent}]` === own ? uid === once(engineUid) : null;
}

function engineStatus({ proc, engine }: Scan): PidStatus | undefined {
  const text = proc.readPiece(`${engine}/status`);
  return failed(text) ? undefined : parsePidStatus(text);
}

const engineCapabilities = (scan: Scan) => engineStatus(scan)?.capEff;
const engineUid = (scan: Scan) => engineStatus(scan)?.uids[1];

function addNamespaces(scan: Scan, pid: number, facts: Record<string, FactValue>, note: NoteUnread): void {
  const own: string[] = [];
  for (const type of namespaceTypes) {
    const link = scan.proc.readLink(`${pid}/ns/${type}`);
    if (failed(link)) {
      if (link.errno === 'ENOENT') continue; // a type this kernel does not have
      note('readlink ns', link, ['ownNamespaces', 'nestedNamespaces', 'timeForChildrenDiffers']);
      return;
    }
    facts[`${type}Namespace`] = link;
    if (link !== scan.engineNamespace(type)) own.push(type);
  }
  facts.ownNamespaces = own;
  facts.pidNamespaceInode = namespaceInode(facts.pidNamespace);
  const children = scan.proc.readLink(`${pid}/ns/time_for_children`);
  facts.timeForChildrenDiffers = !failed(children) && children !== facts.timeNamespace;
  const pids = scan.proc.readLink(`${pid}/ns/pid_for_children`);
  facts.pidForChildrenDiffers = !failed(pids) && pids !== facts.pidNamespace;
  if (own.includes('user')) {
    const maps = ['uid_map', 'gid_map'].map((name) => scan.proc.readText(`${pid}/${name}`));
    const unread = maps.find(failed);
    if (unread) note('read uid_map', unread, ['idMapMissing']);
    // CRIU asks what 0 of the namespace is outside (namespaces.c:931)
    else facts.idMapMissing = !maps.every((map) => /^\s*0\s/m.test(String(map)));
  }
}

/** `4026531836` of `pid:[4026531836]`. */
const namespaceInode = (link: FactValue | undefined): string => /\d+/.exec(String(link))?.[0] ?? '';

function addLimits(
  scan: Scan,
  pid: number,
  fds: ProcessRead['fds'],
  facts: Record<string, FactValue>,
  note: NoteUnread,
): void {
  const text = scan.proc.readPiece(`${pid}/limits`);
  if (failed(text) || failed(fds)) {
    note('read limits', failed(text) ? text : (fds as Failure), [
      'freeDescriptors',
      'softFdLimit',
      'openFds',
    ]);
    return;
  }
  const limits = parseLimits(text);
  const soft = limits.get('Max open files')?.soft ?? Number.POSITIVE_INFINITY;
  const softFdLimit = Math.min(soft, Number.MAX_SAFE_INTEGER);
  facts.openFds = fds.length;
  facts.softFdLimit = softFdLimit;
  facts.freeDescriptors = softFdLimit - fds.filter((fd) => fd < softFdLimit).length;
  const space = limits.get('Max address space')?.soft ?? Number.POSITIVE_INFINITY;
  const used = typeof facts.vmSizeBytes === 'number' ? facts.vmSizeBytes : 0;
  facts.addressSpaceLeftBytes = Math.min(space - used, Number.MAX_SAFE_INTEGER);
}

/** Signals pending for one thread alone, and threads that are ending. */
function addThreads(
  scan: Scan,
  pid: number,
  stat: PidStat,
  facts: Record<string, FactValue>,
  note: NoteUnread,
): void {
  const threads = scan.proc.list(`${pid}/task`);
  if (failed(threads)) {
    note('list task', threads, ['deadThreads', 'partlyStopped']);
    return;
  }
  let dead = 0;
  facts.partlyStopped = false;
  for (const thread of threads) {
    if (Number(thread) === pid) continue;
    const text = scan.proc.readPiece(`${pid}/task/${thread}/status`);
    if (failed(text)) continue;
    const state = /^State:\t(.)/m.exec(text)?.[1] ?? '';
    if (state === 'Z' || state === 'X') dead++;
    const stopped = stat.state === 'T' ? 'RS'.includes(state) : 'RS'.includes(stat.state) && state === 'T';
    if (stopped) facts.partlyStopped = true;
    const status = parsePidStatus(text);
    if (status && (status.sigPnd & SIGTRAP_BIT) !== 0n) facts.trapPending = true;
  }
  facts.deadThreads = dead;
}

import { parsePidStatus } from '../probe/parse/pid-status.ts';
import { failed, type Proc } from '../probe/proc.ts';
import { wordsOf } from './hang/place.ts';
import type { StuckState } from './hang/stuck-places.ts';

/** One line of `/readyz?verbose`. A critical check that fails makes the agent not ready. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly critical: boolean;
  readonly message: string;
}

const CAP_CHECKPOINT_RESTORE = 40n;
const CAP_SYS_ADMIN = 1n << 21n;

/** include/uapi/linux/capability.h: what reading other users' processes takes, and what is lost without. */
const wanted = [
  { bit: 19n, name: 'CAP_SYS_PTRACE', without: 'processes of other users are unknown' },
  {
    bit: 2n,
    name: 'CAP_DAC_READ_SEARCH',
    without: 'folders closed to this user hide whether a path is still there',
  },
  {
    bit: 12n,
    name: 'CAP_NET_ADMIN',
    without: 'a process with an internet socket that was never bound or connected is unknown',
  },
  {
    bit: CAP_CHECKPOINT_RESTORE,
    name: 'CAP_CHECKPOINT_RESTORE',
    without: 'a process that maps files of an overlay, as in most containers, is unknown',
  },
] as const;

export interface Reading {
  readonly proc: Proc;
  /** As of `Local`. */
  readonly nativeMissing: string | undefined;
  readonly fileIterator: () => string;
}

export function procChecks({ proc, nativeMissing, fileIterator }: Reading): readonly ReadinessCheck[] {
  return [
    checkProcfs(proc),
    checkPids(proc),
    checkHidepid(proc),
    ...checkCapabilities(proc),
    checkNative(nativeMissing),
    checkIterator(fileIterator()),
  ];
}

/** Who polls has the answer before where the new one takes its time: it may wait for a check, or hang. */
export function latestChecks(
  ask: () => Promise<readonly ReadinessCheck[]>,
  first: readonly ReadinessCheck[],
  patienceMs = 500,
): () => Promise<readonly ReadinessCheck[]> {
  let known = first;
  let asking: Promise<void> | undefined;
  const take = (checks: readonly ReadinessCheck[]) => {
    known = checks;
  };
  return async () => {
    asking ??= ask()
      .then(take, () => {})
      .finally(() => {
        asking = undefined;
      });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([asking, patience]).finally(() => clearTimeout(timer));
    return known;
  };
}

/** What hung, without paths: anyone may read it. Critical where it is procfs itself. */
export function stuckCheck(states: readonly StuckState[]): ReadinessCheck {
  const name = 'hung mounts';
  if (states.length === 0)
    return { name, ok: true, critical: false, message: 'none: all that was asked answers' };
  const said = states.slice(0, mostSaid).map(({ stuck, sinceMs, triesAgainInMs }) => {
    const [since, again] = [sinceMs, triesAgainInMs].map((ms) => Math.ceil(ms / 1000));
    return `${wordsOf(stuck, false)} for ${since} s, tried again in ${again} s`;
  });
  const more = states.length > mostSaid ? [`${states.length - mostSaid} more`] : [];
  const critical = states.some(({ stuck }) => stuck.what === 'procfs');
  return {
    name,
    ok: false,
    critical,
    message: `not asked, and so unknown: ${[...said, ...more].join('; ')}`,
  };
}

const mostSaid = 5;

function checkProcfs(proc: Proc): ReadinessCheck {
  const stat = proc.readText('self/stat');
  const ok = !failed(stat);
  return {
    name: 'procfs',
    ok,
    critical: true,
    message: ok ? `readable at ${proc.root}` : `${proc.root}/self/stat: ${stat.errno}`,
  };
}

/** Of another pid namespace a number is another process there: what is asked by a pid is not asked. */
function checkPids(proc: Proc): ReadinessCheck {
  const own = proc.readLink('self') === String(process.pid);
  const message = own
    ? 'procfs is of the pid namespace of the agent'
    : 'procfs is of another pid namespace: who shares what, and unbound sockets, are unknown';
  return { name: 'pids', ok: own, critical: false, message };
}

/** proc(5): with hidepid other users' processes look as if they did not exist. */
function checkHidepid(proc: Proc): ReadinessCheck {
  const hidden = failed(proc.readText('1/stat'));
  const message = hidden
    ? 'process 1 is not visible: hidepid or a pid namespace; what is hidden is not found'
    : 'process 1 is visible';
  return { name: 'hidepid', ok: !hidden, critical: false, message };
}

function checkCapabilities(proc: Proc): readonly ReadinessCheck[] {
  const text = proc.readText('self/status');
  const effective = (failed(text) ? undefined : parsePidStatus(text)?.capEff) ?? 0n;
  return wanted.map(({ bit, name, without }) => {
    // include/linux/capability.h checkpoint_restore_ns_capable()
    const either = bit === CAP_CHECKPOINT_RESTORE ? CAP_SYS_ADMIN : 0n;
    const ok = (effective & ((1n << bit) | either)) !== 0n;
    return { name: `capability ${name}`, ok, critical: false, message: ok ? 'held' : `missing: ${without}` };
  });
}

function checkNative(missing: string | undefined): ReadinessCheck {
  const message =
    missing === undefined
      ? 'socket protocols and cached file status can be read'
      : `not loaded (${missing}): unbound sockets and files on FUSE or network filesystems are unknown`;
  return { name: 'native', ok: missing === undefined, critical: false, message };
}

/** The answers are the same. */
function checkIterator(missing: string): ReadinessCheck {
  const message =
    missing === ''
      ? "open files are told by the kernel's iterator over them"
      : `open files are read one by one, which takes longer (${missing})`;
  return { name: 'file iterator', ok: true, critical: false, message };
}

import type { Facts, FactValue, ProcessFacts, Unread } from '../facts.ts';
import { decodeBytes } from './bytes.ts';
import type { Classify } from './classify.ts';
import { type Draft, finish } from './draft.ts';
import { type Owner, readFd, readMapped, readNamed } from './file.ts';
import type { Kind } from './kind.ts';
import { readMemory } from './memory.ts';
import { type PidStat, parsePidStat } from './parse/pid-stat.ts';
import { type Failure, failed, type Proc } from './proc.ts';
import { readProcessFacts } from './process-facts.ts';
import type { Scan } from './scan.ts';
import { readSecurityLabel } from './security-label.ts';

export interface FileDraft {
  readonly draft: Draft;
  readonly kind: Kind;
}

/** A process that has been read and not yet related to the others. */
export interface ProcessDraft {
  readonly pid: number;
  readonly stat: PidStat;
  readonly facts: Record<string, FactValue>;
  readonly files: FileDraft[];
  readonly unread: Unread[];
  changed: boolean;
  /** Lines of maps; undefined where it was not read. */
  readonly mapCount: number | undefined;
}

const PF_KTHREAD = 0x200000;
export const isKernelThread = (stat: PidStat): boolean => (stat.flags & PF_KTHREAD) !== 0;

/** /proc/PID/stat: who it is; a failure where there is no such process. */
export function readStat(proc: Proc, pid: number): PidStat | Failure {
  const text = proc.readPiece(`${pid}/stat`);
  if (failed(text)) return text;
  return parsePidStat(text) ?? { errno: 'EBADMSG' };
}

/**
 * Reads all of one process: who it is, its fds, cwd, root, exe and mapped files. The identity is read before and
 * after, so that facts of two processes that shared a pid are never mixed: then, as where it ended, it is ESRCH.
 */
export function readProcess(scan: Scan, pid: number, classify: Classify): ProcessDraft | Failure {
  const stat = readStat(scan.proc, pid);
  if (failed(stat)) return stat;
  const unread: Unread[] = [];
  const noteUnread = (call: string, { errno }: Failure, facts: readonly string[] = []) => {
    unread.push({ pid, call, errno, facts });
  };
  const owner = readOwner(scan, pid);
  if (failed(owner.mounts)) noteUnread('read mountinfo', owner.mounts, ['fsType', 'fsRequiresDevice']);

  const before = scan.proc.list(`${pid}/fd`);
  const files: FileDraft[] = [];
  const add = (draft: Draft) => {
    const kind = classify(draft, scan);
    const more = kind.read?.(draft, scan);
    if (more !== undefined) Object.assign(draft.facts, more);
    files.push({ draft, kind });
  };
  let changed = false;
  if (failed(before)) {
    // a zombie has no files any more, and says EACCES or ENOENT depending on who asks
    if (stat.state !== 'Z' && stat.state !== 'X') noteUnread('list fd', before);
  } else {
    for (const fd of before.map(Number).sort((a, b) => a - b)) {
      const draft = readFd(scan, owner, fd);
      // at once: a socket is asked itself, while its number still stands for it
      if (draft) add(draft);
      else changed = true;
    }
  }
  for (const via of ['cwd', 'root', 'exe'] as const) {
    const draft = readNamed(scan, owner, via);
    if (draft && stat.state !== 'Z') add(draft);
  }
  const memory = readMemory(scan, pid, unread);
  for (const mapped of memory.files) {
    const draft = readMapped(scan, owner, mapped);
    draft.facts.deviceMemory = memory.deviceMemory(mapped, draft.facts);
    add(draft);
  }
  const facts = {
    ...readProcessFacts({ scan, pid, stat, unread, fds: before }),
    ...memory.facts,
    ...labelFact(owner),
  };

  const after = readStat(scan.proc, pid);
  if (failed(after) || after.startTimeTicks !== stat.startTimeTicks) return { errno: 'ESRCH' };
  changed ||= !failed(before) && !sameList(before, scan.proc.list(`${pid}/fd`));
  return { pid, stat, facts, files, unread, changed, mapCount: memory.count };
}

export function finishProcess({ pid, stat, facts, files, unread, changed }: ProcessDraft): ProcessFacts {
  return {
    pid,
    startTimeTicks: stat.startTimeTicks,
    comm: decodeBytes(stat.comm).text,
    facts,
    files: files.map(({ draft, kind }) => finish(draft, kind)),
    unread,
    changed,
  };
}

function readOwner(scan: Scan, pid: number): Owner {
  const namespace = scan.proc.readLink(`${pid}/ns/mnt`);
  const shared = !failed(namespace) && namespace === scan.engineNamespace('mnt');
  return {
    pid,
    mounts: scan.mounts(pid),
    root: shared ? `${scan.engine}/root` : `${pid}/root`,
    securityLabel: readSecurityLabel(scan.proc, pid),
  };
}

const labelFact = ({ securityLabel }: Owner): Facts => (securityLabel === undefined ? {} : { securityLabel });

function sameList(before: readonly string[], after: readonly string[] | Failure): boolean {
  return !failed(after) && before.length === after.length && before.every((name, i) => name === after[i]);
}

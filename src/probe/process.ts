import type { Facts, FactValue, ProcessFacts, Unread } from '../facts.ts';
import { decodeBytes } from './bytes.ts';
import type { Classify } from './classify.ts';
import { type Draft, finish } from './draft.ts';
import { readFiles } from './files.ts';
import type { Kind } from './kind.ts';
import type { PidStat } from './parse/pid-stat.ts';
import { readStat } from './pid.ts';
import type { Owner } from './place.ts';
import { type Failure, failed } from './proc.ts';
import { readProcessFacts } from './process-facts.ts';
import type { Scan } from './scan.ts';
import { readSecurityLabel, securityModules } from './security-label.ts';

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

  const read = () => readFiles({ scan, owner, stat, unread, classify });
  const { files, memory, fds, changed } = scan.native?.holding(pid, read) ?? read();
  const facts = {
    ...readProcessFacts({ scan, pid, stat, unread, fds }),
    ...memory.facts,
    ...labelFact(owner),
  };

  const after = readStat(scan.proc, pid);
  if (failed(after) || after.startTimeTicks !== stat.startTimeTicks) return { errno: 'ESRCH' };
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
    securityLabel: readSecurityLabel(scan.proc, pid, scan.once(securityModules)),
  };
}

const labelFact = ({ securityLabel }: Owner): Facts => (securityLabel === undefined ? {} : { securityLabel });

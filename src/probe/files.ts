import type { Unread } from '../facts.ts';
import type { Classify } from './classify.ts';
import type { Draft } from './draft.ts';
import { readFd } from './fd.ts';
import { readMapped, readNamed } from './file.ts';
import { type Memory, readMemory } from './memory.ts';
import { addOpenFacts } from './open-facts.ts';
import type { PidStat } from './parse/pid-stat.ts';
import type { Owner } from './place.ts';
import { type Failure, type FdFolder, failed } from './proc.ts';
import type { FileDraft } from './process.ts';
import type { Scan } from './scan.ts';

interface FilesRead {
  readonly files: FileDraft[];
  /** Its open fds, or why they could not be listed. */
  readonly fds: readonly number[] | Failure;
  readonly memory: Memory;
  /** An fd came or went meanwhile. */
  readonly changed: boolean;
}

interface FilesOf {
  readonly scan: Scan;
  readonly owner: Owner;
  readonly stat: PidStat;
  readonly unread: Unread[];
  readonly classify: Classify;
}

/** What a process refers to: its fds, cwd, root, exe and mapped files. */
export function readFiles({ scan, owner, stat, unread, classify }: FilesOf): FilesRead {
  const { pid } = owner;
  const files: FileDraft[] = [];
  const add = (draft: Draft, fds?: FdFolder): boolean => {
    const kind = classify(draft, scan);
    if (fds !== undefined && !addOpenFacts(draft, kind, scan, fds)) return false;
    kind.add?.(draft, scan);
    const more = kind.read?.(draft, scan);
    if (more !== undefined) Object.assign(draft.facts, more);
    if (draft.replaced === true) return false;
    files.push({ draft, kind });
    return true;
  };
  const { before, changed } = readFds(scan, owner, add);
  // a zombie has no files any more, and says EACCES or ENOENT depending on who asks
  const ended = stat.state === 'Z' || stat.state === 'X';
  if (failed(before) && !ended) unread.push({ pid, call: 'list fd', errno: before.errno, facts: [] });
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
  return { files, fds: before, memory, changed };
}

function readFds(scan: Scan, owner: Owner, add: (draft: Draft, fds: FdFolder) => boolean) {
  const fds = scan.proc.openFds(owner.pid);
  if (failed(fds)) return { before: fds, changed: false };
  try {
    const before = fds.list();
    if (failed(before)) return { before, changed: false };
    scan.expect(before.length);
    // where most are told, the table of locks may not be needed at all
    if (fds.told === undefined && scan.locks() === undefined) fds.readAhead(before);
    let changed = false;
    for (const fd of before) {
      const draft = readFd(scan, owner, fds, fd);
      // at once: a socket is asked itself, while its number still stands for it
      if (draft === undefined || !add(draft, fds)) changed = true;
    }
    return { before, changed: changed || !isStill(before, fds) };
  } finally {
    fds.close();
  }
}

/** Whether it has as many as it had; where the kernel does not count them, the same ones. */
function isStill(before: readonly number[], fds: FdFolder): boolean {
  const count = fds.count();
  if (count !== undefined) return count === before.length;
  const after = fds.list();
  return !failed(after) && before.length === after.length && before.every((fd, i) => fd === after[i]);
}

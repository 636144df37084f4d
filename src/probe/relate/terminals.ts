import { parsePidStat } from '../parse/pid-stat.ts';
import { failed } from '../proc.ts';
import type { FileDraft, ProcessDraft } from '../process.ts';
import { filesOfKind, type Tree } from './tree.ts';

/** Pseudo terminals: which ends are in the tree, and whose controlling terminal they are (CRIU tty.c). */
export function relateTerminals(tree: Tree): void {
  const terminals = filesOfKind(tree, 'tty').filter(({ draft }) => draft.facts.accessMode !== 'path');
  tree.root.facts.terminalFds = terminals.length;
  if (terminals.length === 0) return;
  const masters = new Set(terminals.filter(isRole('master')).map(indexOf));
  const slaves = terminals.filter(isRole('slave'));
  const orphaned = new Set(
    slaves
      .filter(({ draft }) => draft.facts.deleted !== true && !masters.has(indexOf({ draft })))
      .map(indexOf),
  );
  const devices = devicesByIndex(terminals);
  const sessions = sessionsByTty(tree);
  const inside = new Set(tree.processes.map(({ pid }) => pid));
  for (const file of terminals) {
    const { facts } = file.draft;
    if (facts.ttyRole === 'current') {
      facts.ttyInherited = inheritsTerminal(tree, file, terminals);
      continue;
    }
    if (facts.ttyRole !== 'master' && facts.ttyRole !== 'slave') continue;
    const session = sessions.get(indexOf(file))?.find(({ pid }) => mayBeOf(tree, file, pid))?.session;
    facts.masterInTree = masters.has(indexOf(file));
    facts.orphanedTerminals = orphaned.size;
    facts.ttyIndexTwice = (devices.get(indexOf(file))?.size ?? 0) > 1;
    facts.ttySessionOutside =
      session !== undefined && !inside.has(session) && asksSession(tree, file, session);
    facts.ttyNameIsIndex =
      facts.ttyRole === 'master' ||
      file.draft.text.replace(/ \(deleted\)$/, '').endsWith(`/${facts.ttyIndex}`);
  }
}

const isRole =
  (role: string) =>
  ({ draft }: FileDraft): boolean =>
    draft.facts.ttyRole === role;

const indexOf = ({ draft }: Pick<FileDraft, 'draft'>): number => Number(draft.facts.ttyIndex ?? -1);

/** The devpts instances that pseudo terminals of one index are of; a ptmx outside devpts does not tell. */
function devicesByIndex(terminals: readonly FileDraft[]): ReadonlyMap<number, ReadonlySet<unknown>> {
  const devices = new Map<number, Set<unknown>>();
  for (const file of terminals) {
    const { fsType, device } = file.draft.facts;
    if (fsType !== 'devpts' || indexOf(file) < 0) continue;
    devices.set(indexOf(file), (devices.get(indexOf(file)) ?? new Set()).add(device));
  }
  return devices;
}

/** TIOCGSID answers for a master always, for a slave only to those whose controlling terminal it is. */
function asksSession({ processes }: Tree, { draft }: FileDraft, session: number): boolean {
  if (draft.facts.ttyRole === 'master') return true;
  const holder = processes.find(({ pid }) => pid === draft.pid);
  return (
    holder !== undefined &&
    holder.stat.session === session &&
    ptyIndex(holder.stat.ttyNr) === draft.facts.ttyIndex
  );
}

/** Index of a controlling pseudo terminal from `tty_nr` of stat (new_encode_dev); -1 for another terminal or none. */
export function ptyIndex(ttyNr: number): number {
  const major = (ttyNr >> 8) & 0xfff;
  const minor = (ttyNr & 0xff) | ((ttyNr >> 12) & 0xfff00);
  return major >= 136 && major <= 143 ? (major - 136) * 256 + minor : -1;
}

/** `tty_nr` has the index alone, and each container counts from 0: who cannot see its devpts has another terminal. */
function mayBeOf({ scan }: Tree, { draft }: FileDraft, pid: number): boolean {
  const { fsType, device } = draft.facts;
  const mounts = scan.mounts(pid);
  return fsType !== 'devpts' || failed(mounts) || mounts.byDevice(String(device)) !== undefined;
}

interface Controlled {
  readonly pid: number;
  readonly session: number;
}

/** Whose sessions pseudo terminals of each index control, of all processes that can be seen. */
function sessionsByTty({ scan }: Tree): ReadonlyMap<number, readonly Controlled[]> {
  const sessions = new Map<number, Controlled[]>();
  const pids = scan.proc.list('');
  for (const pid of failed(pids) ? [] : pids) {
    if (!/^\d+$/.test(pid)) continue;
    const text = scan.proc.readText(`${pid}/stat`);
    const stat = failed(text) ? undefined : parsePidStat(text);
    const index = stat === undefined ? -1 : ptyIndex(stat.ttyNr);
    if (stat === undefined || index < 0) continue;
    sessions.set(index, [...(sessions.get(index) ?? []), { pid: Number(pid), session: stat.session }]);
  }
  return sessions;
}

/**
 * /dev/tty can be restored where the same process holds an end of the terminal of that session, and the session is
 * in the foreground (CRIU tty.c:2281).
 */
function inheritsTerminal(
  { processes }: Tree,
  { draft }: FileDraft,
  terminals: readonly FileDraft[],
): boolean {
  const holder = processes.find(({ pid }) => pid === draft.pid) as ProcessDraft;
  const index = ptyIndex(holder.stat.ttyNr);
  const own = terminals.some((file) => file.draft.pid === draft.pid && index >= 0 && indexOf(file) === index);
  return own && holder.stat.tpgid === holder.stat.session;
}

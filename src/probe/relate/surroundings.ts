import type { Draft } from '../draft.ts';
import { parsePidStat } from '../parse/pid-stat.ts';
import { parsePidStatus } from '../parse/pid-status.ts';
import { failed, gone } from '../proc.ts';
import type { ProcessDraft } from '../process.ts';
import type { Scan } from '../scan.ts';
import { filesOf, filesOfKind, listFact, type Tree } from './tree.ts';

/** fds that one message of SCM_RIGHTS carries: SCM_MAX_FD less CRIU's own (CRIU pie/parasite.c). */
const fdsPerMessage = 252;
const CAP_SYS_ADMIN = 1n << 21n;

/** What a process sees around it: its root, its /proc, its limits against its fds. */
export function relateSurroundings(tree: Tree): void {
  for (const process of tree.processes) {
    if (process.stat.state === 'Z') continue;
    addLimits(tree, process);
    if (process === tree.root) addRoot(tree, process);
  }
  addFuseServers(tree);
}

const readMaxMapCount = ({ proc }: Scan) => proc.readPiece('sys/vm/max_map_count');
const readPtraceScope = ({ proc }: Scan) => proc.readPiece('sys/kernel/yama/ptrace_scope');

function addLimits({ scan }: Tree, { facts, mapCount }: ProcessDraft): void {
  const { openFds, softFdLimit } = facts;
  if (typeof openFds === 'number' && typeof softFdLimit === 'number') {
    facts.fdsBeyondLimit = Math.min(openFds, fdsPerMessage) > softFdLimit;
  }
  const limit = scan.once(readMaxMapCount);
  if (!failed(limit) && mapCount !== undefined) facts.mapsLeft = Number(limit) - mapCount;
}

function addRoot({ scan }: Tree, process: ProcessDraft): void {
  const { pid, facts, files, stat } = process;
  const root = files.find(({ draft }) => draft.via === 'root')?.draft;
  const cwd = files.find(({ draft }) => draft.via === 'cwd')?.draft;
  if (root !== undefined) facts.chrooted = root.text !== '/';
  // 3: nobody may trace, not even root (Documentation/admin-guide/LSM/Yama.rst)
  const scope = scan.once(readPtraceScope);
  facts.ptraceScope = failed(scope) ? 0 : Number(scope);
  const cgroups = scan.proc.readPiece(`${pid}/cgroup`);
  facts.cgroupListBytes = failed(cgroups) ? null : cgroups.length;
  const own = scan.proc.readText(`${pid}/root/proc/${facts.pidInNamespace}/stat`);
  const seen = failed(own) ? undefined : parsePidStat(own);
  facts.procMissing = failed(own) && !gone(own) ? null : seen?.startTimeTicks !== stat.startTimeTicks;
  // CRIU's parasite then mounts a procfs of its own in the working directory (pie/parasite.c:641)
  const text = scan.proc.readPiece(`${pid}/status`);
  const status = failed(text) ? undefined : parsePidStatus(text);
  facts.parasiteMayMount =
    status === undefined || typeof cwd?.facts.deleted !== 'boolean'
      ? null
      : (status.capEff & CAP_SYS_ADMIN) !== 0n && isWritable(cwd);
  facts.foreignOwnedNamespaces = foreignOwned(scan, process);
}

/** Whether a folder can be made there, as far as its mount says. */
function isWritable({ facts, mount }: Draft): boolean {
  const readOnly = mount === undefined || mount.options.split(',').includes('ro');
  return (
    facts.deleted === false &&
    !readOnly &&
    !['proc', 'sysfs', 'cgroup', 'cgroup2'].includes(String(facts.fsType))
  );
}

/** Own namespaces that another user namespace than the process's owns: CRIU may not enter them (namespaces.c:258). */
function foreignOwned(scan: Scan, process: ProcessDraft): readonly string[] | null {
  const own = listFact(process, 'ownNamespaces');
  if (!own.includes('user')) return [];
  const userNs = /\[(\d+)\]/.exec(String(process.facts.userNamespace))?.[1];
  const foreign: string[] = [];
  for (const type of own.filter((name) => ['net', 'uts', 'ipc', 'mnt', 'time'].includes(name))) {
    const owner = scan.native?.namespaceOwner(`${scan.proc.root}/${process.pid}/ns/${type}`);
    if (owner === undefined || failed(owner)) return null;
    if (owner !== userNs) foreign.push(type);
  }
  return foreign;
}

/** A /dev/fuse in a tree that also uses a FUSE filesystem: once frozen, the server answers CRIU no more. */
function addFuseServers(tree: Tree): void {
  const servers = filesOfKind(tree, 'chardev').filter(
    ({ draft: { facts } }) => facts.major === 10 && facts.minor === 229,
  );
  if (servers.length === 0) return;
  const uses = filesOf(tree).some(({ draft }) => String(draft.facts.fsType).startsWith('fuse'));
  for (const { draft } of servers) draft.facts.servesTree = uses;
}

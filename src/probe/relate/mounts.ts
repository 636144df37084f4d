import type { FactValue } from '../../facts.ts';
import { decodeBytes } from '../bytes.ts';
import { mountKind } from '../kinds/mount.ts';
import type { Mounts } from '../mounts.ts';
import type { Mount } from '../parse/mountinfo.ts';
import { failed } from '../proc.ts';
import type { ProcessDraft } from '../process.ts';
import type { Scan } from '../scan.ts';
import { filesOfKind, listFact, type Tree } from './tree.ts';

/**
 * The mounts of the tree's own mount namespaces, each a subject of kind `mount`: CRIU judges every one of them
 * (mount.c: validate_mounts), and none where the tree shares the engine's namespace.
 */
export function relateMounts(tree: Tree): void {
  const { root, processes, scan } = tree;
  const done = new Set<unknown>();
  const masters = new Set(
    filesOfKind(tree, 'tty').flatMap(({ draft: { facts } }) =>
      facts.ttyRole === 'master' ? [facts.ttyIndex] : [],
    ),
  );
  const ownCgroupNs = listFact(root, 'ownNamespaces').includes('cgroup');
  let shared = true;
  for (const process of processes) {
    const { mntNamespace } = process.facts;
    if (
      process.stat.state === 'Z' ||
      done.has(mntNamespace) ||
      !listFact(process, 'ownNamespaces').includes('mnt')
    )
      continue;
    done.add(mntNamespace);
    shared = false;
    const mounts = scan.mounts(process.pid);
    if (failed(mounts)) process.facts.mountsRead = null;
    else addMounts(scan, process, mounts, scan.engineMounts(), ownCgroupNs, masters);
  }
  // a nested namespace below a root in the engine's makes CRIU look at the whole host table too
  if (!shared && !listFact(root, 'ownNamespaces').includes('mnt')) {
    const mounts = scan.engineMounts();
    if (!failed(mounts)) addMounts(scan, root, mounts, mounts, ownCgroupNs, masters);
  }
}

function addMounts(
  scan: Scan,
  process: ProcessDraft,
  mounts: Mounts,
  engine: Mounts | { readonly errno: string },
  ownCgroupNs: boolean,
  masters: ReadonlySet<unknown>,
): void {
  const rootMount = mounts.rows.find(({ mountPoint }) => mountPoint === '/');
  const shared = new Set(
    mounts.rows.flatMap(({ optional }) => optional.filter((field) => field.startsWith('shared:'))),
  );
  for (const mount of mounts.rows) {
    process.files.push({
      kind: mountKind,
      draft: {
        pid: process.pid,
        via: 'mount',
        fd: undefined,
        at: `${process.pid}/root${mount.mountPoint}`,
        text: mount.mountPoint,
        link: { form: 'path', path: mount.mountPoint },
        mount,
        facts: {
          ...mountFacts(mount, mounts, rootMount, shared, engine, ownCgroupNs),
          ...filledFact(scan, process, mount),
          ...masterFact(mount, masters),
        },
        unread: [],
        watchers: [],
        sharedWith: [],
      },
    });
  }
}

function mountFacts(
  mount: Mount,
  mounts: Mounts,
  rootMount: Mount | undefined,
  shared: ReadonlySet<string>,
  engine: Mounts | { readonly errno: string },
  ownCgroupNs: boolean,
): Record<string, FactValue> {
  const master = mount.optional.find((field) => field.startsWith('master:'));
  // of a root task with a cgroup namespace of its own CRIU takes it for the whole (filesystems.c cgroup_parse)
  const whole = mount.root === '/' || (ownCgroupNs && /^cgroup2?$/.test(mount.fsType));
  const proper = mounts.rows.some(
    (other) => other.device === mount.device && isWider(other.root, mount.root),
  );
  const inEngine = failed(engine) ? null : engine.rows.some(({ device }) => device === mount.device);
  return {
    fsType: mount.fsType.split('.')[0] ?? mount.fsType,
    mountPoint: decodeBytes(mount.mountPoint).text,
    mountRoot: mount.root,
    device: mount.device,
    mountsWhole: whole,
    isRootMount: mount === rootMount,
    sameAsRootMount: mount.device === rootMount?.device && isWider(rootMount.root, mount.root),
    hasProperRoot: whole || proper,
    inEngineMounts: inEngine,
    masterOutside: master !== undefined && !shared.has(master.replace('master:', 'shared:')),
    oddName: /[\n#]/.test(mount.mountPoint),
    mntId: mount.id,
  };
}

/** Of the filesystems that CRIU saves only when there is nothing in them (filesystems.c:650). */
function filledFact({ proc }: Scan, { pid }: ProcessDraft, mount: Mount): Record<string, FactValue> {
  if (mount.fsType !== 'mqueue' && mount.fsType !== 'pstore') return {};
  const names = proc.list(`${pid}/root${mount.mountPoint}`);
  return { filled: failed(names) ? null : names.length > 0 };
}

/** Of one terminal bound elsewhere, as a container's /dev/console is. */
function masterFact({ fsType, root }: Mount, masters: ReadonlySet<unknown>): Record<string, FactValue> {
  const index = fsType === 'devpts' ? /^\/(\d+)$/.exec(root)?.[1] : undefined;
  return index === undefined ? {} : { terminalMaster: masters.has(Number(index)) ? 'inside' : 'outside' };
}

/** `/` is wider than all, `/a` than `/a/b`; nothing is wider than itself. */
const isWider = (root: string, than: string): boolean =>
  root !== than && (root === '/' || than.startsWith(`${root}/`));

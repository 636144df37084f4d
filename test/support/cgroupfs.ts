import {
  accessSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const mounted = '/sys/fs/cgroup';

/** The mounted hierarchies: v2's one, or v1's, each once, with v2's `unified` beside them. */
export const hierarchies: readonly string[] = existsSync(join(mounted, 'cgroup.controllers'))
  ? [mounted]
  : existsSync(mounted)
    ? [...new Set(readdirSync(mounted).map((name) => realpathSync(join(mounted, name))))]
    : [];

export interface CgroupMaker {
  readonly missing: string | undefined;
  /** Path of a cgroup that is this run's alone: all that is made is below it. */
  readonly root: string;
  make(path: string): void;
  enter(path: string, pid: number): void;
  /** With what others, as runc, made below the root. */
  remove(): void;
}

/** Cgroups in every hierarchy that takes them. */
export function cgroupMaker(): CgroupMaker {
  const root = `/checkpointable-targets-${process.pid}`;
  const usable = hierarchies.filter((folder) => {
    // a cpuset without CPUs takes no process
    if (folder.endsWith('/cpuset')) return false;
    try {
      mkdirSync(join(folder, root));
      rmdirSync(join(folder, root));
      return true;
    } catch {
      return false;
    }
  });
  return {
    missing: usable.length === 0 ? 'no cgroup hierarchy can be written to' : undefined,
    root,
    make: (path) => {
      for (const folder of usable) mkdirSync(join(folder, path), { recursive: true });
    },
    enter: (path, pid) => {
      for (const folder of usable) writeFileSync(join(folder, path, 'cgroup.procs'), String(pid));
    },
    remove: () => {
      for (const folder of hierarchies) removeTree(join(folder, root));
    },
  };
}

function removeTree(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  rmdirSync(folder);
}

export function onPath(tool: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, tool))
    .find((path) => {
      try {
        accessSync(path);
        return true;
      } catch {
        return false;
      }
    });
}

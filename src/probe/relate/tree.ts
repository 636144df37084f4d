import type { FileDraft, ProcessDraft } from '../process.ts';
import type { Scan } from '../scan.ts';

/** All that was read of a target, before its parts are related to each other. */
export interface Tree {
  readonly root: ProcessDraft;
  readonly processes: readonly ProcessDraft[];
  /** Of all processes; mounts and network devices, which are found later, are not among them. */
  readonly files: readonly FileDraft[];
  /** Processes of the cgroup it was found by; empty where it was not found by one. */
  readonly members: readonly number[];
  /** That cgroup, as the agent sees it. */
  readonly cgroup?: string;
  readonly scan: Scan;
}

export const filesOf = ({ files }: Tree): readonly FileDraft[] => files;

export const filesOfKind = (tree: Tree, ...names: readonly string[]): readonly FileDraft[] =>
  filesOf(tree).filter(({ kind }) => names.includes(kind.name));

/** A list fact of a process; empty where it was not read. */
export function listFact(process: ProcessDraft, name: string): readonly string[] {
  const value = process.facts[name];
  return Array.isArray(value) ? value : [];
}

import type { FileDraft, ProcessDraft } from '../process.ts';
import type { Scan } from '../scan.ts';

/** All that was read of a target, before its parts are related to each other. */
export interface Tree {
  readonly root: ProcessDraft;
  readonly processes: readonly ProcessDraft[];
  /** Of all processes; mounts and network devices, which are found later, are not among them. */
  readonly files: readonly FileDraft[];
  /** The same by the name of their kind. */
  readonly byKind: FilesByKind;
  /** Processes of the cgroup it was found by; empty where it was not found by one. */
  readonly members: readonly number[];
  /** That cgroup, as the agent sees it. */
  readonly cgroup?: string;
  readonly scan: Scan;
}

export const filesOf = ({ files }: Tree): readonly FileDraft[] => files;

export type FilesByKind = ReadonlyMap<string, readonly FileDraft[]>;

export function groupByKind(files: readonly FileDraft[]): FilesByKind {
  const groups = new Map<string, FileDraft[]>();
  for (const file of files) {
    const group = groups.get(file.kind.name);
    if (group === undefined) groups.set(file.kind.name, [file]);
    else group.push(file);
  }
  return groups;
}

export const filesOfKind = ({ byKind }: Tree, name: string): readonly FileDraft[] => byKind.get(name) ?? [];

/** Files of the kinds of which the policy asks for one of these facts. */
export const filesAskedFor = (
  { byKind, scan }: Tree,
  ...facts: readonly string[]
): readonly (readonly FileDraft[])[] =>
  [...byKind].flatMap(([kind, files]) => (facts.some((fact) => scan.asksOf(kind, fact)) ? [files] : []));

/** A list fact of a process; empty where it was not read. */
export function listFact(process: ProcessDraft, name: string): readonly string[] {
  const value = process.facts[name];
  return Array.isArray(value) ? value : [];
}

import type { PodIdentity, Unread } from '../../facts.ts';
import type { CgroupIdentity } from './cgroup-path.ts';
import type { FoundContainer, Node } from './containers.ts';
import type { FolderProblem } from './pod-folders.ts';

/** Processes of a cgroup that is no container's: a service, a monitor, a plain cgroup. */
export interface FoundGroup {
  readonly type: CgroupIdentity['type'];
  readonly cgroup: string;
  /** The unit, e.g. `nginx.service`; the last name of a plain cgroup. */
  readonly name?: string;
  readonly pids: readonly number[];
}

export interface Found {
  /** Of a pod target. */
  readonly pod?: PodIdentity;
  readonly containers: readonly FoundContainer[];
  /** Of a cgroup or node target: what is in it besides containers. */
  readonly groups: readonly FoundGroup[];
  /** For people: what was chosen among several, what lies beside it. */
  readonly notes: readonly string[];
  /** Processes whose cgroup could not be read: one of them may belong to the target. */
  readonly unread: readonly Unread[];
  /** Folders of the node that could not be used: names may be missing for it. */
  readonly problems: readonly FolderProblem[];
}

export interface Problem {
  readonly code:
    | 'ContainerNotFound'
    | 'PodNotFound'
    | 'CgroupNotFound'
    | 'Ambiguous'
    | 'TargetReplaced'
    | 'InvalidArgument';
  readonly detail: string;
  /** Of `Ambiguous`: what to ask for instead, 20 at most. */
  readonly matches?: readonly string[];
}

export const isProblem = (answer: Found | Problem): answer is Problem => 'code' in answer;

/** What every answer has besides its own. */
export const found = (node: Node, own: Partial<Found>): Found => ({
  containers: [],
  groups: [],
  notes: [],
  unread: node.scan.unread,
  problems: node.problems,
  ...own,
});

export function ambiguous(what: string, matches: readonly string[]): Problem {
  const shown = matches.slice(0, 20);
  const more = matches.length > shown.length ? ` and ${matches.length - shown.length} more` : '';
  return { code: 'Ambiguous', detail: `${what}: ${shown.join(', ')}${more}`, matches: shown };
}

/** Part of every "not found": a process that could not be read may have been the one. */
export function unreadWords({ scan }: Node): string {
  if (scan.unread.length === 0) return '';
  const errnos = [...new Set(scan.unread.map(({ errno }) => errno))].join(', ');
  return `; the cgroup of ${scan.unread.length} processes could not be read (${errnos})`;
}

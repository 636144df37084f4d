/**
 * The shared vocabulary: all that the probe and the policy have in common. Types only.
 *
 * A *subject* is one thing that is judged: a file (fd, mapping, cwd, root, exe, mount, network device) or the
 * process itself (kind `process`). Its facts are what was read of it, never a judgement:
 *   a value     it was read;
 *   `null`      it applies here and could not be read (what depends on it is `unknown`, never `allowed`);
 *   no entry    it does not apply to this subject.
 */
export type FactValue = string | number | boolean | readonly string[] | null;
export type FactType = 'string' | 'number' | 'boolean' | 'list';
export type Facts = Readonly<Record<string, FactValue>>;

/** Which facts each kind may have, by name: what a policy may ask for. */
export interface Vocabulary {
  readonly common: Readonly<Record<string, FactType>>;
  readonly kinds: Readonly<Record<string, Readonly<Record<string, FactType>>>>;
}

/** A read that failed for another reason than "it is gone": part of the answer, never swallowed. */
export interface Unread {
  readonly pid: number;
  /** What was tried, e.g. `readlink`, `stat`, `read fdinfo`. */
  readonly call: string;
  readonly errno: string;
  /** Which facts are missing for it. Empty: a whole list (the fd table, the maps) is missing. */
  readonly facts: readonly string[];
}

/** How the process refers to the file. */
export type Via = 'fd' | 'map' | 'cwd' | 'root' | 'exe' | 'mount' | 'device';

/** Another fd that watches this file through an eventpoll (fdinfo `tfd:` lines, proc(5)). */
export interface Watcher {
  readonly pid: number;
  readonly fd: number;
  /** epoll event mask, hexadecimal, as the kernel prints it. */
  readonly events: string;
}

/** An fd of a process. */
export interface Holder {
  readonly pid: number;
  readonly fd: number;
}

export interface FileFacts {
  readonly via: Via;
  /** The fd number, with `via: fd`. */
  readonly fd?: number;
  readonly kind: string;
  /** The link text, UTF-8; bytes that are not are replaced, and `pathBase64` has them all. */
  readonly path: string;
  readonly pathBase64?: string;
  /** Name of the kernel's file_operations, inferred from the kind. */
  readonly fop: string;
  readonly facts: Facts;
  readonly unread: readonly Unread[];
  readonly watchers: readonly Watcher[];
  /** Other fds of the same open file description, a hundred of the tree and a hundred beside it at most. */
  readonly sharedWith: readonly Holder[];
}

export interface ProcessFacts {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: with the pid it is the identity. */
  readonly startTimeTicks: string;
  readonly comm: string;
  /** Facts of the process itself, judged as a subject of kind `process`. */
  readonly facts: Facts;
  readonly files: readonly FileFacts[];
  readonly unread: readonly Unread[];
  /** It ended, exec'd or its fd table moved while it was read. */
  readonly changed: boolean;
}

export type TargetType = 'process' | 'tree' | 'cgroup' | 'container' | 'pod' | 'node';

/** What is asked about, as a caller says it. */
export type TargetRef =
  | {
      readonly type: 'process' | 'tree';
      readonly pid: number;
      /** Pins the process: another one that has the pid now is an error. */
      readonly startTimeTicks?: string;
      /** Judge this fd alone. */
      readonly fd?: number;
    }
  /** The full id, or the beginning of it that no other has, of 8 characters at least. */
  | { readonly type: 'container'; readonly id: string }
  | { readonly type: 'pod'; readonly uid: string }
  /** `uid` pins the pod: another one of the same name is an error. */
  | { readonly type: 'pod'; readonly namespace: string; readonly name: string; readonly uid?: string }
  | { readonly type: 'cgroup'; readonly path: string }
  | { readonly type: 'node' };

export interface PodIdentity {
  readonly uid: string;
  /** Absent where the kubelet's folders do not tell. */
  readonly namespace?: string;
  readonly name?: string;
}

/** What the node itself tells of a container. */
export interface ContainerIdentity {
  readonly id: string;
  /** As the pod's manifest has it. */
  readonly name?: string;
  /** `runc`, `containerd`, `cri-o`, `docker`, `podman`, `crun`, `lxc`, … as far as the cgroup tells; `unknown`. */
  readonly runtime: string;
  /** sandbox: the pod's pause container. init: an init container. */
  readonly role: 'container' | 'init' | 'sandbox';
  readonly pod?: PodIdentity;
}

export interface TargetFacts {
  readonly type: TargetType;
  /** The root of the tree. */
  readonly pid: number;
  readonly startTimeTicks: string;
  readonly comm: string;
  readonly processes: readonly ProcessFacts[];
  /** Path below the root of the hierarchy, of a target that was found by its cgroup. */
  readonly cgroup?: string;
  readonly container?: ContainerIdentity;
}

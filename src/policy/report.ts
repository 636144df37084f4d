import type {
  ContainerIdentity,
  FactValue,
  Holder,
  PodIdentity,
  TargetType,
  Unread,
  Via,
  Watcher,
} from '../facts.ts';
import type { Outcome, Phase } from './policy.ts';
import type { Rejected } from './tally.ts';

export type Verdict = 'ready' | 'ready-with-options' | 'not-ready' | 'unknown';

export interface Finding {
  /** allowed: an option that was given lifts it (its effect holds). warning: said, changes no verdict. */
  readonly outcome: Outcome | 'warning';
  readonly phase: Phase;
  readonly rule: string;
  /** CamelCase, stable, for machines. */
  readonly reason: string;
  readonly message: string;
  /** Options any one of which lifts it. */
  readonly lift: readonly string[];
  /** Side effect of the lifting option(s). */
  readonly effect: string;
  /** What would help where no option does. */
  readonly advice: string;
  readonly source: string;
  /** The policy's log line (the seed's printk); empty where the policy has none. */
  readonly line: string;
  readonly pid: number;
  readonly comm: string;
  /** Absent: the finding is about the process itself. */
  readonly file?: FileRef;
}

export interface FileRef {
  readonly via: Via;
  readonly fd?: number;
  readonly kind: string;
  readonly path: string;
  readonly pathBase64?: string;
  readonly fop: string;
}

export interface FileReport extends FileRef {
  readonly outcome: Outcome;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly watchers: readonly Watcher[];
  readonly sharedWith: readonly Holder[];
}

export interface ProcessReport {
  readonly pid: number;
  readonly startTimeTicks: string;
  readonly comm: string;
  readonly outcome: Outcome;
  readonly facts: Readonly<Record<string, FactValue>>;
  /** All of them with `show=all`, else none. */
  readonly files: readonly FileReport[];
}

export interface Counts {
  readonly processes: number;
  readonly files: number;
  /** Open file descriptions behind the fds: each is saved once, however many fds refer to it. */
  readonly descriptions: number;
  readonly allowed: number;
  readonly needsOption: number;
  readonly refused: number;
  readonly unknown: number;
}

export interface OptionsReport {
  readonly given: readonly string[];
  /** The smallest set found that lifts all that options can lift. */
  readonly needed: readonly string[];
  /** True: with `given` and `needed` nothing stands in the way. */
  readonly sufficient: boolean;
  /** Given, and not an option this policy knows. */
  readonly unrecognised: readonly string[];
  /** Side effect of each option given or needed that lifts something. */
  readonly effects: readonly { readonly option: string; readonly effect: string }[];
  /** Where to put what is needed, by runtime; empty where nothing is. */
  readonly where: readonly { readonly runtime: string; readonly put: string }[];
}

/** The identity that was checked. */
export interface TargetReport {
  readonly type: TargetType;
  /** Root of the tree, with its start time and name; absent of a target of several trees. */
  readonly pid?: number;
  readonly startTimeTicks?: string;
  readonly comm?: string;
  readonly cgroup?: string;
  readonly container?: Omit<ContainerIdentity, 'pod'>;
  readonly pod?: PodIdentity;
}

/** The options a container runtime passes to the engine on its own account. */
export interface RuntimeReport {
  /** `runc`, …; `none` where there is none, or none is known. */
  readonly name: string;
  readonly source: 'given' | 'detected' | 'none';
  readonly options: readonly string[];
}

/** What the pure half answers; the server adds `observedAt` and `durationMs`. */
export interface Judgement {
  readonly target: TargetReport;
  readonly policy: {
    readonly name: string;
    readonly engine: string;
    readonly engineVersion: string;
    readonly versionSource: 'detected' | 'given' | 'assumed';
  };
  readonly verdict: Verdict;
  /** Reason of the finding that decides; `Ready` where none does. */
  readonly reason: string;
  readonly message: string;
  readonly options: OptionsReport;
  readonly counts: Counts;
  /** What the metric counts. */
  readonly rejected: readonly Rejected[];
  /** Hazards first, then refused, unknown, needs-option, warning, allowed (lifted). */
  readonly findings: readonly Finding[];
  readonly processes: readonly ProcessReport[];
  readonly changedDuringCheck: boolean;
  readonly unread: readonly Unread[];
  readonly runtime: RuntimeReport;
}

export interface Report extends Judgement {
  /** Of a target of several trees one report for each (of a pod, its containers); it joins them. */
  readonly parts: readonly Report[];
  /** What is to be known of how the target was found, such as that its name is used twice. */
  readonly notes: readonly string[];
  /** RFC 3339. */
  readonly observedAt: string;
  readonly durationMs: number;
  readonly kernel: string;
}

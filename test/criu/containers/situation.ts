import type { Report } from '../../../src/policy/report.ts';
import type { Container } from '../../support/runc.ts';
import type { Stage } from './stage.ts';

/** A real container, what we say of it, and what CRIU says when `runc checkpoint` tries. */
export interface Situation {
  readonly name: string;
  readonly verdict: Report['verdict'];
  /** Of a finding that refuses or wants an option: its reason, and the fd or path it names. */
  readonly reason?: string;
  readonly file?: number | RegExp;
  /** A line of CRIU's log, or what runc says, where the bare checkpoint fails. */
  readonly log?: RegExp;
  /** The dump succeeds all the same: it is the restore that would fail. */
  readonly onlyRestore?: boolean;
  /** CRIU never comes back, and the container is frozen: it is killed after some seconds. */
  readonly hangs?: boolean;
  /** It is so with the freezer of cgroup v1 alone. */
  readonly needsV1?: boolean;
  /** A bare checkpoint leaves the container in another state: with the options another one is tried. */
  readonly fresh?: boolean;
  /** Or says why this machine cannot make it. */
  readonly container: (stage: Stage) => Promise<Container | string>;
}

import type { TargetRef } from '../facts.ts';
import type { Show } from '../policy/judge.ts';
import type { Role } from './access/caller.ts';
import type { Answered } from './body.ts';

/** One question, the same from REST, gRPC and the command line. */
export interface CheckRequest {
  readonly target: TargetRef;
  /** Policy name; absent: the configured default. */
  readonly policy?: string;
  /** Options of the engine, with or without leading dashes. */
  readonly options: readonly string[];
  readonly engineVersion?: string;
  /** Whose own options are given too: a runtime that a policy has a preset for, or `none`. Absent: detected. */
  readonly runtime?: string;
  /** Of a node: sweep it now instead of telling the last sweep. */
  readonly fresh?: boolean;
  readonly show: Show;
  /** In which bytes it is wanted, and for whom; absent: as an object, which is bounded. */
  readonly render?: Rendering;
}

/** json, text, line: of REST. message, result: of gRPC, alone or in a batch. */
export type Form = 'json' | 'text' | 'line' | 'message' | 'result';

export interface Rendering {
  readonly form: Form;
  /** Set where it is known who asks. */
  readonly role?: Role;
}

/** Answers a question or throws an `AgentError`. `deadlineMs`: how long the caller waits. */
export type Check = (request: CheckRequest, deadlineMs: number) => Promise<Answered>;

import type { EngineRequest } from './engine-child.ts';
import type { AgentError } from './errors.ts';
import type { WholeAnswer } from './prober.ts';

/** A question to a probing process, until it is answered or late. */
export interface Job {
  readonly request: EngineRequest;
  readonly resolve: (answer: WholeAnswer) => void;
  readonly reject: (error: AgentError) => void;
  timer: NodeJS.Timeout;
  /** Where its child waited shortly before its deadline. */
  seen?: string | undefined;
  /** CPU time of its child when it was given to it; of a sweep's. */
  cpuMs?: number;
}

/** It is no more late: for whoever resolves or rejects it. */
export function settle(job: Job): Job {
  clearTimeout(job.timer);
  return job;
}

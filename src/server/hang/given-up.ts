import { AgentError } from '../errors.ts';
import { wordsOf } from './place.ts';
import type { StuckState } from './stuck-places.ts';

/** The answer of a check whose procfs, at `root`, hung another before it. */
export function givenUp({ stuck, sinceMs, triesAgainInMs }: StuckState, root: string): AgentError {
  const [since, again] = [sinceMs, triesAgainInMs].map((ms) => Math.ceil(ms / 1000));
  const detail = `${wordsOf(stuck, false)} at ${root} has not answered for ${since} s and is not asked: it is tried again in ${again} s`;
  return new AgentError('DeadlineExceeded', detail, { retryAfterSeconds: Math.max(1, again ?? 1) });
}

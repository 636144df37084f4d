import { AgentError } from './errors.ts';

/** Answers on their way: what is not read yet is held in memory. */
export interface Outbox {
  /** Returns what to call when it has gone. Throws TooBusy where there is no room. */
  hold(bytes: number): () => void;
}

export function createOutbox(maxBytes: number): Outbox {
  let held = 0;
  return {
    hold(bytes) {
      if (held + bytes > maxBytes) {
        throw new AgentError('TooBusy', `answers of ${held} bytes are being read: try again later`);
      }
      held += bytes;
      let gone = false;
      return () => {
        if (!gone) held -= bytes;
        gone = true;
      };
    },
  };
}

import { randomUUID } from 'node:crypto';

/** The caller's own id where it is harmless, so that both logs can be laid side by side. */
export function requestId(given: unknown): string {
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

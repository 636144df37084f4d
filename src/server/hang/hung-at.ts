import type { Stuck } from '../../probe/avoid.ts';
import { type Proc, realProc } from '../../probe/proc.ts';
import { type Blocked, blockedAt } from './blocked.ts';
import { placeStuck } from './place.ts';

/**
 * What a probing process that is late hangs on: where it has been waiting in one and the same call since it was `seen`
 * (the sign of that call). What is only slow has moved on.
 */
export function hungAt(
  seen: string | undefined,
  pid: number | undefined,
  own: Proc,
  procRoot: string,
): { readonly stuck: Stuck; readonly blocked: Blocked } | undefined {
  if (seen === undefined || pid === undefined) return undefined;
  const blocked = blockedAt(pid, own);
  if (blocked?.sign !== seen) return undefined;
  const stuck = placeStuck(blocked, pid, own, realProc(procRoot));
  return stuck && { stuck, blocked };
}

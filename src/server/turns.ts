/** Everything else that there is to do has its turn. */
export const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** So long one piece of work follows the other before everything else has its turn. */
const turnMs = 2;

/** Takes one piece after the other without holding up the event loop, however many there are. */
export async function inTurns<Piece>(pieces: Iterable<Piece>, take: (piece: Piece) => void): Promise<void> {
  let begun = performance.now();
  for (const piece of pieces) {
    take(piece);
    if (performance.now() - begun < turnMs) continue;
    await othersTurn();
    begun = performance.now();
  }
}

/** Has a piece of work done in one of the next turns of the event loop, in the order they came. */
export type TakeTurns = (work: () => void) => void;

/** For what many ask at the same moment, or wait for: a turn does as much of it as it has time for. */
export function createTurns(now: () => number = () => performance.now()): TakeTurns {
  const waiting: (() => void)[] = [];
  let idle = true;
  const turn = async () => {
    for (const until = now() + turnMs; waiting.length > 0 && now() < until; ) {
      waiting.shift()?.();
      // who waits for a promise goes on
      await undefined;
    }
    idle = waiting.length === 0;
    if (!idle) setImmediate(turn);
  };
  return (work) => {
    waiting.push(work);
    if (idle) setImmediate(turn);
    idle = false;
  };
}

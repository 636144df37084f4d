/** Everything else that there is to do has its turn. */
export const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** So long one piece of work follows the other before everything else has its turn. */
const turnMs = 5;

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

/** Holds a sweep to its share of one core by waiting between pieces of work. */
export interface Pacer {
  /** How long a piece of work may go on until it looks up. */
  budgetMs(): number;
  /** Resolves once somebody waits. */
  readonly hurried: Promise<void>;
  /** After a slice that took so much: as long as makes it the share. */
  pause(cpuMs: number, tookMs: number, pressure: number): Promise<void>;
  /** Somebody waits: no more pauses. The sweeps after it wait the longer. */
  hurry(): void;
}

/** On a node where everything waits for a CPU, a tenth of the share is left, so that a sweep ends some time. */
const leastShare = 0.1;

/** A rest after so little keeps the share even, and what is read at once for many serves enough of them. */
const pacedMs = 25;
const hurriedMs = 500;

/** How long to wait after work, so that it was a `share` of the time. */
export const restMs = (cpuMs: number, tookMs: number, share: number, pressure = 0): number =>
  Math.max(0, cpuMs / (share * Math.max(leastShare, 1 - pressure)) - tookMs);

export function createPacer(share: number, hurried: boolean): Pacer {
  let wake: (() => void) | undefined;
  let hurry = hurried;
  let tell: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  if (hurried) tell();
  return {
    budgetMs: () => (hurry ? hurriedMs : pacedMs),
    hurried: told,
    pause: (cpuMs, tookMs, pressure) =>
      new Promise((resolve) => {
        const rest = hurry ? 0 : restMs(cpuMs, tookMs, share, pressure);
        if (rest < 1) return resolve();
        const timer = setTimeout(resolve, rest);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    hurry: () => {
      hurry = true;
      tell();
      wake?.();
    },
  };
}

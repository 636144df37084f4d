/** Holds a sweep to its share of one core by waiting between its slices. */
export interface Pacer {
  /** After a slice that took so much: as long as makes it the share. */
  pause(cpuMs: number, tookMs: number, pressure: number): Promise<void>;
  /** Somebody waits: no more pauses. The sweeps after it wait the longer. */
  hurry(): void;
}

/** On a node where everything waits for a CPU, a tenth of the share is left, so that a sweep ends some time. */
const leastShare = 0.1;

/** How long to wait after work, so that it was a `share` of the time. */
export const restMs = (cpuMs: number, tookMs: number, share: number, pressure = 0): number =>
  Math.max(0, cpuMs / (share * Math.max(leastShare, 1 - pressure)) - tookMs);

export function createPacer(share: number, hurried: boolean): Pacer {
  let wake: (() => void) | undefined;
  let hurry = hurried;
  return {
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
      wake?.();
    },
  };
}

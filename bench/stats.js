const limitMs = 20_000;

/** Runs it so many times, one after the other, but no longer than 20 s; the milliseconds of each. */
export async function sample(many, run) {
  const times = [];
  const end = performance.now() + limitMs;
  for (let i = 0; i < many && (times.length === 0 || performance.now() < end); i++) {
    const begun = performance.now();
    await run();
    times.push(performance.now() - begun);
  }
  return times;
}

export function percentile(times, percent) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)];
}

export const median = (times) => percentile(times, 50);

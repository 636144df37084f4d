import type { Report } from '../policy/report.ts';
import type { Check } from './check.ts';
import { AgentError, toAgentError } from './errors.ts';
import { createTurns } from './turns.ts';

/** JSON with its keys in order: what asks the same has the same key. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** Identical questions that run at the same time share one check; each caller waits as long as it said. */
export function createSingleFlight(check: Check): Check {
  const flights = new Map<string, Promise<Report>>();
  const takeTurns = createTurns();
  return async (request, deadlineMs) => {
    const until = performance.now() + deadlineMs;
    const key = canonical(request);
    for (;;) {
      const left = until - performance.now();
      const running = flights.get(key);
      if (running === undefined) {
        const flight = check(request, left).finally(() => flights.delete(key));
        flights.set(key, flight);
        return flight;
      }
      try {
        const report = await within(running, left, deadlineMs);
        await new Promise<void>(takeTurns);
        return report;
      } catch (error) {
        // whoever began it had less time: ask again with what is left
        const expired = toAgentError(error).code === 'DeadlineExceeded';
        if (!expired || performance.now() >= until) throw error;
      }
    }
  };
}

/** Each question is checked once, whenever it is asked: for one batch. */
export function createOnce(check: Check): Check {
  const answers = new Map<string, Promise<Report>>();
  return (request, deadlineMs) => {
    const key = canonical(request);
    const known = answers.get(key) ?? check(request, deadlineMs);
    answers.set(key, known);
    return known;
  };
}

function within(running: Promise<Report>, left: number, deadlineMs: number): Promise<Report> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const expire = () => {
      reject(new AgentError('DeadlineExceeded', `the check did not end within ${deadlineMs} ms`));
    };
    timer = setTimeout(expire, left);
  });
  return Promise.race([running, late]).finally(() => clearTimeout(timer));
}

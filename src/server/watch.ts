import type { Report } from '../policy/report.ts';
import type { Check, CheckRequest } from './check.ts';
import type { Limits } from './deps.ts';
import { AgentError } from './errors.ts';
import type { Metrics } from './metrics.ts';
import { canonical } from './single-flight.ts';
import { createWatched, type Watched } from './watched.ts';

export type WatchEvent =
  | { readonly type: 'report'; readonly report: Report }
  /** The last report still holds: `observedAt` is when that was last seen; empty before the first. */
  | { readonly type: 'heartbeat'; readonly observedAt: string }
  /** A look failed for a reason that passes: the watch goes on. */
  | { readonly type: 'error'; readonly error: AgentError };

/** Where one watcher's events go; the transport's side. */
export interface WatchSink {
  /** As much is unread as may be: the watcher is dropped. */
  full(): boolean;
  send(event: WatchEvent): void;
  /** The last that is said to it. */
  end(error: AgentError): void;
}

export interface WatchHub {
  /** Sends the first report at once; returns how to leave. Throws TooManyWatchers, ShuttingDown. */
  watch(request: CheckRequest, intervalMs: number, sink: WatchSink): () => void;
  /** Ends every watch, and takes no more. */
  stop(): void;
}

export interface WatchHubSetup {
  readonly ask: Check;
  readonly limits: Pick<Limits, 'watchers' | 'watchedTargets' | 'defaultTimeoutSeconds'>;
  readonly metrics: Pick<Metrics, 'setWatchers' | 'recordWatchEnd'>;
}

/** All who watch the same at the same interval share its looks. */
export function createWatchHub({ ask, limits, metrics }: WatchHubSetup): WatchHub {
  const watched = new Map<string, Watched>();
  let watchers = 0;
  let stopped = false;
  const count = (change: 1 | -1) => {
    watchers += change;
    metrics.setWatchers(watchers);
  };

  const create = (key: string, request: CheckRequest, intervalMs: number): Watched => {
    const one = createWatched({
      ask,
      request,
      intervalMs,
      timeoutMs: limits.defaultTimeoutSeconds * 1000,
      left: (error) => {
        count(-1);
        metrics.recordWatchEnd(error?.code ?? 'Left');
        if (one.watchers() === 0 && watched.get(key) === one) watched.delete(key);
      },
    });
    watched.set(key, one);
    return one;
  };

  return {
    watch(request, intervalMs, sink) {
      if (stopped) throw shuttingDown();
      const key = canonical({ request, intervalMs });
      const known = watched.get(key);
      const full = watchers >= limits.watchers || (!known && watched.size >= limits.watchedTargets);
      if (full) {
        const { watchers: most, watchedTargets } = limits;
        const expected = `expected at most ${most} watchers of ${watchedTargets} different questions`;
        throw new AgentError('TooManyWatchers', `${expected}: try again later`);
      }
      count(1);
      return (known ?? create(key, request, intervalMs)).join(sink);
    },
    stop() {
      stopped = true;
      for (const one of [...watched.values()]) one.end(shuttingDown());
    },
  };
}

const shuttingDown = (): AgentError =>
  new AgentError('ShuttingDown', 'the agent stops: watch again once it is back');

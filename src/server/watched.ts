import type { Report } from '../policy/report.ts';
import type { Check, CheckRequest } from './check.ts';
import { heartbeatSeconds, watchFailures } from './deps.ts';
import { AgentError, toAgentError } from './errors.ts';
import type { WatchEvent, WatchSink } from './watch.ts';
import { fingerprint, identityOf, isGone, isTransient } from './watch-change.ts';

interface Watcher {
  readonly sink: WatchSink;
  /** Started anew with each event. */
  readonly heartbeat: NodeJS.Timeout;
  /** Of the last report sent. */
  seen: string;
}

interface Seen {
  readonly report: Report;
  /** One object for all who are told of it. */
  readonly event: WatchEvent;
  readonly print: string;
  readonly at: number;
}

export interface WatchedSetup {
  readonly ask: Check;
  readonly request: CheckRequest;
  readonly intervalMs: number;
  /** How long one look may take. */
  readonly timeoutMs: number;
  /** A watcher is no more, for an error or (none) since it left. */
  readonly left: (error?: AgentError) => void;
}

/** One question that is watched: one look per interval, however many watch. */
export interface Watched {
  readonly watchers: () => number;
  join(sink: WatchSink): () => void;
  end(error: AgentError): void;
}

export function createWatched({ ask, request, intervalMs, timeoutMs, left }: WatchedSetup): Watched {
  const watchers = new Set<Watcher>();
  let last: Seen | undefined;
  let failures = 0;
  let looking = false;
  let next: NodeJS.Timeout | undefined;

  const remove = (watcher: Watcher, error?: AgentError) => {
    if (!watchers.delete(watcher)) return;
    clearTimeout(watcher.heartbeat);
    if (watchers.size === 0) clearTimeout(next);
    if (error !== undefined) watcher.sink.end(error);
    left(error);
  };
  const send = (watcher: Watcher, event: WatchEvent) => {
    if (watcher.sink.full()) {
      return remove(watcher, new AgentError('SlowReader', 'expected a reader that keeps up: watch again'));
    }
    watcher.sink.send(event);
    if (watchers.has(watcher)) watcher.heartbeat.refresh();
  };
  const tell = (watcher: Watcher) => {
    if (last === undefined || watcher.seen === last.print) return;
    watcher.seen = last.print;
    send(watcher, last.event);
  };
  const end = (error: AgentError) => {
    for (const watcher of [...watchers]) remove(watcher, error);
  };

  const saw = (report: Report) => {
    const before = last?.report;
    if (before !== undefined && identityOf(before) !== identityOf(report)) {
      return end(goneSince(before, `it is ${identityOf(report)} now, was ${identityOf(before)}`));
    }
    failures = 0;
    const event = { type: 'report', report } as const;
    last = { report, event, print: fingerprint(report), at: performance.now() };
    for (const watcher of [...watchers]) tell(watcher);
  };
  const failed = (error: AgentError) => {
    if (last !== undefined && isGone(error.code)) return end(goneSince(last.report, error.message));
    failures += 1;
    if (!isTransient(error.code) || failures >= watchFailures) return end(error);
    const event = { type: 'error', error } as const;
    for (const watcher of [...watchers]) send(watcher, event);
  };

  const look = async (): Promise<void> => {
    if (looking) return;
    clearTimeout(next);
    looking = true;
    const began = performance.now();
    try {
      saw(await ask(request, timeoutMs));
    } catch (error) {
      failed(toAgentError(error));
    }
    looking = false;
    if (watchers.size === 0) return;
    const took = performance.now() - began;
    // a look that takes longer than the interval leaves as much time to others
    next = setTimeout(() => void look(), Math.max(intervalMs - took, took));
  };

  return {
    watchers: () => watchers.size,
    end,
    join(sink) {
      const beat = () => send(watcher, { type: 'heartbeat', observedAt: last?.report.observedAt ?? '' });
      const watcher: Watcher = { sink, heartbeat: setTimeout(beat, heartbeatSeconds * 1000), seen: '' };
      watchers.add(watcher);
      if (last !== undefined && performance.now() - last.at < intervalMs) tell(watcher);
      else void look();
      return () => remove(watcher);
    },
  };
}

const goneSince = ({ observedAt }: Report, why: string): AgentError =>
  new AgentError('TargetGone', `${why}; it was there at ${observedAt}`);

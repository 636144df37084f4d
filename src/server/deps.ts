import type { Logger } from 'pino';
import type { Policy } from '../policy/policy.ts';
import type { Access } from './access/access.ts';
import type { SiteGuard } from './access/site.ts';
import type { Check } from './check.ts';
import type { Metrics } from './metrics.ts';
import type { ReadinessCheck } from './readiness.ts';
import type { WatchHub } from './watch.ts';

export interface Policies {
  /** Name of the one used where a request names none. */
  readonly default: string;
  list(): readonly Policy[];
}

export interface Limits {
  /** A REST body and a gRPC message. */
  readonly bodyBytes: number;
  /** Request line and headers together. */
  readonly headerBytes: number;
  /** At the same time over HTTP, over gRPC and on the unix socket, each. */
  readonly connections: number;
  /** Of one address; 0: any. */
  readonly clientConnections: number;
  /** After so long without a call a gRPC connection is closed. */
  readonly idleSeconds: number;
  /** Calls on one connection of the gRPC server, at the same time. */
  readonly streams: number;
  /** For a whole request to arrive. */
  readonly receiveSeconds: number;
  /** How long a check may take where the caller does not say. */
  readonly defaultTimeoutSeconds: number;
  /** Checks of one batch that run at once, so that a batch leaves room for others. */
  readonly batchConcurrency: number;
  /** An answer as it is sent, also of a whole batch. */
  readonly answerBytes: number;
  /** The same over gRPC, where it is one message. */
  readonly messageBytes: number;
  /** Of all answers that are being sent. */
  readonly unsentBytes: number;
  /** For a client to read its answer. */
  readonly sendSeconds: number;
  /** Findings and files of a report that is kept as an object, as for those who watch. */
  readonly objectRows: number;
  /** Streams that are open at once, over both transports. */
  readonly watchers: number;
  /** Of one caller. */
  readonly clientWatchers: number;
  /** Callers whose requests are counted apart. */
  readonly clients: number;
  /** Different questions that are watched: each costs a look per interval. */
  readonly watchedTargets: number;
  /** What a watcher may leave unread over HTTP before it is dropped. */
  readonly unreadBytes: number;
  /** The same over gRPC, where a report is one message. */
  readonly unreadMessages: number;
}

export const defaultLimits: Limits = {
  bodyBytes: 1024 * 1024,
  headerBytes: 16 * 1024,
  connections: 2000,
  clientConnections: 500,
  idleSeconds: 300,
  streams: 1200,
  receiveSeconds: 10,
  defaultTimeoutSeconds: 10,
  batchConcurrency: 4,
  answerBytes: 128 * 1024 * 1024,
  messageBytes: 16 * 1024 * 1024,
  unsentBytes: 256 * 1024 * 1024,
  sendSeconds: 60,
  objectRows: 1000,
  watchers: 1000,
  clientWatchers: 250,
  clients: 10_000,
  watchedTargets: 100,
  unreadBytes: 1024 * 1024,
  unreadMessages: 4,
};

/** Part of the documented interface, hence no configuration. */
export const timeoutSeconds = { min: 0.1, max: 60 } as const;
export const maxBatch = 1000;
/** Between two looks at a target that is watched. */
export const intervalSeconds = { min: 1, max: 300, default: 5 } as const;
/** A watcher hears something at least as often. */
export const heartbeatSeconds = 15;
/** Looks in a row that may fail before a watch ends. */
export const watchFailures = 5;

/** All that the servers need of the rest of the agent; `main` puts it together. */
export interface ServerDeps {
  readonly access: Access;
  /** The host that is listened on. */
  readonly site: Pick<SiteGuard, 'host'>;
  readonly check: Check;
  readonly watch: WatchHub;
  readonly policies: Policies;
  readonly readiness: () => Promise<readonly ReadinessCheck[]>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly version: string;
  readonly limits: Limits;
}

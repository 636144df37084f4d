import type { Report } from '../../policy/report.ts';
import { AgentError, type ErrorCode, errorTable } from '../errors.ts';
import type { WatchEvent } from '../watch.ts';
import type { Role } from './caller.ts';
import { redact } from './redact.ts';

/** What one role sees of an answer. */
export interface Sight {
  readonly report: (report: Report) => Report;
  readonly error: (error: AgentError) => AgentError;
  /** One event for all of this role who are told of it. */
  readonly event: (event: WatchEvent) => WatchEvent;
}

/** Their details say what was found: who else has the name, which folders are there. */
const telling: readonly ErrorCode[] = [
  'ProcessNotFound',
  'ContainerNotFound',
  'PodNotFound',
  'CgroupNotFound',
  'FileNotFound',
  'TargetGone',
  'TargetReplaced',
  'AmbiguousTarget',
  'KernelThread',
  'NotPermitted',
  'Internal',
];

export function redactError(error: AgentError): AgentError {
  if (!telling.includes(error.code)) return error;
  return new AgentError(error.code, errorTable[error.code].title, { cause: error.cause });
}

const all: Sight = { report: (report) => report, error: (error) => error, event: (event) => event };

const verdicts: Sight = { report: redact, error: redactError, event: eventsOnce() };

export const sightOf = (role: Role): Sight => (role === 'auditor' ? all : verdicts);

function eventsOnce(): Sight['event'] {
  const seen = new WeakMap<WatchEvent, WatchEvent>();
  return (event) => {
    const shown = seen.get(event) ?? redactEvent(event);
    seen.set(event, shown);
    return shown;
  };
}

function redactEvent(event: WatchEvent): WatchEvent {
  switch (event.type) {
    case 'report':
      return { type: 'report', report: redact(event.report) };
    case 'error':
      return { type: 'error', error: redactError(event.error) };
    case 'heartbeat':
      return event;
  }
}

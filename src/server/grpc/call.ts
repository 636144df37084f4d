import {
  type handleUnaryCall,
  Metadata,
  type ServerUnaryCall,
  type ServiceError,
  type status,
} from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { Caller } from '../access/caller.ts';
import { callCredentials } from '../access/grpc.ts';
import { readTrace } from '../access/trace.ts';
import type { Body } from '../body.ts';
import { type ServerDeps, timeoutSeconds } from '../deps.ts';
import { AgentError, errorTable, toAgentError } from '../errors.ts';
import type { Outbox } from '../outbox.ts';
import { requestId } from '../request-id.ts';

/** What a handler is given beside the message. */
export interface CallContext {
  readonly caller: Caller;
  /** Of `performance.now`: when the caller stops waiting. */
  readonly deadlineAt: number;
  readonly cancelled: () => boolean;
  /** Fields for the call's log line: never a path, a comm or a command line. */
  readonly note: (fields: Readonly<Record<string, unknown>>) => void;
  /** An answer in bytes, which are counted until they are read. Throws TooBusy. */
  readonly hold: (body: Body) => never;
}

/** Unary calls that are not answered yet: a server that stops waits for these, and not for streams. */
export interface Running {
  calls: number;
}

/** What is known of all calls of a server. */
export interface Calls {
  readonly running: Running;
  readonly outbox: Outbox;
  /** Closes the connection of a caller, `address:port`: one of its calls alone cannot be. */
  readonly hangUp: (peer: string) => void;
}

/** A promise as a unary handler: one log line, and no error but those of the table. */
export function unary<Request, Reply>(
  { running, outbox, hangUp, ...deps }: Edge & Calls,
  handle: (request: Request, context: CallContext) => Promise<Reply>,
): handleUnaryCall<Request, Reply> {
  return (call, callback) => {
    running.calls += 1;
    const { limits, log } = deps;
    const started = performance.now();
    const id = requestId(call.metadata.get('x-request-id')[0]);
    let noted: Readonly<Record<string, unknown>> = readTrace(call.metadata.get('traceparent')[0]);
    const context: Omit<CallContext, 'caller'> = {
      deadlineAt: deadlineOf(call, limits.defaultTimeoutSeconds),
      cancelled: () => call.cancelled,
      note: (fields) => {
        noted = { ...noted, ...fields };
      },
      hold(body) {
        const free = outbox.hold(body.bytes);
        const late = setTimeout(() => hangUp(call.getPeer()), limits.sendSeconds * 1000);
        // also said of one that is answered, once its last word has left
        call.once('cancelled', () => {
          clearTimeout(late);
          free();
        });
        return body as never;
      },
    };
    const ended = (code: string) => {
      running.calls -= 1;
      const ms = Math.round((performance.now() - started) * 10) / 10;
      log.info({ requestId: id, route: call.getPath(), status: code, ms, ...noted }, 'answered');
    };
    const run = async () => {
      const caller = enter(deps, call);
      context.note({ client: caller.id, role: caller.role });
      return handle(call.request, { ...context, caller });
    };
    run().then(
      (reply) => {
        ended('OK');
        callback(null, reply);
      },
      (thrown: unknown) => {
        const error = toAgentError(thrown);
        logFault(log, id, error);
        ended(error.code);
        callback(toServiceError(error, id));
      },
    );
  };
}

/** What every call needs, whatever it asks. */
export type Edge = Pick<ServerDeps, 'access' | 'metrics' | 'log' | 'limits'>;

/** Whose call it is; throws what it is refused with, which is counted. */
export function enter(
  { access, metrics, limits }: Edge,
  call: Parameters<typeof callCredentials>[0],
): Caller {
  try {
    // http2 takes 64 KiB, and grpc-js has no bound of its own
    if (sizeOf(call.metadata) > limits.headerBytes) {
      throw new AgentError('HeadersTooLarge', 'expected fewer or shorter metadata');
    }
    return access.enter(callCredentials(call));
  } catch (thrown) {
    const error = toAgentError(thrown);
    metrics.recordRefusal(error.code);
    throw error;
  }
}

const sizeOf = (metadata: Metadata): number =>
  Object.entries(metadata.toJSON())
    .flatMap(([name, values]) => values.map((value) => name.length + value.length))
    .reduce((sum, bytes) => sum + bytes, 0);

/** Our answer has to leave before the caller gives up, or it is told nothing but "too late". */
const marginMs = 20;

/** grpc-js has made a time of the wall clock of the seconds left, just now: they are taken back before it is set. */
function deadlineOf(call: ServerUnaryCall<unknown, unknown>, defaultSeconds: number): number {
  const leftMs = call.getDeadline().valueOf() - Date.now();
  const seconds = Number.isFinite(leftMs) ? timeoutSeconds.max : defaultSeconds;
  return performance.now() + Math.min(leftMs - marginMs, seconds * 1000);
}

export function toServiceError(
  error: AgentError,
  id: string,
): Pick<ServiceError, 'code' | 'details' | 'metadata'> & Error {
  const { grpc, http, title } = errorTable[error.code];
  const metadata = new Metadata();
  metadata.set('checkpointable-code', error.code);
  metadata.set('checkpointable-http-status', String(http));
  metadata.set('checkpointable-title', title);
  metadata.set('checkpointable-request-id', id);
  if (http === 429) metadata.set('retry-after', String(error.retryAfterSeconds));
  const { name, message } = error;
  return { name, message, code: grpc as status, details: message, metadata };
}

export function logFault(log: Logger, id: string, error: AgentError): void {
  if (error.code === 'Internal') log.error({ requestId: id, err: error.cause ?? error }, 'fault');
}

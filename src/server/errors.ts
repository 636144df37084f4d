/** One table for every error a caller can meet: code → HTTP status, gRPC status, title. */
const table = {
  Unauthenticated: { http: 401, grpc: 16, title: 'Credentials are missing or not accepted' },
  NotAllowed: { http: 403, grpc: 7, title: 'The caller may not ask this' },
  InvalidArgument: { http: 400, grpc: 3, title: 'A parameter is not usable' },
  PolicyNotFound: { http: 404, grpc: 5, title: 'No policy of that name' },
  ProcessNotFound: { http: 404, grpc: 5, title: 'No such process' },
  ContainerNotFound: { http: 404, grpc: 5, title: 'No such container on this node' },
  PodNotFound: { http: 404, grpc: 5, title: 'No such pod on this node' },
  CgroupNotFound: { http: 404, grpc: 5, title: 'No such cgroup' },
  FileNotFound: { http: 404, grpc: 5, title: 'The process has no such open file' },
  RouteNotFound: { http: 404, grpc: 12, title: 'No such path' },
  TargetGone: { http: 410, grpc: 5, title: 'The target that was watched is gone' },
  TargetReplaced: { http: 412, grpc: 9, title: 'Another one has this name now' },
  AmbiguousTarget: { http: 422, grpc: 9, title: 'Several targets match' },
  KernelThread: { http: 422, grpc: 9, title: 'A kernel thread cannot be a target' },
  NotPermitted: { http: 403, grpc: 7, title: 'The agent may not read this process' },
  RequestTimeout: { http: 408, grpc: 4, title: 'The request did not arrive in time' },
  PayloadTooLarge: { http: 413, grpc: 8, title: 'The request, or its answer, is too large' },
  UnsupportedMediaType: { http: 415, grpc: 3, title: 'The body is not JSON' },
  HeadersTooLarge: { http: 431, grpc: 8, title: 'The URL or the headers are too large' },
  TooBusy: { http: 429, grpc: 8, title: 'Too many requests, or checks that wait' },
  TooManyWatchers: { http: 429, grpc: 8, title: 'Too many watch already' },
  SlowReader: { http: 408, grpc: 8, title: 'The watcher does not keep up with reading' },
  DeadlineExceeded: { http: 504, grpc: 4, title: 'The check did not end in time' },
  ShuttingDown: { http: 503, grpc: 14, title: 'The agent is shutting down' },
  Internal: { http: 500, grpc: 13, title: 'A fault of the agent itself' },
} as const;

export type ErrorCode = keyof typeof table;
export const errorTable: Readonly<Record<ErrorCode, { http: number; grpc: number; title: string }>> = table;

interface AgentErrorOptions extends ErrorOptions {
  readonly retryAfterSeconds?: number;
}

export class AgentError extends Error {
  readonly code: ErrorCode;
  /** When to try again, where the caller alone decides it. */
  readonly retryAfterSeconds: number;
  /** `detail` says what was wrong and what was expected. */
  constructor(code: ErrorCode, detail: string, options: AgentErrorOptions = {}) {
    super(detail, options);
    this.name = 'AgentError';
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1;
  }
}

/** What is not an `AgentError` is a bug: callers learn that it happened, the log (`cause`) what it was. */
export function toAgentError(error: unknown): AgentError {
  if (error instanceof AgentError) return error;
  return new AgentError('Internal', 'the fault is in the log of the agent, under the id of this request', {
    cause: error,
  });
}

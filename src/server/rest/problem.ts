import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { browserHeaders } from '../access/headers.ts';
import { AgentError, type ErrorCode, errorTable, toAgentError } from '../errors.ts';

/** RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
}

const contentType = 'application/problem+json; charset=utf-8';

export function toProblem({ code, message }: AgentError, requestId: string): Problem {
  const { http, title } = errorTable[code];
  return {
    type: `urn:checkpointable:error:${code}`,
    title,
    status: http,
    detail: message,
    instance: `urn:checkpointable:request:${requestId}`,
    code,
  };
}

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: AgentError): FastifyReply {
  const problem = toProblem(error, request.id);
  if (['TooBusy', 'TooManyWatchers', 'ShuttingDown'].includes(error.code)) {
    reply.header('retry-after', String(error.retryAfterSeconds));
  }
  if (error.code === 'Unauthenticated') reply.header('www-authenticate', 'Bearer realm="checkpointable"');
  // as a string: for people at a terminal too, it is one line of JSON and never a report
  return reply
    .code(problem.status)
    .type(contentType)
    .send(`${JSON.stringify(problem)}\n`);
}

const framework: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['PayloadTooLarge', 'the body is too large: send fewer requests at once'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'UnsupportedMediaType',
    'expected the header Content-Type: application/json',
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['InvalidArgument', 'body: expected a JSON object, got nothing'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['InvalidArgument', 'body: expected JSON, and it does not parse'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['InvalidArgument', 'body: Content-Length does not match it'],
  FST_ERR_BAD_URL: ['InvalidArgument', 'the path is not a usable URL: check its % escapes'],
  FST_ERR_MAX_PARAM_LENGTH: ['RouteNotFound', 'a part of the path is too long to be anything'],
};

/** Ours, one of the framework's known ones, or a bug. */
export function fromRest(error: FastifyError | Error): AgentError {
  if (error instanceof AgentError) return error;
  const { code = '', statusCode = 500 } = error as FastifyError;
  const known = framework[code];
  if (known) return new AgentError(...known, { cause: error });
  if (statusCode >= 400 && statusCode < 500) {
    return new AgentError('InvalidArgument', error.message, { cause: error });
  }
  return toAgentError(error);
}

/** What node refuses before there is a request: no route, no id, no log line of its own. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  // of a TLS handshake that failed: there is nobody to talk to yet
  const early = /^(ECONNRESET|EPROTO|ERR_SSL_.*|ERR_TLS_.*)$/.test(error.code ?? '');
  if (early || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(fromConnection(error.code), 'none');
  const body = `${JSON.stringify(problem)}\n`;
  const head = [
    `HTTP/1.1 ${problem.status} Refused`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...Object.entries(browserHeaders).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function fromConnection(code: string | undefined): AgentError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AgentError('HeadersTooLarge', 'expected a shorter URL and fewer or shorter headers');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AgentError('RequestTimeout', 'the request did not arrive whole in time');
    default:
      return new AgentError('InvalidArgument', 'expected an HTTP/1.1 request');
  }
}

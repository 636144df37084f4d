import type { FastifyReply } from 'fastify';
import type { AgentError, ErrorCode } from '../errors.ts';
import type { WatchEvent, WatchSink } from '../watch.ts';
import { toWire, toWireError } from '../wire.ts';

/** How long the end of a stream may take to arrive. */
const lingerMs = 1000;

export interface EventStream {
  /** Text of an event: the same for all who are told of it. */
  readonly textOf: (event: WatchEvent) => string;
  readonly unreadBytes: number;
  readonly subscribe: (sink: WatchSink) => () => void;
  /** For the log: the code it ends with. */
  readonly ended: (code: ErrorCode) => void;
  /** The reader went, before the end or without reading it. */
  readonly left: () => void;
}

/**
 * A reply as `text/event-stream`, from the first event on: an error before it is still an ordinary problem, so this
 * rejects. Resolves once the reply is the stream's.
 */
export function sendEvents(reply: FastifyReply, stream: EventStream): Promise<void> {
  const { raw } = reply;
  let id = 0;
  // it went before it was heard: nothing would tell of it again
  if (raw.destroyed) {
    reply.hijack();
    return Promise.resolve();
  }
  return new Promise((resolve, reject) => {
    const begun = () => raw.headersSent;
    const begin = () => {
      reply.hijack();
      raw.writeHead(200, {
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream; charset=utf-8',
        'x-accel-buffering': 'no',
      });
      raw.write('retry: 5000\n\n');
      resolve();
    };
    const write = (text: string) => {
      if (raw.destroyed || raw.writableEnded) return;
      if (!begun()) begin();
      raw.write(`id: ${++id}\n${text}`);
    };
    const leave = stream.subscribe({
      full: () => raw.writableLength > stream.unreadBytes,
      send: (event) => write(stream.textOf(event)),
      end(error) {
        if (!begun()) return reject(error);
        stream.ended(error.code);
        write(endText(error));
        // the connection too, or it would keep an agent that stops
        const { socket } = raw;
        raw.end(() => socket?.end());
        setTimeout(() => raw.destroy(), lingerMs).unref();
      },
    });
    raw.once('close', () => {
      leave();
      if (raw.writableFinished) return;
      stream.left();
      if (begun()) return;
      reply.hijack();
      resolve();
    });
  });
}

/** One event as SSE has it; JSON has no line break of its own. */
export function eventText(event: WatchEvent): string {
  switch (event.type) {
    case 'report':
      return block('report', toWire(event.report));
    case 'heartbeat':
      return block('heartbeat', { observedAt: event.observedAt });
    case 'error':
      return block('error', toWireError(event.error));
  }
}

const endText = (error: AgentError): string => block('end', toWireError(error));
const block = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

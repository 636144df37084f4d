import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { readTrace } from '../access/trace.ts';
import type { ServerDeps } from '../deps.ts';
import { toAgentError } from '../errors.ts';
import { toInterval, toQuestion } from '../question.ts';
import { requestId } from '../request-id.ts';
import { targetFields } from '../target.ts';
import type { WatchEvent, WatchSink } from '../watch.ts';
import { toWire, toWireError } from '../wire.ts';
import { type Edge, enter, logFault, toServiceError } from './call.ts';
import type { WatchEvent as Message } from './generated/checkpointable/v1/WatchEvent.ts';
import type { WatchRequest__Output } from './generated/checkpointable/v1/WatchRequest.ts';
import { fromMessage, toMessage } from './messages.ts';

/** One stream: a line in the log when it ends, and no error but those of the table. */
export function watchHandler({
  watch,
  ...edge
}: Edge & Pick<ServerDeps, 'watch'>): handleServerStreamingCall<WatchRequest__Output, Message> {
  // many watchers are told of one report
  const messages = new WeakMap<WatchEvent, Message>();
  const messageOf = (event: WatchEvent): Message => {
    const message = messages.get(event) ?? toEvent(event);
    messages.set(event, message);
    return message;
  };

  const { access, limits, log } = edge;
  return (call) => {
    const started = performance.now();
    const id = requestId(call.metadata.get('x-request-id')[0]);
    let noted: Readonly<Record<string, unknown>> = readTrace(call.metadata.get('traceparent')[0]);
    let ended = false;
    const endedWith = (status: string) => {
      ended = true;
      const ms = Math.round(performance.now() - started);
      log.info({ requestId: id, route: call.getPath(), status, ms, ...noted }, 'answered');
    };
    const fail = (thrown: unknown) => {
      if (ended) return;
      const error = toAgentError(thrown);
      logFault(log, id, error);
      endedWith(error.code);
      call.emit('error', toServiceError(error, id));
    };
    const sink: WatchSink = {
      full: () => call.cancelled || call.writableLength > limits.unreadMessages,
      send: (event) => {
        if (!ended) call.write(messageOf(event));
      },
      end: fail,
    };
    try {
      const caller = enter(edge, call);
      noted = { ...noted, client: caller.id, role: caller.role };
      const { check, intervalSeconds } = call.request;
      const question = toQuestion(check === null ? {} : fromMessage(check));
      noted = { ...noted, ...targetFields(question.target) };
      const leave = access.watch(caller, watch, question, toInterval(intervalSeconds), sink);
      call.on('cancelled', () => {
        leave();
        if (!ended) endedWith('Left');
      });
    } catch (error) {
      fail(error);
    }
  };
}

function toEvent(event: WatchEvent): Message {
  switch (event.type) {
    case 'report':
      return { report: toMessage(toWire(event.report)) };
    case 'heartbeat':
      return { heartbeat: { observedAt: event.observedAt } };
    case 'error':
      return { error: toWireError(event.error) };
  }
}

import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Answered, Body } from '../body.ts';
import type { Limits } from '../deps.ts';
import { gather } from '../gather.ts';
import type { Outbox } from '../outbox.ts';
import { renderPieces } from '../render.ts';
import type { Format } from './format.ts';

const types: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
};

/** Piece by piece, as fast as it is read. */
export function sendBody(
  reply: FastifyReply,
  { chunks, bytes }: Body,
  format: Format,
  outbox: Outbox,
): FastifyReply {
  whenClosed(reply, outbox.hold(bytes));
  reply.type(types[format]).header('content-length', bytes);
  return reply.send(chunks.length === 1 ? chunks[0] : Readable.from(chunks));
}

/** Once the answer has left, or nobody is there to read it: that may be so already, and is said only once. */
export function whenClosed({ raw }: FastifyReply, then: () => void): void {
  if (raw.destroyed) then();
  else raw.once('close', then);
}

/** As it came, or made here of a report that is kept, as of the node. Throws PayloadTooLarge. */
export const bodyIn = async (
  answered: Answered,
  form: 'json' | 'text' | 'line',
  { answerBytes }: Pick<Limits, 'answerBytes'>,
): Promise<Body> => answered.body ?? (await gather(renderPieces(answered, form), answerBytes));

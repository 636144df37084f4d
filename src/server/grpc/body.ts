import type { Answered, Body } from '../body.ts';
import { AgentError } from '../errors.ts';
import { inTurns } from '../turns.ts';
import { asResult, messagePieces } from './encode.ts';

/** As it came, or made here of a report that is kept, as of the node. Throws PayloadTooLarge. */
export async function messageIn(
  answered: Answered,
  form: 'message' | 'result',
  maxBytes: number,
): Promise<Body> {
  if (answered.body !== undefined) return answered.body;
  const chunks: Buffer[] = [];
  let bytes = 0;
  await inTurns(messagePieces(answered), (piece) => {
    chunks.push(piece);
    bytes += piece.length;
    if (bytes > maxBytes) {
      const detail = `the answer has more than ${maxBytes} bytes, expected at most so many: ask over REST, or about less`;
      throw new AgentError('PayloadTooLarge', detail);
    }
  });
  return form === 'message' ? { chunks, bytes } : asResult({ chunks, bytes });
}

import { type Body, bodyOf } from './body.ts';
import { AgentError } from './errors.ts';
import { inTurns } from './turns.ts';

const chunkCharacters = 64 * 1024;

/** A body of pieces, made in turns. Throws PayloadTooLarge once they are more than so many bytes. */
export async function gather(pieces: Iterable<string | Uint8Array>, maxBytes: number): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let text = '';
  const add = (piece: string | Uint8Array) => {
    const body = bodyOf(piece);
    chunks.push(...body.chunks);
    bytes += body.bytes;
    if (bytes <= maxBytes) return;
    const detail = `the answer has more than ${maxBytes} bytes, expected at most so many: ask without show=all, or about less`;
    throw new AgentError('PayloadTooLarge', detail);
  };
  await inTurns(pieces, (piece) => {
    if (typeof piece !== 'string') return add(piece);
    text += piece;
    if (text.length < chunkCharacters) return;
    add(text);
    text = '';
  });
  if (text !== '') add(text);
  return { chunks, bytes };
}

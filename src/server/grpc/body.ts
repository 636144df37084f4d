import type { Answered, Body } from '../body.ts';
import type { Limits } from '../deps.ts';
import { gather } from '../gather.ts';
import { asResult, messagePieces } from './encode.ts';

/** As it came, or made here of a report that is kept, as of the node. Throws PayloadTooLarge. */
export async function messageIn(
  answered: Answered,
  form: 'message' | 'result',
  { messageBytes }: Pick<Limits, 'messageBytes'>,
): Promise<Body> {
  if (answered.body !== undefined) return answered.body;
  const message = await gather(messagePieces(answered), messageBytes);
  return form === 'message' ? message : asResult(message);
}

import type { FastifyReply, FastifyRequest } from 'fastify';

export type Format = 'json' | 'text';

/** `format=` wins, then Accept; a curl that was told nothing is a person at a terminal. */
export function formatOf(request: FastifyRequest, otherwise: Format = 'json'): Format {
  const { format } = request.query as { format?: Format };
  if (format !== undefined) return format;
  const accept = request.headers.accept ?? '*/*';
  if (accept.trim() !== '*/*') return preferred(accept) ?? otherwise;
  return /^curl\//.test(request.headers['user-agent'] ?? '') ? 'text' : otherwise;
}

/** RFC 9110, 12.5.1, for the two types there are. */
function preferred(accept: string): Format | undefined {
  const weight = { json: 0, text: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const q = parameters.find((one) => one.startsWith('q='))?.slice(2);
    const quality = q === undefined ? 1 : Number(q) || 0;
    if (type === 'application/json' || type === 'application/*') weight.json = quality;
    if (type === 'text/plain' || type === 'text/*') weight.text = quality;
  }
  if (weight.json === weight.text) return weight.json > 0 ? 'json' : undefined;
  return weight.json > weight.text ? 'json' : 'text';
}

export function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(text);
}

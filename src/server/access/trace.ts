/** The caller's trace, for the log line: none where it shows none. */
export type Trace = { readonly traceId: string; readonly spanId: string } | Readonly<Record<string, never>>;

const zeros = /^0+$/;

/** `traceparent` of W3C Trace Context, level 1; what does not hold to it is as if it were not there. */
export function readTrace(header: unknown): Trace {
  if (typeof header !== 'string' || header.length > 512) return {};
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/.exec(header.trim());
  const [, version, traceId = '', spanId = '', more] = match ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return {};
  return zeros.test(traceId) || zeros.test(spanId) ? {} : { traceId, spanId };
}

/** On every answer over HTTP; a page sets what it needs otherwise. */
export const browserHeaders: Readonly<Record<string, string>> = {
  // reports are of the moment, and for who asked
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** With TLS: a year, as browsers may then no more be led to speak plainly. */
export const tlsHeaders: Readonly<Record<string, string>> = {
  'strict-transport-security': 'max-age=31536000',
};

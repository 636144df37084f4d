/** The only way to the agent: GET, of this address, with the bearer token where one was given. */

/** In memory alone: it is gone with the page. */
let token = '';
/** @type {() => void} */
let wanted = () => {};

/** @param {string} given */
export function setToken(given) {
  token = given;
}

/** Who is told that the agent wants a token, or another one. @param {() => void} listener */
export function onTokenWanted(listener) {
  wanted = listener;
}

/**
 * @param {string} path relative, so that the page works behind a proxy that puts a path before it
 * @param {string} accept
 * @param {AbortSignal} [signal]
 */
export async function get(path, accept, signal) {
  const headers = token === '' ? { accept } : { accept, authorization: `Bearer ${token}` };
  const reply = await fetch(path, { headers, signal: signal ?? null });
  if (reply.status === 401) wanted();
  return reply;
}

/**
 * What the agent says where it gives no report.
 * @param {Response} reply
 */
export async function problemOf(reply) {
  try {
    return problemWords(await reply.json());
  } catch {
    return `HTTP status ${reply.status}`;
  }
}

/** @param {unknown} data */
export function problemWords(data) {
  const { code = 'error', detail = '' } = /** @type {{ code?: string, detail?: string }} */ (data ?? {});
  return detail === '' ? code : `${code}: ${detail}`;
}

/** Follows a stream of server-sent events, and connects again when it breaks. */

import { get, problemOf, problemWords } from './api.js';

/**
 * @typedef {object} LiveState
 * @property {'connecting' | 'live' | 'stale'} state
 * @property {string} why of stale: in words
 * @property {number} retryAt milliseconds of performance.now(); 0: nothing is planned
 */

/**
 * @typedef {object} Follower
 * @property {(event: string, data: unknown) => void} event
 * @property {(state: LiveState) => void} state
 */

/** A heartbeat comes every 15 s where nothing else does. */
const silenceMs = 40_000;
const firstDelayMs = 1000;
const longestDelayMs = 30_000;
/** A page nobody looks at keeps no connection. */
const hiddenMs = 60_000;

/**
 * @param {string} url @param {Follower} follower
 * @returns {{ now(): void }}
 */
export function follow(url, follower) {
  let failures = 0;
  /** @type {AbortController | undefined} */
  let running;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hiding;

  async function connect() {
    clearTimeout(retry);
    running?.abort();
    const controller = new AbortController();
    running = controller;
    if (failures === 0) follower.state({ state: 'connecting', why: '', retryAt: 0 });
    /** @type {{ why: string, afterMs?: number }} */
    let end;
    try {
      end = await read(controller);
    } catch (error) {
      end = {
        why: controller.signal.reason instanceof Silence ? 'the agent says nothing' : unreachable(error),
      };
    }
    // another one has taken its place, or nobody looks
    if (running !== controller) return;
    running = undefined;
    const delay = Math.min(firstDelayMs * 2 ** failures, longestDelayMs) * (0.75 + Math.random() / 4);
    const afterMs = Math.max(delay, end.afterMs ?? 0);
    failures += 1;
    retry = setTimeout(() => void connect(), afterMs);
    follower.state({ state: 'stale', why: end.why, retryAt: performance.now() + afterMs });
  }

  /** @param {AbortController} controller */
  async function read(controller) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let silence;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => controller.abort(new Silence()), silenceMs);
    };
    heard();
    try {
      const reply = await get(url, 'text/event-stream', controller.signal);
      if (!reply.ok || reply.body === null) return await refusal(reply);
      const parse = createParser();
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return { why: 'the connection ended' };
        heard();
        for (const { event, data } of parse(value)) {
          if (controller !== running) return { why: '' };
          if (event === 'end') return { why: problemWords(data) };
          if (event !== 'error') failures = 0;
          if (event === 'error') follower.state({ state: 'stale', why: problemWords(data), retryAt: 0 });
          else follower.state({ state: 'live', why: '', retryAt: 0 });
          follower.event(event, data);
        }
      }
    } finally {
      clearTimeout(silence);
      // what is left of the stream is not waited for
      controller.abort();
    }
  }

  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.visibilityState === 'visible') {
      if (running === undefined) now();
      return;
    }
    hiding = setTimeout(() => {
      clearTimeout(retry);
      const one = running;
      running = undefined;
      one?.abort();
      follower.state({ state: 'stale', why: 'the page was hidden', retryAt: 0 });
    }, hiddenMs);
  });
  window.addEventListener('online', now);

  function now() {
    failures = 0;
    void connect();
  }
  now();
  return { now };
}

class Silence extends Error {}

/** @param {unknown} error */
const unreachable = (error) =>
  error instanceof TypeError ? 'the agent cannot be reached' : `the connection broke (${String(error)})`;

/** @param {Response} reply */
async function refusal(reply) {
  const afterMs = Number(reply.headers.get('retry-after') ?? 0) * 1000 || 0;
  return { why: await problemOf(reply), afterMs };
}

/**
 * Text as it comes in, to events as they are whole.
 * @returns {(text: string) => readonly { event: string, data: unknown }[]}
 */
export function createParser() {
  /** @type {string[]} */
  let pieces = [];
  return (text) => {
    pieces.push(text);
    if (!text.includes('\n')) return [];
    const blocks = pieces.join('').split('\n\n');
    pieces = [blocks.pop() ?? ''];
    return blocks.flatMap(parseBlock);
  };
}

/** @param {string} block */
function parseBlock(block) {
  let event = 'message';
  const data = [];
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7);
    if (line.startsWith('data: ')) data.push(line.slice(6));
  }
  return data.length === 0 ? [] : [{ event, data: /** @type {unknown} */ (JSON.parse(data.join('\n'))) }];
}

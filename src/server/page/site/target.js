/** What is asked about: as it was typed, in the address of the page, and as a path of the API. */

/**
 * @typedef {object} Asked
 * @property {string} [pid]
 * @property {string} [startTimeTicks]
 * @property {string} [container]
 * @property {string} [pod] a UID, or namespace/name
 * @property {string} [cgroup]
 */

const uid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/**
 * A pid, a container's id, namespace/name or the UID of a pod, or the /path of a cgroup.
 * @param {string} typed @returns {Asked | undefined}
 */
export function parseTyped(typed) {
  const text = typed.trim();
  if (/^\d{1,7}$/.test(text)) return { pid: text };
  if (/^[a-z][a-z0-9+.-]*:\/\/./i.test(text)) return { container: text };
  if (text.startsWith('/') && text.length > 1) return { cgroup: text };
  if (/\.(service|scope|slice)(\/|$)/.test(text)) return { cgroup: text };
  if (uid.test(text) && text.includes('-')) return { pod: text };
  if (/^[^/\s]+\/[^/\s]+$/.test(text)) return { pod: text };
  return /^[^/\s]{8,}$/.test(text) ? { container: text } : undefined;
}

/**
 * @param {Asked} asked @param {readonly string[]} [options]
 */
export function toHash(asked, options = []) {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(asked)) if (value !== undefined) words.set(key, value);
  for (const option of options) words.append('option', option);
  return `#${words}`;
}

/**
 * @param {string} hash @returns {{ asked: Asked, options: readonly string[] } | undefined}
 */
export function fromHash(hash) {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const options = words.getAll('option');
  for (const key of /** @type {const} */ (['container', 'pod', 'cgroup'])) {
    const value = words.get(key);
    if (value) return { asked: { [key]: value }, options };
  }
  const pid = words.get('pid');
  if (!pid) return undefined;
  const startTimeTicks = words.get('startTimeTicks');
  return { asked: { pid, ...(startTimeTicks ? { startTimeTicks } : {}) }, options };
}

/**
 * Relative, so that the page works behind a proxy that puts a path before it.
 * @param {Asked} asked @param {readonly string[]} options @param {string} [format]
 */
export function apiPath({ pid, startTimeTicks, container, pod, cgroup }, options, format = 'json') {
  const query = new URLSearchParams({ format });
  for (const option of options) query.append('option', option);
  if (startTimeTicks !== undefined) query.set('startTimeTicks', startTimeTicks);
  return `v1/${place()}?${query}`;

  function place() {
    if (container !== undefined) return `containers/${segment(container)}`;
    if (pod !== undefined) return `pods/${pod.split('/').map(segment).join('/')}`;
    if (cgroup === undefined) return `processes/${segment(pid ?? '')}`;
    const [last = '', ...above] = cgroup.replace(/^\/+/, '').split('/').map(segment).reverse();
    const slash = /^(ready|watch)$/.test(last) ? '%2F' : '/';
    return `cgroups/${above.length === 0 ? last : `${above.reverse().join('/')}${slash}${last}`}`;
  }
}

/** A browser takes `.` and `..` away even where they are encoded. @param {string} text */
function segment(text) {
  return /^\.{1,2}$/.test(text) ? encodeURIComponent(`${text}?`) : encodeURIComponent(text);
}

/** @param {Asked} asked */
export function askedWords({ pid, container, pod, cgroup }) {
  if (container !== undefined) return `container ${container}`;
  if (pod !== undefined) return `pod ${pod}`;
  return cgroup === undefined ? `process ${pid}` : `cgroup ${cgroup}`;
}

/** @param {Asked} a @param {Asked} b */
export const isSame = (a, b) => toHash(a) === toHash(b);

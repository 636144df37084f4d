const prefix = '/v1/cgroups/';

/**
 * A cgroup's path is one part of the URL, so its slashes are encoded before the URL is routed. `/ready` and `/watch` at
 * the end are the gate and the stream; a cgroup that is itself named so keeps its slash encoded: `a%2Fready`.
 */
export function encodeCgroupPath(url: string): string {
  if (!url.startsWith(prefix)) return url;
  const end = url.search(/[?#]/);
  const [path, query] = end < 0 ? [url, ''] : [url.slice(0, end), url.slice(end)];
  const [, name = '', what = ''] = /^(.*?)(\/(?:ready|watch))?$/.exec(path.slice(prefix.length)) ?? [];
  return `${prefix}${name.replaceAll('/', '%2F')}${what}${query}`;
}

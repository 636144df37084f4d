/** What a name looks like, and how that is said to who got it wrong. */
export interface NameForm {
  readonly pattern: string;
  readonly expected: string;
}

const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const part = '(?!\\.{1,2}(/|$))[^/\\u0000]+';
export const nameForms = {
  containerId: {
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,255}$',
    expected: 'a container id: 1 to 256 letters, digits and _ . : / -, the first a letter or digit',
  },
  podUid: {
    pattern: '^([0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$',
    expected: 'a pod UID: 32 hexadecimal digits, with or without dashes (36 characters)',
  },
  namespace: {
    pattern: `^${label}$`,
    expected: 'a namespace: 1 to 63 lower-case letters, digits and - (RFC 1123 label)',
  },
  podName: {
    pattern: `^(?=.{1,253}$)${label}(\\.${label})*$`,
    expected: 'a pod name: 1 to 253 lower-case letters, digits, - and . (RFC 1123 subdomain)',
  },
  cgroupPath: {
    pattern: `^(?=.{1,4096}$)(/|/?${part}(/${part})*/?)$`,
    expected: 'a cgroup path such as system.slice/nginx.service, without empty parts, . or ..',
  },
  startTimeTicks: {
    pattern: '^[0-9]{1,20}$',
    expected: 'clock ticks from boot to the start, in decimal, as a report has them',
  },
} as const satisfies Readonly<Record<string, NameForm>>;

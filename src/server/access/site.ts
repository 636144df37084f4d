import { isLoopback, readAddress } from '../../config-address.ts';
import { AgentError } from '../errors.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Which browsers may ask, since one brings a page of anyone to an address that only this machine reaches. */
export interface SiteGuard {
  /** The host that was configured to listen on. */
  readonly host: string;
  /** Nothing but the address keeps others out: a name that leads here must be ours (DNS rebinding). */
  readonly open: boolean;
}

/** Throws NotAllowed. */
export function checkSite(headers: Headers, { host, open }: SiteGuard): void {
  const asked = one(headers.host);
  if (open && isLoopback(host) && asked !== undefined && !isOurs(hostOf(asked), host)) {
    throw new AgentError(
      'NotAllowed',
      'expected the header Host to name this machine: localhost or 127.0.0.1',
    );
  }
  const origin = one(headers.origin);
  if (origin !== undefined && originHost(origin) !== asked?.toLowerCase()) {
    throw new AgentError('NotAllowed', 'a page of another site asks: expected none, or one of this address');
  }
  const site = one(headers['sec-fetch-site']);
  const navigates = one(headers['sec-fetch-mode']) === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && !navigates) {
    throw new AgentError('NotAllowed', 'a page of another site asks: expected none, or one of this address');
  }
}

const one = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];

const isOurs = (asked: string, host: string): boolean =>
  isLoopback(asked) || asked.endsWith('.localhost') || asked === host.toLowerCase();

function hostOf(header: string): string {
  const text = header.toLowerCase();
  return readAddress(text)?.host ?? text.replace(/^\[(.*)\]$/, '$1').replace(/:$/, '');
}

/** As a Host header would have it; `null` for a page of no site. */
function originHost(origin: string): string {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase() ?? origin;
}

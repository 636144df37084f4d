import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';

/** auditor: all that is known. viewer: verdicts only, see redact.ts. */
export type Role = 'auditor' | 'viewer';
export const roles: readonly Role[] = ['auditor', 'viewer'];

/** Who asks. */
export interface Caller {
  /** For limits and the log: never a secret. */
  readonly id: string;
  readonly role: Role;
  /** False once what it came with is no more accepted: for what goes on longer than a request. */
  readonly holds: () => boolean;
}

/** What a connection and a request show of who asks. */
export interface Credentials {
  /** The header, or the metadata, of this name. */
  readonly authorization?: string;
  /** DER, of a certificate that the TLS handshake found good. */
  readonly certificate?: ClientCertificate;
  /** Absent: a unix socket, whose mode says who may. */
  readonly address?: string;
}

export interface ClientCertificate {
  readonly raw: Buffer;
  readonly subject: { readonly OU?: string | readonly string[] };
}

export const sha256 = (bytes: Buffer | string): Buffer => createHash('sha256').update(bytes).digest();

/** An IPv6 customer has a whole /64: it is one caller. */
export function addressId(address: string | undefined): string {
  if (address === undefined) return 'unix';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return `address ${mapped ?? address}`;
  return address === '::1' ? 'address ::1' : `address ${prefix64(address)}`;
}

function prefix64(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

import { type Caller, type ClientCertificate, type Credentials, sha256 } from './caller.ts';
import type { Secrets } from './secrets.ts';
import type { Token } from './tokens.ts';

/** What stands behind `Bearer`; '' for anything else. */
export const bearerOf = (authorization: string): string =>
  /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '';

export function tokenCaller({ role, digest }: Token, tokens: () => readonly Token[] | undefined): Caller {
  return {
    id: `token ${digest.toString('hex').slice(0, 8)}`,
    role,
    holds: () => tokens()?.some((one) => one.role === role && one.digest.equals(digest)) ?? false,
  };
}

export function certificateCaller({ raw, subject }: ClientCertificate, holds: () => boolean): Caller {
  const units = [subject.OU ?? []].flat();
  return {
    id: `certificate ${sha256(raw).toString('hex').slice(0, 16)}`,
    role: units.includes('viewer') ? 'viewer' : 'auditor',
    holds,
  };
}

/** What to show, in words for who did not. */
export function wantedOf({ tokens, tls }: Secrets, { authorization }: Credentials): string {
  if (tokens !== undefined && authorization !== undefined) {
    return 'expected the header Authorization: Bearer with a token of the token file';
  }
  const ways = [
    ...(tokens === undefined ? [] : ['the header Authorization: Bearer TOKEN']),
    ...((tls?.clientCa ?? '') === '' ? [] : ['a client certificate']),
  ];
  return ways.length === 0
    ? 'expected credentials: there are none for this way in'
    : `expected ${ways.join(' or ')}`;
}

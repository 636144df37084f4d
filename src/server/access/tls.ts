import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { TlsFiles } from '../../config.ts';
import { readFile } from './secret-file.ts';

/** What both servers are given, at start and again when the files have changed. */
export interface TlsMaterial {
  readonly context: SecureContextOptions;
  /** PEM of who signs callers' certificates; '' where they show none. */
  readonly clientCa: string;
  /** Of the certificate: the earliest end of the chain. */
  readonly validTo: Date;
}

export type TlsRead = { readonly material: TlsMaterial } | { readonly problems: readonly string[] };

/** Reads and checks all of it; nothing is in force yet. */
export function readTls(files: TlsFiles, now: Date): TlsRead {
  const problems: string[] = [];
  const read = (path: string, secret: boolean): Buffer => {
    const bytes = readFile(path, { secret });
    if (typeof bytes !== 'string') return bytes;
    problems.push(`${path}: ${bytes}`);
    return Buffer.alloc(0);
  };
  const cert = read(files.cert, false);
  const key = read(files.key, true);
  const ca = files.clientCa === '' ? undefined : read(files.clientCa, false);
  if (problems.length > 0) return { problems };

  const chain = certificatesOf(files.cert, cert, problems);
  problems.push(...chain.flatMap((one) => outOfTime(files.cert, one, now)));
  // of many authorities one may have ended
  if (ca !== undefined) certificatesOf(files.clientCa, ca, problems);
  checkKey(files, key, chain[0], problems);
  if (problems.length > 0) return { problems };

  const context = contextOf(cert, key, ca);
  try {
    createSecureContext(context);
  } catch (error) {
    return { problems: [`${files.cert}: not usable: ${(error as Error).message}`] };
  }
  const ends = chain.map(({ validTo }) => Date.parse(validTo));
  return {
    material: { context, clientCa: ca?.toString('latin1') ?? '', validTo: new Date(Math.min(...ends)) },
  };
}

/** No session is resumed: a caller's certificate is looked at with every connection, by what is in force then. */
const contextOf = (cert: Buffer, key: Buffer, ca: Buffer | undefined): SecureContextOptions => ({
  cert,
  key,
  ...(ca === undefined ? {} : { ca }),
  minVersion: 'TLSv1.2',
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
});

function outOfTime(path: string, { validFrom, validTo }: X509Certificate, now: Date): readonly string[] {
  if (Date.parse(validTo) < now.getTime()) return [`${path}: expired on ${validTo}`];
  return Date.parse(validFrom) > now.getTime() ? [`${path}: not valid before ${validFrom}`] : [];
}

function certificatesOf(path: string, pem: Buffer, problems: string[]): readonly X509Certificate[] {
  const blocks = pem.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (blocks === null) {
    problems.push(`${path}: expected a certificate in PEM`);
    return [];
  }
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    problems.push(`${path}: expected a certificate in PEM, and one does not parse`);
    return [];
  }
}

function checkKey(
  files: TlsFiles,
  pem: Buffer,
  certificate: X509Certificate | undefined,
  problems: string[],
): void {
  try {
    const key = createPrivateKey(pem);
    if (certificate?.checkPrivateKey(key) === false) {
      problems.push(`${files.key}: is not the key of ${files.cert}`);
    }
  } catch {
    problems.push(`${files.key}: expected a private key in PEM, without a passphrase`);
  }
}

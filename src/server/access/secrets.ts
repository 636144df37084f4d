import type { TlsFiles } from '../../config.ts';
import { readFile, stampOf } from './secret-file.ts';
import { readTls, type TlsMaterial } from './tls.ts';
import { parseTokens, type Token } from './tokens.ts';

export interface SecretFiles {
  readonly tls?: TlsFiles;
  /** '' for none. */
  readonly tokenFile: string;
}

/** All that the files say of who may ask: in force together, or not at all. */
export interface Secrets {
  readonly tls?: TlsMaterial;
  /** Absent: no token is asked for. */
  readonly tokens?: readonly Token[];
}

export type SecretsRead = { readonly secrets: Secrets } | { readonly problems: readonly string[] };

export function readSecrets({ tls, tokenFile }: SecretFiles, now: Date): SecretsRead {
  const read = tls === undefined ? undefined : readTls(tls, now);
  const { tokens, problems: wrong } = tokenFile === '' ? noTokens : readTokens(tokenFile);
  const problems = [...(read !== undefined && 'problems' in read ? read.problems : []), ...wrong];
  if (problems.length > 0) return { problems };
  return {
    secrets: {
      ...(read !== undefined && 'material' in read ? { tls: read.material } : {}),
      ...(tokens === undefined ? {} : { tokens }),
    },
  };
}

const noTokens = { tokens: undefined, problems: [] };

function readTokens(path: string): { tokens?: readonly Token[]; problems: readonly string[] } {
  const bytes = readFile(path, { secret: true });
  if (typeof bytes === 'string') return { problems: [`${path}: ${bytes}`] };
  const { tokens, problems } = parseTokens(bytes.toString('utf8'));
  return {
    tokens,
    problems: problems.map(({ line, message }) => `${path}${line > 0 ? `:${line}` : ''}: ${message}`),
  };
}

/** Changes when any of them may have. */
export function secretsStamp({ tls, tokenFile }: SecretFiles): string {
  const files = [tls?.cert ?? '', tls?.key ?? '', tls?.clientCa ?? '', tokenFile];
  return stampOf(files.filter((file) => file !== ''));
}

import { timingSafeEqual } from 'node:crypto';
import { type Role, roles, sha256 } from './caller.ts';

export interface Token {
  readonly role: Role;
  /** SHA-256: the token itself is not kept. */
  readonly digest: Buffer;
}

export interface TokenProblem {
  readonly line: number;
  readonly message: string;
}

const minLength = 32;
/** RFC 6750, b64token: what may stand behind `Bearer`. */
const form = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Lines `<role> <token>`; empty ones and those that begin with # say nothing. No problem names a token. */
export function parseTokens(text: string): {
  readonly tokens: readonly Token[];
  readonly problems: readonly TokenProblem[];
} {
  const tokens: Token[] = [];
  const problems: TokenProblem[] = [];
  for (const [index, row] of text.split('\n').entries()) {
    const line = row.trim();
    if (line === '' || line.startsWith('#')) continue;
    const read = parseLine(line);
    if (typeof read === 'string') problems.push({ line: index + 1, message: read });
    else if (tokens.some(({ digest }) => digest.equals(read.digest))) {
      problems.push({ line: index + 1, message: 'expected another token than on an earlier line' });
    } else tokens.push(read);
  }
  if (tokens.length === 0 && problems.length === 0) {
    problems.push({ line: 0, message: 'expected a line "<role> <token>": nobody could ask' });
  }
  return { tokens, problems };
}

function parseLine(line: string): Token | string {
  const [word = '', token = '', ...more] = line.split(/\s+/);
  const role = roles.find((one) => one === word);
  if (role === undefined) return `expected a line "<role> <token>", the role ${roles.join(' or ')}`;
  if (more.length > 0 || !form.test(token)) {
    return 'expected one token behind the role, of letters, digits and -._~+/';
  }
  if (token.length < minLength) {
    return `expected a token of at least ${minLength} characters, got ${token.length}`;
  }
  return { role, digest: sha256(token) };
}

/** As long for a right one as for a wrong one: all are compared, as digests of one length. */
export function findToken(tokens: readonly Token[], given: string): Token | undefined {
  const digest = sha256(given);
  let found: Token | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(token.digest, digest)) found = token;
  }
  return found;
}

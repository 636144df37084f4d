import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What a browser is sent, read once at start: no request names a file of the disk. */
const folder = new URL('./site/', import.meta.url);

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly content: Buffer;
}

/** Nothing from elsewhere, nothing inline, and (Trusted Types) no text that becomes markup. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  // kept, and asked about each time: an agent of another version is never mixed with an older page
  'cache-control': 'no-cache',
} as const;

/** Browsers name text/html; curl, probes and scripts do not. */
export function wantsPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept
    .toLowerCase()
    .split(',')
    .some((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
      return type === 'text/html' && !parameters.some((one) => /^q=0(\.0*)?$/.test(one));
    });
}

export interface Page {
  /** Answers with index.html. */
  readonly send: (request: FastifyRequest, reply: FastifyReply) => FastifyReply;
  /** Serves the files it refers to, at `/page/…`. */
  readonly addRoutes: (app: Pick<FastifyInstance, 'get'>) => void;
}

export function createPage(): Page {
  const files = new Map(readdirSync(folder).flatMap((name) => fileOf(name)));
  const sendFile = (name: string) => (request: FastifyRequest, reply: FastifyReply) => {
    const file = files.get(name);
    if (file === undefined) throw new Error(`the page has no file ${name}: was it copied by the build?`);
    reply.headers({ ...headers, etag: file.etag });
    return isKnown(request, file.etag) ? reply.code(304).send() : reply.type(file.type).send(file.content);
  };
  return {
    send: sendFile('index.html'),
    addRoutes: (app) => {
      for (const name of files.keys()) if (name !== 'index.html') app.get(`/page/${name}`, sendFile(name));
    },
  };
}

function fileOf(name: string): readonly (readonly [string, PageFile])[] {
  const type = types[extname(name)];
  if (type === undefined) return [];
  const content = readFileSync(new URL(name, folder));
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
  return [[name, { type, etag, content }]];
}

function isKnown({ headers: { 'if-none-match': known = '' } }: FastifyRequest, etag: string): boolean {
  return known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*');
}

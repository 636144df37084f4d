import type { Facts, FactType } from '../facts.ts';
import type { Draft } from './draft.ts';
import type { Scan } from './scan.ts';

/**
 * What a kind claims, in literals so that an overlap can be seen when the list is loaded:
 *   anon       name of an anonymous inode (`anon_inode:[eventfd]`), or its beginning up to a `:`
 *   link       form of a pseudo link: pipe, socket, namespace
 *   prefix     beginning of the link of a file on a kernel-internal mount: `/memfd:`
 *   fsType     filesystem the file is on, before its type is looked at
 *   protocol   sk_prot name (socket(7), net/core/sock.c): TCP, UNIX-STREAM
 *   type       S_IFMT of stat; `majors` narrows a device
 */
export type Claim =
  | { readonly anon: readonly string[] }
  | { readonly link: 'pipe' | 'socket' | 'namespace' | 'anon' | 'other' }
  | { readonly prefix: readonly string[] }
  | { readonly fsType: string }
  | { readonly protocol: readonly string[] }
  | { readonly type: string; readonly majors?: readonly number[] };

/** Each has what is left of it: `mode` is the access mode. */
export type OpenNeed = 'nothing' | 'mode' | 'flags' | 'fdinfo';

export interface Kind {
  readonly name: string;
  readonly claim: Claim;
  /** The facts it adds to the common ones: what a policy may ask of this kind. */
  readonly facts: Readonly<Record<string, FactType>>;
  /** What it, or a relation, takes of how it is open; absent: all of fdinfo. */
  readonly openNeed?: (draft: Draft) => OpenNeed;
  /** The kernel's file_operations, inferred. */
  readonly fop: string | ((draft: Draft) => string);
  /** Reads the facts of one such file; what cannot be read is `null`. */
  readonly read?: (draft: Draft, scan: Scan) => Facts;
  /** Before that, adds some or all of them itself, each by its name: of many files, since an object that others are copied into becomes a slow one. */
  readonly add?: (draft: Draft, scan: Scan) => void;
}

export const defineKind = (kind: Kind): Kind => kind;

/** Two kinds that claim the same thing: which one wins would depend on their order. */
export function overlaps(kinds: readonly Kind[]): readonly string[] {
  const owner = new Map<string, string>();
  const problems: string[] = [];
  for (const kind of kinds) {
    for (const key of claimKeys(kind.claim)) {
      const other = owner.get(key);
      if (other !== undefined) problems.push(`${kind.name} and ${other} both claim ${key}`);
      owner.set(key, kind.name);
    }
  }
  return problems;
}

export function claimKeys(claim: Claim): readonly string[] {
  if ('anon' in claim) return claim.anon.map((name) => `anon ${name}`);
  if ('link' in claim) return [`link ${claim.link}`];
  if ('prefix' in claim) return claim.prefix.map((text) => `prefix ${text}`);
  if ('fsType' in claim) return [`fsType ${claim.fsType}`];
  if ('protocol' in claim) return claim.protocol.map((name) => `protocol ${name}`);
  const { type, majors } = claim;
  return majors === undefined ? [`type ${type}`] : majors.map((major) => `type ${type} ${major}`);
}

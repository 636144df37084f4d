import type { FactValue, FileFacts, Holder, Unread, Via, Watcher } from '../facts.ts';
import { decodeBytes } from './bytes.ts';
import type { Kind } from './kind.ts';
import type { SocketOptions } from './native/native.ts';
import type { Fdinfo } from './parse/fdinfo.ts';
import type { Link } from './parse/link.ts';
import type { Mount } from './parse/mountinfo.ts';
import type { Failure, Stat } from './proc.ts';

/** A file while it is being read: the kinds and `relate` add to it. */
export interface Draft {
  readonly pid: number;
  readonly via: Via;
  readonly fd: number | undefined;
  /** Where its link is, below the proc root: `4312/fd/7`. */
  readonly at: string;
  /** Link text, latin1. */
  readonly text: string;
  readonly link: Link;
  /** Absent where it was not read: `open-facts.ts`. */
  fdinfo?: Fdinfo;
  /** Of fdinfo only what every file has was told. */
  isHead?: true;
  /** Absent where it was not looked at: a pseudo file, or a filesystem that may hang. */
  readonly stat?: Stat | undefined;
  readonly mount?: Mount | undefined;
  /** Its number stands for another file by now. */
  replaced?: true;
  /** Of a socket, where it is told. */
  protocolName?: string;
  /** Of a socket, once it was asked. */
  socket?: SocketOptions | Failure;
  /** The same of all fds of one open file description, where it is told. */
  description?: string;
  /** Whether any eventpoll watches it, where the kernel tells. */
  watched?: boolean | undefined;
  /** Of an eventpoll with one entry, where it is told: `description` of what it watches. */
  watches?: string;
  readonly facts: Record<string, FactValue>;
  readonly unread: Unread[];
  readonly watchers: Watcher[];
  /** Fds of the tree that are of the same open file description, itself among them; absent where it is the only one. */
  same?: readonly Draft[];
  /** Fds of other processes that are. */
  readonly sharedWith: Holder[];
}

/** So many are named: a description may have as many fds as there may be. */
export const maxHolders = 100;

export function note(draft: Draft, call: string, { errno }: Failure, facts: readonly string[]): void {
  draft.unread.push({ pid: draft.pid, call, errno, facts });
  for (const fact of facts) draft.facts[fact] = null;
}

function holdersOf({ pid, fd, sharedWith }: Draft, same: readonly Draft[]): readonly Holder[] {
  const others: Holder[] = [];
  for (const one of same) {
    if (others.length >= maxHolders) break;
    if (one.fd !== undefined && (one.pid !== pid || one.fd !== fd)) others.push({ pid: one.pid, fd: one.fd });
  }
  return [...others, ...sharedWith];
}

export function finish(draft: Draft, kind: Kind): FileFacts {
  const { via, fd, facts, unread, watchers } = draft;
  const sharedWith = draft.same === undefined ? draft.sharedWith : holdersOf(draft, draft.same);
  const { text: path, base64 } = decodeBytes(draft.text);
  const fop = typeof kind.fop === 'string' ? kind.fop : kind.fop(draft);
  const file = { via, kind: kind.name, path, fop, facts, unread, watchers, sharedWith };
  // optional members of few files: added only where they are there
  if (base64 !== undefined) return { ...file, ...(fd === undefined ? {} : { fd }), pathBase64: base64 };
  return fd === undefined ? file : Object.assign(file, { fd });
}

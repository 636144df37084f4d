import { isDecimal } from './number.ts';

export type Link =
  | { readonly form: 'socket' | 'pipe'; readonly inode: string }
  /** Name without brackets: `eventfd`, `bpf-map`, `kvm-vcpu:0`. */
  | { readonly form: 'anon'; readonly name: string }
  | { readonly form: 'namespace'; readonly type: string; readonly inode: string }
  /** As read: ` (deleted)`, which may be part of the name, left on. */
  | { readonly form: 'path'; readonly path: string }
  | { readonly form: 'other'; readonly text: string };

const NAMESPACES: ReadonlySet<string> = new Set([
  'cgroup',
  'ipc',
  'mnt',
  'net',
  'pid',
  'pid_for_children',
  'time',
  'time_for_children',
  'user',
  'uts',
]);

/** Pseudo files of one sort are all on one device. */
export const pseudoSort = (link: Link): string => (link.form === 'anon' ? `anon ${link.name}` : link.form);

/**
 * Link text of /proc/PID/fd/N, map_files, cwd, root, exe, ns/*: proc(5), d_path() in fs/d_path.c and each filesystem's d_dname().
 * A file that has a name always begins with `/` (`/tmp/socket:[1]` is a file); what the kernel makes up does not
 * (`socket:[9415]`, `anon_inode:[eventfd]`, `net:[4026531840]`), but for some: `/memfd:x (deleted)`, `/SYSV00000000 (deleted)`,
 * `/dmabuf:x` are `path` here.
 */
export function parseLink(text: string): Link {
  if (text.startsWith('/')) return { form: 'path', path: text };
  const colon = text.indexOf(':');
  if (colon < 0) return { form: 'other', text };
  const prefix = text.slice(0, colon);
  const bracketed = text[colon + 1] === '[' && text.endsWith(']');
  const name = bracketed ? text.slice(colon + 2, -1) : text.slice(colon + 1);
  if (prefix === 'anon_inode' && name !== '') return { form: 'anon', name };
  if (!bracketed || !isDecimal(name)) return { form: 'other', text };
  if (prefix === 'socket' || prefix === 'pipe') return { form: prefix, inode: name };
  if (NAMESPACES.has(prefix)) return { form: 'namespace', type: prefix, inode: name };
  return { form: 'other', text };
}

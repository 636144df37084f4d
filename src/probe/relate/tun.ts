import type { FactValue } from '../../facts.ts';
import { fdinfoText } from '../kinds/fdinfo-facts.ts';
import type { NetworkLink } from '../native/native.ts';
import { failed } from '../proc.ts';
import { filesOfKind, listFact, type Tree } from './tree.ts';

const ARPHRD_ETHER = 1;

/**
 * What a /dev/net/tun is attached to: `none`, a `tun` or `tap` device of the tree's or the engine's network namespace,
 * or one `outside` of both, which CRIU refuses (tun.c, net.c). Only a tap can have a filter, which nobody can see.
 */
export function relateTun(tree: Tree): void {
  const files = filesOfKind(tree, 'chardev').filter(
    ({ draft }) => draft.facts.major === 10 && draft.facts.minor === 200,
  );
  if (files.length === 0) return;
  const links = knownLinks(tree);
  for (const { draft } of files) {
    const name = fdinfoText(draft, 'iff');
    draft.facts.tunDevice = name === undefined || name === '' ? 'none' : deviceKind(links, name);
  }
}

function deviceKind(links: readonly NetworkLink[] | undefined, name: string): FactValue {
  if (links === undefined) return null;
  const link = links.find((one) => one.name === name && one.kind === 'tun');
  if (link === undefined) return 'outside';
  return link.type === ARPHRD_ETHER ? 'tap' : 'tun';
}

function knownLinks({ root, scan }: Tree): readonly NetworkLink[] | undefined {
  const namespaces = [
    scan.engine,
    ...(listFact(root, 'ownNamespaces').includes('net') ? [String(root.pid)] : []),
  ];
  const links: NetworkLink[] = [];
  for (const pid of namespaces) {
    const found = scan.native?.links(`${scan.proc.root}/${pid}/ns/net`);
    if (found === undefined || failed(found)) return undefined;
    links.push(...found);
  }
  return links;
}

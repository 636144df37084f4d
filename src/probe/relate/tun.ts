import type { FactValue } from '../../facts.ts';
import { fdinfoText } from '../kinds/fdinfo-facts.ts';
import type { NetworkLink } from '../native/native.ts';
import { failed } from '../proc.ts';
import { filesOfKind, type Tree } from './tree.ts';

const ARPHRD_ETHER = 1;

/**
 * What a /dev/net/tun is attached to: `none`, a `tun` or `tap` device of the tree's network namespace, one of that name
 * in the `engine`'s, or one `outside` of both, which CRIU refuses (tun.c, net.c). Only a tap can have a filter.
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

function deviceKind({ own, engine }: Links, name: string): FactValue {
  if (own === undefined || engine === undefined) return null;
  const isIt = (link: NetworkLink) => link.name === name && link.kind === 'tun';
  const link = own.find(isIt);
  if (link !== undefined) return link.type === ARPHRD_ETHER ? 'tap' : 'tun';
  return engine.some(isIt) ? 'engine' : 'outside';
}

interface Links {
  readonly own: readonly NetworkLink[] | undefined;
  readonly engine: readonly NetworkLink[] | undefined;
}

function knownLinks({ root, scan }: Tree): Links {
  const linksOf = (pid: number | string) => {
    const found = scan.native?.links(`${scan.proc.root}/${pid}/ns/net`);
    return found === undefined || failed(found) ? undefined : found;
  };
  return { own: linksOf(root.pid), engine: linksOf(scan.engine) };
}

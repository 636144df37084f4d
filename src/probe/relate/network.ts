import { note } from '../draft.ts';
import { networkDevice } from '../kinds/network-device.ts';
import { failed } from '../proc.ts';
import { listFact, type Tree } from './tree.ts';

/** The devices of the root's own network namespace, each a subject of kind `network-device` (CRIU net.c:650). */
export function relateNetwork({ root, scan }: Tree): void {
  if (!listFact(root, 'ownNamespaces').includes('net')) return;
  const links = scan.native?.links(`${scan.proc.root}/${root.pid}/ns/net`) ?? { errno: 'ENOSYS' };
  const device = (name: string) => ({
    pid: root.pid,
    via: 'device' as const,
    fd: undefined,
    at: `${root.pid}/net/dev`,
    text: name,
    link: { form: 'other' as const, text: name },
    facts: { linkName: name, netNamespaceInode: /\d+/.exec(String(root.facts.netNamespace))?.[0] ?? '' },
    unread: [],
    watchers: [],
    sharedWith: [],
  });
  if (failed(links)) {
    const draft = device('*');
    note(draft, 'list network devices', links, ['linkKind', 'linkType']);
    root.files.push({ kind: networkDevice, draft });
    return;
  }
  for (const { name, kind, type } of links) {
    const draft = device(name);
    Object.assign(draft.facts, { linkKind: kind === '' ? 'none' : kind, linkType: type });
    root.files.push({ kind: networkDevice, draft });
  }
}

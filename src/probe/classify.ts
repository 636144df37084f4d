import type { Draft } from './draft.ts';
import { note } from './draft.ts';
import { type Claim, type Kind, overlaps } from './kind.ts';
import { askSocket } from './kinds/socket-options.ts';
import { protocolIn } from './net.ts';
import { failed } from './proc.ts';
import type { Scan } from './scan.ts';

export type Classify = (draft: Draft, scan: Scan) => Kind;

/**
 * Prepares the choice of a kind. From the surest sign to the weakest: the form of the link, the name of the
 * anonymous inode or the protocol of the socket, a kernel-internal mount, the filesystem, the type with its major.
 */
export function classifier(kinds: readonly Kind[], unknown: Kind): Classify {
  const problems = overlaps(kinds);
  if (problems.length > 0) throw new Error(problems.join('; '));
  const anon = index(kinds, (claim) => ('anon' in claim ? claim.anon : []));
  const links = index(kinds, (claim) => ('link' in claim ? [claim.link] : []));
  const protocols = index(kinds, (claim) => ('protocol' in claim ? claim.protocol : []));
  const fsTypes = index(kinds, (claim) => ('fsType' in claim ? [claim.fsType] : []));
  const types = index(kinds, (claim) =>
    'type' in claim ? (claim.majors?.map((major) => `${claim.type} ${major}`) ?? [claim.type]) : [],
  );
  const prefixes = kinds.flatMap((kind) =>
    'prefix' in kind.claim ? kind.claim.prefix.map((text) => ({ text, kind })) : [],
  );

  return (draft, scan) => {
    const { link } = draft;
    switch (link.form) {
      case 'anon':
        return anon.get(link.name) ?? anon.get(link.name.split(':')[0] ?? '') ?? links.get('anon') ?? unknown;
      case 'socket': {
        const protocol = socketProtocol(draft, link.inode, scan);
        return protocols.get(protocol ?? '') ?? links.get('socket') ?? unknown;
      }
      case 'path': {
        const internal = draft.mount === undefined && prefixes.find(({ text }) => link.path.startsWith(text));
        if (internal) {
          // of mounts of the kernel's own, which nobody lists
          draft.facts.fsRequiresDevice ??= false;
          return internal.kind;
        }
        const { fsType, fileType, major } = draft.facts;
        const special = typeof fsType === 'string' ? fsTypes.get(fsType) : undefined;
        return special ?? types.get(`${fileType} ${major}`) ?? types.get(String(fileType)) ?? unknown;
      }
      default:
        return links.get(link.form) ?? unknown;
    }
  };
}

function index(kinds: readonly Kind[], keys: (claim: Claim) => readonly string[]): ReadonlyMap<string, Kind> {
  return new Map(kinds.flatMap((kind) => keys(kind.claim).map((key) => [key, kind] as const)));
}

/** From the socket itself where that can be asked, else from the tables of its network namespace. */
function socketProtocol(draft: Draft, inode: string, scan: Scan): string | undefined {
  const { native, net, proc } = scan;
  const socket = askSocket(draft, scan);
  const name = socket === undefined || failed(socket) ? undefined : socket.protocolName;
  const asked = name ?? draft.protocolName ?? native?.socketProtocol(`${proc.root}/${draft.at}`);
  if (typeof asked === 'string') {
    draft.facts.protocol = asked;
    return asked;
  }
  const protocol = protocolIn(net(draft.pid), inode);
  if (failed(protocol)) {
    note(draft, 'read net tables', protocol, ['protocol']);
    return undefined;
  }
  draft.facts.protocol = protocol ?? null;
  return protocol;
}

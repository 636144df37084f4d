import type { Fdinfo } from './parse/fdinfo.ts';
import type { Link } from './parse/link.ts';

/**
 * Links of pipes and sockets from their fdinfo: each sort has one mount of the kernel's own, which is there from boot on
 * (pipefs, sockfs), so its number tells the sort once it was seen. `ino` is in fdinfo since Linux 5.14.
 */
export interface PseudoLinks {
  /** Link text; undefined where it has to be read. */
  of(fdinfo: Fdinfo): string | undefined;
  learn(link: Link, fdinfo: Fdinfo): void;
}

export function createPseudoLinks(): PseudoLinks {
  const forms = new Map<number, 'pipe' | 'socket'>();
  return {
    of: ({ mntId, ino }) => {
      const form = ino === undefined ? undefined : forms.get(mntId);
      return form && `${form}:[${ino}]`;
    },
    learn: (link, { mntId, ino }) => {
      if ((link.form === 'pipe' || link.form === 'socket') && link.inode === ino) forms.set(mntId, link.form);
    },
  };
}

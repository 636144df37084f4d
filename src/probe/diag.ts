import { lazy } from './lazy.ts';
import type { Native, NetlinkSocketDiag, PacketSocketDiag } from './native/native.ts';
import type { Failure } from './proc.ts';

type Answer<Row> = ReadonlyMap<string, Row> | Failure;

/** sock_diag(7) in one network namespace, by inode; each family is asked once, when it is needed. */
export interface Diag {
  netlink(): Answer<NetlinkSocketDiag>;
  packet(): Answer<PacketSocketDiag>;
}

export function openDiag(native: Native | undefined, netNs: string): Diag {
  const missing: Failure = { errno: 'ENOSYS' };
  return {
    netlink: lazy(() => native?.netlinkSockets(netNs) ?? missing),
    packet: lazy(() => native?.packetSockets(netNs) ?? missing),
  };
}

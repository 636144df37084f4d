import { splitFields } from './fields.ts';
import { isDecimal, parseDecimal, parseHex } from './number.ts';
import { parseTable, type Table } from './table.ts';

export interface NetlinkSocket {
  /** NETLINK_*: 0 route, 4 sock_diag, 9 audit, 15 kobject_uevent, 16 generic. */
  readonly protocol: number;
  /** 0: the kernel's own. Often, not always, the pid. */
  readonly portId: number;
  /** Multicast groups 1 to 32, a bit each. */
  readonly groups: number;
  /** Bytes waiting to be read. */
  readonly rmem: number;
  readonly wmem: number;
  /** Not 0: a dump is running. */
  readonly dump: number;
  /** References. */
  readonly locks: number;
  readonly drops: number;
  readonly inode: string;
}

function parseRow(line: string): NetlinkSocket | undefined {
  const fields = splitFields(line, 10);
  if (fields === undefined) return undefined;
  const protocol = parseDecimal(fields[1] ?? '');
  const portId = parseDecimal(fields[2] ?? '');
  const groups = parseHex(fields[3] ?? '');
  const rmem = parseDecimal(fields[4] ?? '');
  const wmem = parseDecimal(fields[5] ?? '');
  const dump = parseDecimal(fields[6] ?? '');
  const locks = parseDecimal(fields[7] ?? '');
  const drops = parseDecimal(fields[8] ?? '');
  const inode = fields[9] ?? '';
  if (protocol === undefined || portId === undefined || groups === undefined) return undefined;
  if (rmem === undefined || wmem === undefined || dump === undefined) return undefined;
  if (locks === undefined || drops === undefined || !isDecimal(inode)) return undefined;
  return { protocol, portId, groups, rmem, wmem, dump, locks, drops, inode };
}

/**
 * /proc/PID/net/netlink: netlink_native_seq_show() in net/netlink/af_netlink.c, after one line of titles:
 * `sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode`; sk and Groups hexadecimal, the rest decimal.
 * `bad` counts lines that are not like that, and a last line without its newline.
 */
export function parseNetNetlink(text: string): Table<NetlinkSocket> {
  return parseTable(text, 'sk ', parseRow);
}

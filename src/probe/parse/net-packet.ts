import { splitFields } from './fields.ts';
import { isDecimal, parseDecimal, parseHex } from './number.ts';
import { parseTable, type Table } from './table.ts';

export interface PacketSocket {
  /** SOCK_*: 2 datagram, 3 raw, 10 packet. */
  readonly type: number;
  /** ETH_P_*; 3 is all. */
  readonly protocol: number;
  /** Interface index; 0 is any. */
  readonly iface: number;
  /** Bytes waiting to be read. */
  readonly rmem: number;
  readonly uid: number;
  readonly inode: string;
}

function parseRow(line: string): PacketSocket | undefined {
  const fields = splitFields(line, 9);
  if (fields === undefined) return undefined;
  const type = parseDecimal(fields[2] ?? '');
  const protocol = parseHex(fields[3] ?? '');
  const iface = parseDecimal(fields[4] ?? '');
  const rmem = parseDecimal(fields[6] ?? '');
  const uid = parseDecimal(fields[7] ?? '');
  const inode = fields[8] ?? '';
  if (type === undefined || protocol === undefined || iface === undefined) return undefined;
  if (rmem === undefined || uid === undefined || !isDecimal(inode)) return undefined;
  return { type, protocol, iface, rmem, uid, inode };
}

/**
 * /proc/PID/net/packet: packet_seq_show() in net/packet/af_packet.c, after one line of titles:
 * `sk RefCnt Type Proto Iface R Rmem User Inode`; sk and Proto hexadecimal, the rest decimal.
 * `bad` counts lines that are not like that, and a last line without its newline.
 */
export function parseNetPacket(text: string): Table<PacketSocket> {
  return parseTable(text, 'sk ', parseRow);
}

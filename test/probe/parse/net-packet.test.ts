import { describe, expect, it } from 'vitest';
import { parseNetPacket } from '../../../src/probe/parse/net-packet.ts';

const titles = 'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n';
const line = '000000000ee6e81c 3      3    0003   0     1 9996   0      9442  \n';
const row = { type: 3, protocol: 3, iface: 0, rmem: 9996, uid: 0, inode: '9442' };

const cases = [
  { name: 'raw, all protocols', text: titles + line, rows: [row], bad: 0 },
  {
    name: 'datagram on an interface',
    text: `${titles}ffff8881deadbeef 3      2    88cc   12    0 0      1000   77    \n`,
    rows: [{ type: 2, protocol: 0x88cc, iface: 12, rmem: 0, uid: 1000, inode: '77' }],
    bad: 0,
  },
  { name: 'empty', text: '', rows: [], bad: 0 },
  { name: 'last line cut', text: titles + line + line.slice(0, -1), rows: [row], bad: 1 },
  { name: 'too few fields', text: `${titles}0 0 0 0 0 0 0 0\n`, rows: [], bad: 1 },
  { name: 'protocol not hexadecimal', text: line.replace('0003', '000x'), rows: [], bad: 1 },
  { name: 'user not a number', text: line.replace('9996   0', '9996   x'), rows: [], bad: 1 },
  { name: 'binary', text: '\x00\xff\n', rows: [], bad: 1 },
];

describe('parseNetPacket', () => {
  it.each(cases)('$name', ({ text, rows, bad }) => {
    expect(parseNetPacket(text)).toEqual({ rows, bad });
  });
});

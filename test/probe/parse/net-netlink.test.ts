import { describe, expect, it } from 'vitest';
import { parseNetNetlink } from '../../../src/probe/parse/net-netlink.ts';

const titles = 'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n';
const line = '00000000b1c8a9b4 0   4346       00000001 0        0        0     2        0        9454    \n';
const row = {
  protocol: 0,
  portId: 4346,
  groups: 1,
  rmem: 0,
  wmem: 0,
  dump: 0,
  locks: 2,
  drops: 0,
  inode: '9454',
};

const cases = [
  { name: 'rtnetlink', text: titles + line, rows: [row], bad: 0 },
  {
    name: 'wide numbers',
    text: `${titles}00000000b1c8a9b4 15  4294963199 ffffffff 212992   768      1     3        4294967295 18446744073709551615\n`,
    rows: [
      {
        protocol: 15,
        portId: 4294963199,
        groups: 0xffffffff,
        rmem: 212992,
        wmem: 768,
        dump: 1,
        locks: 3,
        drops: 4294967295,
        inode: '18446744073709551615',
      },
    ],
    bad: 0,
  },
  { name: 'empty', text: '', rows: [], bad: 0 },
  { name: 'last line cut', text: titles + line + line.slice(0, 40), rows: [row], bad: 1 },
  { name: 'too few fields', text: `${titles}0 0 0 0 0 0 0 0 0\n`, rows: [], bad: 1 },
  { name: 'protocol not a number', text: line.replace(' 0 ', ' x '), rows: [], bad: 1 },
  { name: 'groups not hexadecimal', text: line.replace('00000001', '0000000g'), rows: [], bad: 1 },
  { name: 'rmem not a number', text: line.replace('00000001 0', '00000001 -'), rows: [], bad: 1 },
  { name: 'inode not a number', text: line.replace('9454', '94f4'), rows: [], bad: 1 },
  { name: 'binary', text: '\x00\xff\n', rows: [], bad: 1 },
];

describe('parseNetNetlink', () => {
  it.each(cases)('$name', ({ text, rows, bad }) => {
    expect(parseNetNetlink(text)).toEqual({ rows, bad });
  });
});

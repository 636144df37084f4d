import { describe, expect, it } from 'vitest';
import { parseNetInet } from '../../../src/probe/parse/net-inet.ts';

const titles =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                \n';
const rest = '00000000:00000000 00:00000000 00000000     0        0';
const v6 = (words: string) => `   0: ${words}:1F92 ${'0'.repeat(32)}:0000 0A ${rest} 9457 2 00\n`;
const at6 = (localAddress: string) => [
  { localAddress, remoteAddress: '[::]:0', state: 10, txQueue: 0, rxQueue: 0, uid: 0, inode: '9457' },
];
const v4 = {
  localAddress: '127.0.0.1:80',
  remoteAddress: '0.0.0.0:0',
  state: 7,
  txQueue: 0,
  rxQueue: 0,
  uid: 0,
  inode: '5',
};
const line4 = `   0: 0100007F:0050 00000000:0000 07 ${rest} 5 2 00 0\n`;

const cases = [
  {
    name: 'tcp listening',
    text: `${titles}   1: 0100007F:1F91 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 9455 2 0000000047a43f0e 100 0 0 10 0                        \n`,
    rows: [{ ...v4, localAddress: '127.0.0.1:8081', state: 10, rxQueue: 1, inode: '9455' }],
    bad: 0,
  },
  {
    name: 'tcp established, queues and a large uid',
    text: '123456: 0B00A8C0:E928 0500000A:01BB 01 0000ABCD:000000FF 01:00000014 00000000 4294967294       -1 9460 2 00 20 0 0 10 -1\n',
    rows: [
      {
        localAddress: '192.168.0.11:59688',
        remoteAddress: '10.0.0.5:443',
        state: 1,
        txQueue: 0xabcd,
        rxQueue: 255,
        uid: 4294967294,
        inode: '9460',
      },
    ],
    bad: 0,
  },
  {
    name: 'udp titles are indented otherwise',
    text: `   sl  local_address rem_address   st tx_queue\n 2722: 00000000:1F94 00000000:0000 07 ${rest} 9461 2 00000000ff615782 0          \n`,
    rows: [{ ...v4, localAddress: '0.0.0.0:8084', inode: '9461' }],
    bad: 0,
  },
  {
    name: 'raw: the port is the protocol',
    text: line4.replace('0050', '0001'),
    rows: [{ ...v4, localAddress: '127.0.0.1:1' }],
    bad: 0,
  },
  { name: 'tcp6 loopback', text: v6('00000000000000000000000001000000'), rows: at6('[::1]:8082'), bad: 0 },
  { name: 'tcp6 any', text: v6('0'.repeat(32)), rows: at6('[::]:8082'), bad: 0 },
  {
    name: 'tcp6 mapped',
    text: v6('0000000000000000FFFF00000100007F'),
    rows: at6('[::ffff:127.0.0.1]:8082'),
    bad: 0,
  },
  {
    name: 'tcp6 link local',
    text: v6('000080FE00000000FF005450F0DE3412'),
    rows: at6('[fe80::5054:ff:1234:def0]:8082'),
    bad: 0,
  },
  {
    name: 'tcp6 zeros last',
    text: v6('B80D0120000000000000000000000000'),
    rows: at6('[2001:db8::]:8082'),
    bad: 0,
  },
  {
    name: 'tcp6 first of two equal runs',
    text: v6('B80D0120000000000000010001000000'),
    rows: at6('[2001:db8::1:0:0:1]:8082'),
    bad: 0,
  },
  {
    name: 'tcp6 one zero group is written',
    text: v6('B80D0120010000000300020005000400'),
    rows: at6('[2001:db8:0:1:2:3:4:5]:8082'),
    bad: 0,
  },
  { name: 'empty', text: '', rows: [], bad: 0 },
  { name: 'titles only', text: titles, rows: [], bad: 0 },
  { name: 'last line cut', text: line4 + line4.slice(0, -1), rows: [v4], bad: 1 },
  {
    name: 'cut before the inode',
    text: `   0: 0100007F:0050 00000000:0000 07 ${rest}\n${line4}`,
    rows: [v4],
    bad: 1,
  },
  { name: 'address of 7 digits', text: line4.replace('0100007F', '100007F'), rows: [], bad: 1 },
  { name: 'address of 9 digits', text: line4.replace('0100007F', '00100007F'), rows: [], bad: 1 },
  { name: 'address of 31 digits', text: v6('0'.repeat(31)), rows: [], bad: 1 },
  { name: 'address not hexadecimal', text: line4.replace('0100007F', '0100007G'), rows: [], bad: 1 },
  { name: 'port above 16 bits', text: line4.replace('0050', '10050'), rows: [], bad: 1 },
  { name: 'no port', text: line4.replace(':0050', ''), rows: [], bad: 1 },
  { name: 'queues not hexadecimal', text: line4.replace('00000000:00000000 00', 'x:0 00'), rows: [], bad: 1 },
  { name: 'inode not a number', text: line4.replace(' 5 2', ' x 2'), rows: [], bad: 1 },
  { name: 'binary', text: '\x00\xff\n', rows: [], bad: 1 },
];

describe('parseNetInet', () => {
  it.each(cases)('$name', ({ text, rows, bad }) => {
    expect(parseNetInet(text)).toEqual({ rows, bad });
  });

  it('reads words of a big-endian kernel', () => {
    const text = `   0: 7F000001:0050 00000000:0000 07 ${rest} 5 2 00 0\n`;
    expect(parseNetInet(text, 'BE').rows).toEqual([v4]);
    expect(parseNetInet(v6('FE800000000000005054FF00000000FF').toUpperCase(), 'BE').rows).toEqual(
      at6('[fe80::5054:ff00:0:ff]:8082'),
    );
  });
});

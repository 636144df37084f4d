import { describe, expect, it } from 'vitest';
import { decodeNetlinkSocket, decodePacketSocket, decodeUnixSocket } from '../../../src/probe/native/diag.ts';
import { encodeHandle } from '../../../src/probe/native/handle.ts';
import { decodeLink } from '../../../src/probe/native/links.ts';
import { decodeStatx } from '../../../src/probe/native/stat.ts';
import { syscallNumbers } from '../../../src/probe/native/syscalls.ts';

/** All bytes are as Linux 6.18 sent them. */
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

describe('unix_diag', () => {
  it('reads a connected one', () => {
    const bytes = `0101010084c71f00f04c010000000000 0800020083c71f00
      0c000400 0500000000000000 0500060001000000`;
    expect(decodeUnixSocket(hex(bytes))).toEqual([
      '2082692',
      {
        type: 1,
        state: 1,
        cookie: '85232',
        peer: '2082691',
        pending: [],
        receiveQueue: 5,
        sendQueue: 0,
        shutdown: 1,
      },
    ]);
  });

  it('reads a listening one: an abstract name with NUL, and a closed client', () => {
    const bytes = `01010a0085c71f00ff4c010000000000 12000000 006e61746976652d746573740078 0000
      0c00030086c71f0000000000 0c000400 0200000005000000 0500060000000000`;
    expect(decodeUnixSocket(hex(bytes))).toEqual([
      '2082693',
      {
        type: 1,
        state: 10,
        cookie: '85247',
        peer: undefined,
        pending: ['2082694', '0'],
        receiveQueue: 2,
        sendQueue: 5,
        shutdown: 0,
        name: '\0native-test\0x',
      },
    ]);
  });

  it('reads a path without the NUL that ends it', () => {
    const bytes = `0102070088c71f00fc4c010000000000 1b000000 2f746d702f6e61746976652d32373331322e736f636b00 00
      0c000400 0000000000000000 0500060000000000`;
    expect(decodeUnixSocket(hex(bytes))?.[1].name).toBe('/tmp/native-27312.sock');
  });

  it('reads an orphan as one whose peer no file holds', () => {
    const bytes =
      '0101010081c71f00fe4c010000000000 0800020000000000 0c0004000000000000000000 0500060003000000';
    expect(decodeUnixSocket(hex(bytes))?.[1]).toMatchObject({ peer: '0', shutdown: 3 });
  });

  it('leaves out what no file holds, and what is cut off', () => {
    expect(decodeUnixSocket(hex('0101020000000000f04c010000000000'))).toBeUndefined();
    expect(decodeUnixSocket(hex('0101'))).toBeUndefined();
  });
});

describe('netlink_diag', () => {
  it('reads one of the first group', () => {
    const bytes = '10030007c92c0100000000000000000031c81f00004d010000000000 0c0001000100000000000000';
    expect(decodeNetlinkSocket(hex(bytes))).toEqual([
      '2082865',
      { protocol: 0, portId: 77001, groupsAbove32: false, groupCountBits: 64, hasGroups: true },
    ]);
  });

  it('reads one of group 33, one that is not bound, and one without groups', () => {
    const group33 = '10030007ca2c0100000000000000000032c81f00024d010000000000 0c0001000000000001000000';
    expect(decodeNetlinkSocket(hex(group33))?.[1]).toMatchObject({ groupsAbove32: true, hasGroups: true });
    const unbound = '10030f0700000000000000000000000033c81f000a4d010000000000 0c0001000100000000000000';
    expect(decodeNetlinkSocket(hex(unbound))?.[1]).toMatchObject({
      protocol: 15,
      portId: 0,
      hasGroups: true,
    });
    const none = '100206070000000000000000000000002dc61f00054d010000000000';
    expect(decodeNetlinkSocket(hex(none))?.[1]).toMatchObject({ groupCountBits: 0, hasGroups: false });
  });

  it('leaves out what no file holds, and what is cut off', () => {
    const bytes = '1002060700000000000000000000000000000000054d010000000000';
    expect(decodeNetlinkSocket(hex(bytes))).toBeUndefined();
    expect(decodeNetlinkSocket(hex('1002'))).toBeUndefined();
  });
});

describe('packet_diag', () => {
  it('reads memberships', () => {
    const zeros = (bytes: number) => '00'.repeat(bytes);
    const bytes = `1103000035c81f000c4d010000000000 5c000100
      01000000 01000000 0200 0000 ${zeros(32)} 01000000 02000000 0100 0000 ${zeros(32)}`;
    expect(decodePacketSocket(hex(bytes))).toEqual([
      '2082869',
      {
        memberships: [
          { index: 1, count: 1, type: 2 },
          { index: 1, count: 2, type: 1 },
        ],
        hasRing: false,
      },
    ]);
  });

  it('reads a ring', () => {
    const bytes = `1103000036c81f000d4d010000000000 04000100
      20000200 00100000 01000000 00080000 02000000 000000000000000000000000`;
    expect(decodePacketSocket(hex(bytes))).toEqual(['2082870', { memberships: [], hasRing: true }]);
  });

  it('leaves out what no file holds, and what is cut off', () => {
    expect(decodePacketSocket(hex('11030000000000000d4d010000000000'))).toBeUndefined();
    expect(decodePacketSocket(hex('1103'))).toBeUndefined();
  });
});

describe('rtnetlink', () => {
  it('reads a device of a kind', () => {
    const bytes = `00000100030000000210000000000000 080003007665380008000d00e8030000 0c002b000500020000000000
      100012000900010076657468 00000000 0800050004000000`;
    expect(decodeLink(hex(bytes))).toEqual({ index: 3, name: 've8', kind: 'veth', hasKind: true, type: 1 });
  });

  it('reads the loopback, of no kind', () => {
    const bytes = '00000403010000004900010000000000 070003006c6f0000 08000d00e8030000';
    expect(decodeLink(hex(bytes))).toEqual({ index: 1, name: 'lo', kind: '', hasKind: false, type: 772 });
  });

  it('reads a tun, which is not Ethernet', () => {
    const bytes = '0000feff050000009010000000000000 0800030074753700 0c001200 0800010074756e00';
    expect(decodeLink(hex(bytes))).toMatchObject({ name: 'tu7', kind: 'tun', type: 65534 });
  });

  it('leaves out what is cut off', () => {
    expect(decodeLink(hex('0000'))).toBeUndefined();
  });
});

describe('statx', () => {
  it('reads /dev/null', () => {
    const bytes = `ff170000001000000000000000000000010000000000000000000000b621000003000000000000000000000000000000
      00000000000000007030200000000000b443ff6a000000000b901a310000000000000000000000000000000000000000
      b443ff6a000000000b901a3100000000b443ff6a000000000b901a310000000001000000030000000000000006000000
      1800000000000000`;
    expect(decodeStatx(hex(bytes))).toEqual({
      type: 'char',
      mode: 0o666,
      nlink: 1,
      inode: '3',
      sizeBytes: 0,
      blockBytes: 4096,
      allocatedBytes: 0,
      major: 1,
      minor: 3,
      device: '0:6',
      mntId: 24,
    });
  });
});

describe('file handles', () => {
  it('are what fdinfo prints, with length and type before', () => {
    expect(encodeHandle(1, 'e8f7030000000000')?.toString('hex')).toBe(
      '0800000001000000' + 'e8f7030000000000',
    );
    expect(encodeHandle(0xfe, '')?.toString('hex')).toBe('00000000fe000000');
  });

  it('are none where the text is none', () => {
    for (const text of ['e', 'xy', ' ', 'e8'.repeat(129)]) expect(encodeHandle(1, text)).toBeUndefined();
  });
});

describe('system call numbers', () => {
  it('are those of two machines', () => {
    expect(syscallNumbers('x64')?.kcmp).toBe(312);
    expect(syscallNumbers('arm64')?.kcmp).toBe(272);
    expect(syscallNumbers('s390x')).toBeUndefined();
  });
});

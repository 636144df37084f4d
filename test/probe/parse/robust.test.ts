import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCgroup } from '../../../src/probe/parse/cgroup.ts';
import { parseTfd } from '../../../src/probe/parse/epoll.ts';
import { parseFdinfo } from '../../../src/probe/parse/fdinfo.ts';
import { parseFilesystems } from '../../../src/probe/parse/filesystems.ts';
import { parseFanotify, parseInotify } from '../../../src/probe/parse/inotify.ts';
import { parseLimits } from '../../../src/probe/parse/limits.ts';
import { parseLink } from '../../../src/probe/parse/link.ts';
import { parseLock } from '../../../src/probe/parse/lock.ts';
import { parseMaps } from '../../../src/probe/parse/maps.ts';
import { parseMountinfo } from '../../../src/probe/parse/mountinfo.ts';
import { parseNetInet } from '../../../src/probe/parse/net-inet.ts';
import { parseNetNetlink } from '../../../src/probe/parse/net-netlink.ts';
import { parseNetPacket } from '../../../src/probe/parse/net-packet.ts';
import { parseNetUnix } from '../../../src/probe/parse/net-unix.ts';
import { parsePidStat } from '../../../src/probe/parse/pid-stat.ts';
import { parsePidStatus } from '../../../src/probe/parse/pid-status.ts';
import { parseSmapsFlags } from '../../../src/probe/parse/smaps.ts';

const handle = 'fhandle-bytes:8 fhandle-type:1 f_handle:e8f7030000000000';
const zeros = '00000000:00000000 00:00000000 00000000     0        0';

/** A table's rows: what is cut off its text may take rows away, never change one. */
const tables: readonly { name: string; rows: (text: string) => readonly unknown[]; text: string }[] = [
  {
    name: 'maps',
    rows: (text) => parseMaps(text).rows,
    text: '55b548148000-55b548149000 r-xp 00001000 fe:00 26723                      /usr/bin/my prog\n7f58f917c000-7f58f94de000 rw-p 00000000 00:00 0 \n',
  },
  {
    name: 'smaps',
    rows: (text) => parseSmapsFlags(text).rows,
    text: '1000-2000 r-xp 0 fe:00 26 /a\nSize: 4 kB\nVmFlags: rd ex \n2000-3000 rw-p 0 00:00 0 \nSize: 4 kB\nVmFlags: rd wr \n',
  },
  {
    name: 'mountinfo',
    rows: (text) => parseMountinfo(text).mounts,
    text: '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard\n28 27 0:21 /a\\040b /m\\134 rw shared:1 - tmpfs tmpfs rw\n',
  },
  {
    name: 'net/unix',
    rows: (text) => parseNetUnix(text).rows,
    text: 'Num       RefCount Protocol Flags    Type St Inode Path\n0000000084b40e88: 00000002 00000000 00010000 0001 01  9463 /tmp/so ck\n000000005c40f164: 00000003 00000000 00000000 0001 03  1653\n',
  },
  {
    name: 'net/tcp',
    rows: (text) => parseNetInet(text).rows,
    text: `  sl  local_address rem_address\n   1: 0100007F:1F91 00000000:0000 0A ${zeros} 9455 2 00\n   2: ${'0'.repeat(32)}:1F92 ${'0'.repeat(32)}:0000 0A ${zeros} 9457 2 00\n`,
  },
  {
    name: 'net/netlink',
    rows: (text) => parseNetNetlink(text).rows,
    text: 'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n00000000b1c8a9b4 0   4346       00000001 0        0        0     2        0        9454    \n',
  },
  {
    name: 'net/packet',
    rows: (text) => parseNetPacket(text).rows,
    text: 'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n000000000ee6e81c 3      3    0003   0     1 9996   0      9442  \n',
  },
  {
    name: 'cgroup',
    rows: (text) => parseCgroup(text).rows,
    text: '4:cpu,cpuacct:/docker/0123\n0::/user.slice\n',
  },
  {
    name: 'limits',
    rows: (text) => [...parseLimits(text)],
    text: 'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 524288               files     \n',
  },
  { name: 'filesystems', rows: (text) => [...parseFilesystems(text)], text: 'nodev\tsysfs\n\text4\n' },
];

const records: readonly { name: string; parse: (text: string) => unknown; text: string }[] = [
  {
    name: 'fdinfo',
    parse: parseFdinfo,
    text: `pos:\t0\nflags:\t02\nmnt_id:\t17\nino:\t18\ntfd:        6 events: 80000019 data:                6  pos:0 ino:24b1 sdev:f\ninotify wd:1 ino:1 sdev:15 mask:fff ignored_mask:0 ${handle}\n`,
  },
  { name: 'tfd', parse: parseTfd, text: '6 events: 80000019 data:                6  pos:0 ino:24b1 sdev:f' },
  {
    name: 'inotify',
    parse: parseInotify,
    text: `wd:1 ino:3f7e8 sdev:fe00000 mask:fff ignored_mask:0 ${handle}`,
  },
  {
    name: 'fanotify',
    parse: parseFanotify,
    text: `ino:3f7e8 sdev:fe00000 mflags:0 mask:20 ignored_mask:0 ${handle}`,
  },
  { name: 'lock', parse: parseLock, text: '1: -> POSIX  ADVISORY  WRITE 4346 fe:00:2146350 5 14' },
  {
    name: 'stat',
    parse: parsePidStat,
    text: '4346 (a) b) R 4341 4341 3714 0 -1 4194560 3223 6493 22 2 6 5 4 3 20 0 1 0 171615 20303872 3848 18446744073709551615 94237086744576 94237086744917 140735622305008 0 0 0 0 16781312 2 0 0 0 17 1 0 0 0 0 0 94237086756272 94237086756888 94237831458816 140735622310129 140735622310184 140735622310184 140735622311887 0\n',
  },
  {
    name: 'status',
    parse: parsePidStatus,
    text: 'Name:\ta\nTgid:\t1\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t \nNSpid:\t1\nVmSize:\t   19828 kB\nThreads:\t1\nSigPnd:\t0\nShdPnd:\t0\nCapEff:\t0\n',
  },
  { name: 'link', parse: parseLink, text: 'anon_inode:[eventfd]' },
];

const all = [
  ...tables.map(({ name, rows, text }) => ({ name, parse: rows as (text: string) => unknown, text })),
  ...records,
];

/** Bytes, and bytes that procfs likes: separators, digits, words of the texts above. */
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const token = fc.oneof(
  byte,
  fc.constantFrom(
    '\n',
    ' ',
    '\t',
    ':',
    '-',
    '[',
    ']',
    '(',
    ')',
    '\\',
    '/',
    ' - ',
    '0',
    '1',
    'f',
    '-> ',
    'ffffffffffffffff',
  ),
  fc.constantFrom(...all.flatMap(({ text }) => text.split(/([ \n])/))),
);
const noise = fc.array(token, { maxLength: 120 }).map((tokens) => tokens.join(''));

describe('every parser', () => {
  it.each(all)('$name: no text makes it throw', ({ parse }) => {
    fc.assert(fc.property(fc.oneof(noise, fc.string({ unit: 'binary' })), (text) => void parse(text)));
  });

  it.each(all)('$name: nor a real text cut, or with noise within', ({ parse, text }) => {
    expect(parse(text)).toBeDefined();
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(text.length), noise, (from, to, between) => {
        parse(text.slice(0, from));
        parse(text.slice(from));
        parse(text.slice(0, from) + between + text.slice(to));
      }),
    );
  });

  it.each(tables)('$name: a cut takes rows away and never changes one', ({ rows, text }) => {
    const whole = rows(text);
    expect(whole.length).toBeGreaterThan(0);
    for (let end = 0; end <= text.length; end++) {
      const cut = rows(text.slice(0, end));
      expect(cut).toEqual(whole.slice(0, cut.length));
    }
  });

  it.each(['fdinfo', 'stat', 'status'])('%s: a cut within a line gives no record', (name) => {
    const { parse, text } = records.find((record) => record.name === name) ?? { parse: parseLink, text: '' };
    for (let end = 0; end < text.length; end++) {
      if (text[end - 1] !== '\n') expect(parse(text.slice(0, end))).toBeUndefined();
    }
  });

  it.each(all)('$name: half a million lines end in time', ({ parse }) => {
    for (const line of ['\n', ' \n', ':\n', 'a\n', 'a b c d e f g h i j k l\n']) parse(line.repeat(100_000));
  });
});

import { describe, expect, it } from 'vitest';
import { parseFanotify, parseInotify } from '../../../src/probe/parse/inotify.ts';

const vda = { major: 254, minor: 0 };
const handle = 'fhandle-bytes:8 fhandle-type:1 f_handle:e8f7030000000000';

const inotifyCases = [
  {
    name: 'folder on ext4',
    text: `wd:1 ino:3f7e8 sdev:fe00000 mask:fff ignored_mask:0 ${handle}`,
    want: { wd: 1, inode: '260072', device: vda, mask: 0xfff, fhandleType: 1, fhandle: 'e8f7030000000000' },
  },
  {
    name: 'proc, generic handle',
    text: 'wd:2 ino:1 sdev:15 mask:fff ignored_mask:0 fhandle-bytes:c fhandle-type:81 f_handle:010000000000000000000000',
    want: {
      wd: 2,
      inode: '1',
      device: { major: 0, minor: 21 },
      mask: 0xfff,
      fhandleType: 0x81,
      fhandle: '010000000000000000000000',
    },
  },
  {
    name: 'no handle; numbers are hexadecimal',
    text: 'wd:1f ino:ffffffffffffffff sdev:15 mask:2000fff ignored_mask:0 ',
    want: {
      wd: 31,
      inode: '18446744073709551615',
      device: { major: 0, minor: 21 },
      mask: 0x2000fff,
      fhandleType: undefined,
      fhandle: undefined,
    },
  },
  {
    name: 'handle cut',
    text: `wd:1 ino:3f7e8 sdev:fe00000 mask:fff ignored_mask:0 ${handle.slice(0, -2)}`,
    want: undefined,
  },
  {
    name: 'handle without bytes',
    text: 'wd:1 ino:1 sdev:1 mask:f ignored_mask:0 fhandle-bytes:8',
    want: undefined,
  },
  {
    name: 'handle not hexadecimal',
    text: 'wd:1 ino:1 sdev:1 mask:f fhandle-bytes:1 fhandle-type:1 f_handle:zz',
    want: undefined,
  },
  { name: 'ignored_mask is not mask', text: 'wd:1 ino:1 sdev:1 ignored_mask:0', want: undefined },
  { name: 'no wd', text: 'ino:1 sdev:1 mask:f', want: undefined },
  { name: 'wd not a number', text: 'wd:x ino:1 sdev:1 mask:f', want: undefined },
  { name: 'no inode', text: 'wd:1 sdev:1 mask:f', want: undefined },
  { name: 'no device', text: 'wd:1 ino:1 mask:f', want: undefined },
  { name: 'empty', text: '', want: undefined },
];

const bits = { mflags: 0, mask: 0x20, ignoredMask: 0 };

const fanotifyCases = [
  {
    name: 'group',
    text: 'flags:e00 event-flags:8000',
    want: { mark: 'group', flags: 0xe00, eventFlags: 0x8000 },
  },
  {
    name: 'inode',
    text: `ino:3f7e8 sdev:fe00000 mflags:40 mask:40000100 ignored_mask:1 ${handle}`,
    want: {
      mark: 'inode',
      inode: '260072',
      device: vda,
      fhandleType: 1,
      fhandle: 'e8f7030000000000',
      mflags: 0x40,
      mask: 0x40000100,
      ignoredMask: 1,
    },
  },
  {
    name: 'mount, hexadecimal',
    text: 'mnt_id:1b mflags:0 mask:20 ignored_mask:0',
    want: { mark: 'mount', mntId: 27, ...bits },
  },
  {
    name: 'filesystem',
    text: 'sdev:fe00000 mflags:0 mask:20 ignored_mask:0',
    want: { mark: 'filesystem', device: vda, ...bits },
  },
  {
    name: 'mount namespace, decimal',
    text: 'mnt_ns:4026531841 mflags:0 mask:20 ignored_mask:0',
    want: { mark: 'mntns', inode: '4026531841', ...bits },
  },
  {
    name: 'a mark of the future',
    text: 'bpf_prog:7 mflags:0 mask:20 ignored_mask:0',
    want: { mark: 'unknown', ...bits },
  },
  { name: 'group cut', text: 'flags:e00', want: undefined },
  { name: 'mark cut', text: 'sdev:fe00000 mflags:0 mask:20', want: undefined },
  { name: 'inode without device', text: 'ino:1 mflags:0 mask:20 ignored_mask:0', want: undefined },
  { name: 'mount id not a number', text: 'mnt_id:x mflags:0 mask:20 ignored_mask:0', want: undefined },
  { name: 'device not a number', text: 'sdev:- mflags:0 mask:20 ignored_mask:0', want: undefined },
  { name: 'namespace not a number', text: 'mnt_ns: mflags:0 mask:20 ignored_mask:0', want: undefined },
  { name: 'empty', text: '', want: undefined },
];

describe('parseInotify', () => {
  it.each(inotifyCases)('$name', ({ text, want }) => {
    expect(parseInotify(text)).toEqual(want);
  });
});

describe('parseFanotify', () => {
  it.each(fanotifyCases)('$name', ({ text, want }) => {
    expect(parseFanotify(text)).toEqual(want);
  });
});

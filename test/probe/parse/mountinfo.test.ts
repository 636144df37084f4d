import { describe, expect, it } from 'vitest';
import { parseMountinfo } from '../../../src/probe/parse/mountinfo.ts';

const rootLine = '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard,resuid=65534';
const root = {
  id: 27,
  parentId: 1,
  device: '254:0',
  root: '/',
  mountPoint: '/',
  rawMountPoint: '/',
  options: 'rw,relatime',
  optional: [],
  fsType: 'ext4',
  source: '/dev/vda',
  superOptions: 'rw,discard,resuid=65534',
};

const cases = [
  { name: 'no optional field', text: `${rootLine}\n`, mounts: [root], bad: 0 },
  {
    name: 'optional fields',
    text: '27 1 254:0 / / rw,relatime shared:1 master:2 propagate_from:3 unbindable - ext4 /dev/vda rw,discard,resuid=65534\n',
    mounts: [{ ...root, optional: ['shared:1', 'master:2', 'propagate_from:3', 'unbindable'] }],
    bad: 0,
  },
  {
    name: 'escapes in root, mount point and source',
    text: '27 1 254:0 /a\\040b//deleted /m\\011\\012\\134\\040- rw,relatime - fuse.my\\040fs a\\043\\040b rw,x=a\\054b\n',
    mounts: [
      {
        ...root,
        root: '/a b//deleted',
        mountPoint: '/m\t\n\\ -',
        rawMountPoint: '/m\\011\\012\\134\\040-',
        fsType: 'fuse.my fs',
        source: 'a# b',
        superOptions: 'rw,x=a\\054b',
      },
    ],
    bad: 0,
  },
  {
    name: 'what is no escape stays',
    text: '27 1 254:0 /\\ /\\04 rw,relatime - ext4 \\400\\1340 rw,discard,resuid=65534\n',
    mounts: [{ ...root, root: '/\\', mountPoint: '/\\04', rawMountPoint: '/\\04', source: '\\400\\0' }],
    bad: 0,
  },
  {
    name: 'empty source',
    text: '27 1 254:0 / / rw,relatime - ext4  rw,discard,resuid=65534\n',
    mounts: [{ ...root, source: '' }],
    bad: 0,
  },
  {
    name: 'spaces in super options',
    text: `${rootLine} x y\n`,
    mounts: [{ ...root, superOptions: 'rw,discard,resuid=65534 x y' }],
    bad: 0,
  },
  {
    name: 'a namespace file bound, bytes in the mount point',
    text: '27 1 0:4 net:[4026532000] /run/\xc3\xa0 rw,relatime - nsfs nsfs rw\n',
    mounts: [
      {
        ...root,
        device: '0:4',
        root: 'net:[4026532000]',
        mountPoint: '/run/\xc3\xa0',
        rawMountPoint: '/run/\xc3\xa0',
        fsType: 'nsfs',
        source: 'nsfs',
        superOptions: 'rw',
      },
    ],
    bad: 0,
  },
  { name: 'empty', text: '', mounts: [], bad: 0 },
  { name: 'last line cut', text: `${rootLine}\n28 27 0:21 / /proc rw - proc proc r`, mounts: [root], bad: 1 },
  {
    name: 'no separator',
    text: `27 1 254:0 / / rw,relatime ext4 /dev/vda rw\n${rootLine}\n`,
    mounts: [root],
    bad: 1,
  },
  { name: 'no super options', text: '27 1 254:0 / / rw - ext4 /dev/vda\n', mounts: [], bad: 1 },
  { name: 'no options', text: '27 1 254:0 / / - ext4 /dev/vda rw\n', mounts: [], bad: 1 },
  { name: 'no filesystem', text: '27 1 254:0 / / rw -  /dev/vda rw\n', mounts: [], bad: 1 },
  { name: 'id not a number', text: 'x 1 254:0 / / rw - ext4 /dev/vda rw\n', mounts: [], bad: 1 },
  { name: 'parent not a number', text: '27 - 254:0 / / rw - ext4 /dev/vda rw\n', mounts: [], bad: 1 },
  { name: 'device not a number', text: '27 1 fe:00 / / rw - ext4 /dev/vda rw\n', mounts: [], bad: 1 },
  { name: 'binary', text: '\x00\n\xff - \xff\xff \n', mounts: [], bad: 2 },
];

describe('parseMountinfo', () => {
  it.each(cases)('$name', ({ text, mounts, bad }) => {
    expect(parseMountinfo(text)).toEqual({ mounts, bad });
  });

  it('holds 20,000 mounts (procfs 68b70b4 cut them at 1 MiB)', () => {
    const text = Array.from(
      { length: 20_000 },
      (_, at) => `${at + 28} 27 0:${at} / /m\\040${at} rw shared:1 - tmpfs tmpfs rw\n`,
    );
    const { mounts, bad } = parseMountinfo(text.join(''));
    expect(bad).toBe(0);
    expect(mounts).toHaveLength(20_000);
    expect(mounts.at(-1)?.mountPoint).toBe('/m 19999');
  });
});

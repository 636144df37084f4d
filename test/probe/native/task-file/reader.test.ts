import { describe, expect, it } from 'vitest';
import type { System } from '../../../../src/probe/native/system.ts';
import type { Loaded } from '../../../../src/probe/native/task-file/load.ts';
import { createTaskFiles, OpenFiles } from '../../../../src/probe/native/task-file/reader.ts';
import { fdOf, linkOf } from '../../../../src/probe/native/task-file/record.ts';
import { fileRecord, magics, readRecord, type Values } from '../../../support/file-record.ts';

const files = createTaskFiles({} as System, {} as Loaded, { eventfds: true, eventpolls: true });
const told = (link: string, values: Values = {}, headOnly = false) =>
  files.told(readRecord(link, values), headOnly);

describe('a record', () => {
  it('tells of a file what procfs does', () => {
    const values = {
      fd: 70,
      flags: 0o2100002n, // O_CLOEXEC is of the fd, not of the file
      position: 2 ** 33,
      inode: 2n ** 63n,
      mntId: 27,
      description: 5n * 2n ** 32n + 6n,
      mode: 0o100644,
      ownGetattr: 1,
    };
    expect(told('/a file', values)).toEqual({
      fd: 70,
      link: '/a file',
      isHead: false,
      info: 'pos:\t8589934592\nflags:\t0100002\nmnt_id:\t27\nino:\t9223372036854775808\n',
      watched: false,
      description: '5 6',
      stat: undefined,
      protocolName: undefined,
      socket: undefined,
      watches: undefined,
    });
  });

  it.each([
    [
      'closed on exec',
      { closeOnExec: 1, flags: 1 },
      { info: 'pos:\t0\nflags:\t02000001\nmnt_id:\t0\nino:\t0\n' },
    ],
    ['watched by an eventpoll', { watchedBy: 2n ** 63n }, { watched: true }],
    ['beyond 2^63', { position: -1 }, { info: 'pos:\t-1\nflags:\t00\nmnt_id:\t0\nino:\t0\n' }],
  ])('of one that is %s', (_, values, expected) => {
    expect(told('/x', values)).toMatchObject(expected);
  });

  it.each([
    ['of a folder on ext4', { mode: 0o40755, magic: magics.ext4, ownGetattr: 1 }, 'directory'],
    ['of a device on tmpfs', { mode: 0o20666, magic: magics.tmpfs, ownGetattr: 1 }, 'char'],
    ['of a folder whose filesystem adds nothing', { mode: 0o40755, magic: magics.xfs }, 'directory'],
    ['not of a folder whose filesystem may', { mode: 0o40755, magic: magics.xfs, ownGetattr: 1 }, undefined],
    [
      'of a file on ext4',
      { mode: 0o100644, magic: magics.ext4, ownGetattr: 1, blocks: 8, sizeBytes: 9 },
      'regular',
    ],
    ['of a file on tmpfs', { mode: 0o100644, magic: magics.tmpfs, ownGetattr: 1 }, 'regular'],
    [
      'not while blocks are not settled',
      { mode: 0o100644, magic: magics.ext4, ownGetattr: 1, unsettled: 1 },
      undefined,
    ],
    [
      'not of data in an inode',
      { mode: 0o100644, magic: magics.ext4, ownGetattr: 1, sizeBytes: 9 },
      undefined,
    ],
    ['not of a file on another', { mode: 0o100644, magic: magics.xfs, ownGetattr: 1 }, undefined],
    ['not of a fifo', { mode: 0o10644, magic: magics.tmpfs }, undefined],
    ['not of a block device', { mode: 0o60644, magic: magics.tmpfs }, undefined],
  ])('tells stat(2) %s', (_, values, type) => {
    expect(told('/x', values)?.stat?.type).toBe(type);
  });

  it('tells stat(2) as statx(2) counts', () => {
    const values = {
      ...{
        mode: 0o41777,
        magic: magics.tmpfs,
        links: 3,
        inode: 99,
        sizeBytes: 2n ** 32n + 1n,
        blockBits: 12,
      },
      ...{ blocks: 16, node: (5 << 20) | 7, device: (259 << 20) | 3, mntId: 31 },
    };
    expect(told('/x', values)?.stat).toEqual({
      ...{ type: 'directory', mode: 0o1777, nlink: 3, inode: '99', sizeBytes: 2 ** 32 + 1, blockBytes: 4096 },
      ...{ allocatedBytes: 8192, major: 5, minor: 7, device: '259:3', mntId: 31 },
    });
  });

  it('tells of an eventfd', () => {
    const values = { magic: magics.anonInodes, showsFdinfo: 1, eventCount: 255, eventFlags: 1, eventId: 12 };
    expect(told('anon_inode:[eventfd]', values)?.info).toBe(
      'pos:\t0\nflags:\t00\nmnt_id:\t0\nino:\t0\neventfd-count:               ff\neventfd-id: 12\neventfd-semaphore: 1\n',
    );
    const without = createTaskFiles({} as System, {} as Loaded, { eventfds: false, eventpolls: true });
    expect(without.told(readRecord('anon_inode:[eventfd]', values), false)).toBeUndefined();
  });

  const eventpoll = 'anon_inode:[eventpoll]';
  const ofEventpoll = { magic: magics.anonInodes, showsFdinfo: 1, eventpoll: 1 };
  const ofOne = {
    ...{ ...ofEventpoll, entry: 7, firstEntry: 7, entryThen: 7, firstEntryThen: 7, target: 2n ** 40n + 3n },
    ...{ targetFd: 12, events: 0x80000019, data: 0xcn, targetPosition: -1, targetInode: 0x24b1 },
    targetDevice: 15,
  };
  const noInfo = 'pos:\t0\nflags:\t00\nmnt_id:\t0\nino:\t0\n';

  it('tells of an eventpoll with one entry, or none', () => {
    expect(told(eventpoll, ofOne)).toMatchObject({
      info: `${noInfo}tfd:       12 events: 80000019 data:                c  pos:-1 ino:24b1 sdev:f\n`,
      watches: '256 3',
    });
    expect(told(eventpoll, ofEventpoll)).toMatchObject({ info: noInfo, watches: undefined, isHead: false });
    expect(told(eventpoll, { ...ofOne, left: 1 }, true)).toMatchObject({ isHead: true, watches: undefined });
    const without = createTaskFiles({} as System, {} as Loaded, { eventfds: true, eventpolls: false });
    expect(without.told(readRecord(eventpoll, ofOne), false)).toBeUndefined();
  });

  it.each<[string, Values]>([
    ['it has more to the left', { left: 1 }],
    ['it has more to the right', { right: 2n ** 40n }],
    ['it had more afterwards', { leftThen: 1 }],
    ['it had more on the other side afterwards', { rightThen: 1 }],
    ['another one was the first', { firstEntry: 8 }],
    ['another one was the first afterwards', { firstEntryThen: 8 }],
    ['another one was at the root afterwards', { entryThen: 0 }],
    ['one that is far away was', { entryThen: 2n ** 32n + 7n }],
  ])('does not tell of an eventpoll where %s', (_, values) => {
    expect(told(eventpoll, { ...ofOne, ...values })).toBeUndefined();
  });

  it.each([
    ['it is locked, or was', '/x', { lockContext: 1 }],
    ['its link is too long', '', {}],
    ['its f_op adds to fdinfo', 'anon_inode:[eventpoll]', { magic: magics.anonInodes, showsFdinfo: 1 }],
    ['so does a device', '/dev/tty', { mode: 0o20666, magic: magics.tmpfs, showsFdinfo: 1 }],
  ])('does not tell all where %s', (_, link, values: Values) => {
    expect(told(link, values)).toBeUndefined();
  });

  it('has its link without anything else', () => {
    const link = (text: string) => linkOf(readRecord(text, { lockContext: 1 }));
    expect([link('/locked'), link('')]).toEqual(['/locked', undefined]);
  });
});

describe('the records of a process', () => {
  const reading = (...parts: readonly (Buffer | number)[]) => {
    let reads = 0;
    const read = (piece: Buffer) => {
      const part = parts[reads++] ?? 0;
      return typeof part === 'number' ? part : part.copy(piece);
    };
    // room for one piece at a time
    const files = new OpenFiles(read, Buffer.alloc(40 * 1024), () => {});
    const at = (fd: number) => {
      const found = files.record(fd);
      return found && [fdOf(found), linkOf(found)];
    };
    return { at, numbers: () => files.numbers(), reads: () => reads };
  };
  const fds = (...numbers: readonly number[]) =>
    Buffer.concat(numbers.map((fd) => fileRecord(`/${fd}`, { fd })));
  const many = Array.from({ length: 100 }, (_, fd) => fd);

  it('are found in ascending order, over several reads', () => {
    const { at } = reading(fds(0, 1, 5), fds(7), fds(...many.map((fd) => fd + 8)), fds(300));
    const asked = [0, 0, 1, 3, 5, 7, 8, 107, 200, 300, 301].map(at);
    const there = (fd: number) => [fd, `/${fd}`];
    expect(asked).toEqual([
      ...[there(0), there(0), there(1), undefined, there(5), there(7), there(8), there(107), undefined],
      ...[there(300), undefined],
    ]);
  });

  it('are not there once they were passed over', () => {
    const { at } = reading(fds(3, 4));
    expect([4, 3].map(at)).toEqual([[4, '/4'], undefined]);
  });

  it.each([0, -1])('end with a read of %i, and are not read for again', (end) => {
    const { at, reads } = reading(fds(3), end, fds(4));
    expect([3, 4, 4].map(at)).toEqual([[3, '/3'], undefined, undefined]);
    expect(reads()).toBe(2);
  });

  it('are counted where they are read at once', () => {
    const whole = reading(fds(1, 2), fds(7));
    expect(whole.numbers()).toEqual([1, 2, 7]);
    expect([1, 7].map(whole.at)).toEqual([
      [1, '/1'],
      [7, '/7'],
    ]);
    expect(reading().numbers()).toEqual([]);
    expect(reading(fds(1), -1).numbers()).toBeUndefined();
    expect(reading(fds(...many), fds(200)).numbers()).toBeUndefined();
  });
});

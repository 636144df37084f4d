import { describe, expect, it } from 'vitest';
import type { SocketOptions } from '../../../../src/probe/native/native.ts';
import type { System } from '../../../../src/probe/native/system.ts';
import {
  type Adding,
  createTaskFiles,
  type TaskFiles,
} from '../../../../src/probe/native/task-file/reader.ts';
import { viewOf } from '../../../../src/probe/native/task-file/record.ts';
import { agreeing, type Difference, firstDifference } from '../../../../src/probe/native/task-file/verify.ts';
import type { CachedStat, FdFolder, OpenFile } from '../../../../src/probe/proc.ts';
import { fileRecord, magics } from '../../../support/file-record.ts';

const folder = fileRecord('/', {
  fd: 3,
  mode: 0o40755,
  magic: magics.ext4,
  inode: 2,
  mntId: 27,
});
const socket = fileRecord('socket:[5]', {
  ...{
    fd: 4,
    magic: magics.sockfs,
    showsFdinfo: 1,
    sock: 1,
    family: 2,
    type: 2,
    protocol: 17,
    inode: 5,
    state: 7,
  },
});
/** Of neither all is told. */
const timerfd = (watchedBy: number) =>
  fileRecord('anon_inode:[timerfd]', { fd: 6, magic: magics.anonInodes, showsFdinfo: 1, watchedBy });
const eventpoll = fileRecord('anon_inode:[eventpoll]', { fd: 7, magic: magics.anonInodes, showsFdinfo: 1 });
/** With one entry: fd 3. */
const small = (target: number) =>
  fileRecord('anon_inode:[eventpoll]', {
    ...{ fd: 8, magic: magics.anonInodes, showsFdinfo: 1, eventpoll: 1, targetFd: 3, target },
    ...{ entry: 5, firstEntry: 5, entryThen: 5, firstEntryThen: 5 },
  });
const head = 'pos:\t0\nflags:\t02\nmnt_id:\t15\nino:\t8\n';
const infos = new Map([
  [6, head],
  [7, `${head}tfd:        6 events:       19 data:                6  pos:0 ino:8 sdev:f\n`],
]);
const eventfd = fileRecord('anon_inode:[eventfd]', { fd: 5, magic: magics.anonInodes, showsFdinfo: 1 });

/** An iterator that gives these and those of `others`, and procfs that says the same but for what `differs` says otherwise. */
function compare(
  records: readonly Buffer[],
  differs: Partial<Record<string, unknown>> = {},
  extra = 0,
  others: readonly Buffer[] = [timerfd(1), eventpoll],
  adding: Adding = { eventfds: true, eventpolls: false },
) {
  let left = [
    ...records,
    ...others,
    ...Array.from({ length: extra }, (_, i) => fileRecord('/more', { fd: 100 + i })),
  ];
  const system = {
    read: (_fd: number, piece: Buffer) => {
      const all = Buffer.concat(left);
      left = [];
      return all.copy(piece);
    },
    close: () => {},
  } as unknown as System;
  const files = createTaskFiles(system, { open: () => 9, close: () => {} }, adding);
  const told = new Map<number, OpenFile>();
  for (const buffer of records) {
    const file = files.told({ buffer, view: viewOf(buffer), start: 0, end: buffer.length }, false);
    if (file !== undefined) told.set(file.fd, file);
  }
  const of = <K extends keyof OpenFile>(fd: number, name: K) =>
    (name in differs ? differs[name] : told.get(fd)?.[name]) as OpenFile[K];
  const fds = {
    list: () => [...told.keys(), ...(others.length > 0 ? infos.keys() : [])],
    readLink: (fd: number) => of(fd, 'link'),
    readInfo: (fd: number) => infos.get(fd) ?? of(fd, 'info'),
    statCached: (fd: number) => of(fd, 'stat') as CachedStat,
  } as unknown as FdFolder;
  return firstDifference(files, 7, fds, { socketOptions: (_, fd) => of(fd, 'socket') as SocketOptions });
}

describe('the difference between what is told and what is read', () => {
  it('is none where both say the same', () => {
    expect(compare([folder, socket, eventfd])).toBeUndefined();
  });

  it.each([
    ['link', '/other', 'the link of fd 3 (/) reads otherwise'],
    ['info', 'pos:\t1\n', 'fdinfo of fd 3 (/) reads otherwise'],
    ['stat', { errno: 'ENOENT' }, 'stat of fd 3 (/) reads otherwise'],
    ['socket', { errno: 'EPERM' }, 'a socket option of fd 4 (socket:[5]) reads otherwise'],
  ])('is %s', (name, other, what) => {
    expect(compare([folder, socket], { [name]: other })).toMatchObject({ what });
  });

  it('says without what it is none', () => {
    expect(compare([eventfd], { info: '' })?.of).toBe('eventfds');
    expect(compare([folder], { info: '' })?.of).toBeUndefined();
  });

  it('is what an eventpoll with one entry watches', () => {
    const all = { eventfds: true, eventpolls: true };
    const found = (records: readonly Buffer[], differs = {}) => compare(records, differs, 0, undefined, all);
    const watched = fileRecord('/dev/x', {
      ...{ fd: 3, mode: 0o20666, magic: magics.tmpfs, description: 99, watchedBy: 1 },
    });
    const none = { what: 'it told of no eventpoll with one entry', of: 'eventpolls' };
    expect(found([folder])).toEqual(none);
    expect(found([watched, small(99)])).toBeUndefined();
    expect(found([watched, small(98)])).toEqual({
      what: 'what fd 8 watches reads otherwise',
      of: 'eventpolls',
    });
    expect(found([small(0)], { info: '' })).toMatchObject({ of: 'eventpolls' });
  });

  it('is that there are files of others, or none at all', () => {
    expect(compare([folder], {}, 1)).toBeUndefined();
    expect(compare([folder], {}, 2)).toEqual({ what: 'it tells of 5 files of a process that has 3' });
    expect(compare([])).toEqual({ what: 'it told of no file' });
  });

  it('is that a file is watched, or is not', () => {
    expect(compare([folder], {}, 0, [timerfd(0), eventpoll])).toEqual({
      what: 'that an eventpoll watches fd 6 is not told',
    });
    const watched = fileRecord('/', { fd: 3, mode: 0o40755, magic: magics.ext4, watchedBy: 1 });
    expect(compare([watched])).toMatchObject({ what: 'who watches it of fd 3 (/) reads otherwise' });
    expect(compare([folder], {}, 0, [])).toEqual({
      what: 'no file of the agent is watched by an eventpoll',
    });
  });
});

describe('what is told of', () => {
  /** What differs as long as it is told of; `always`: whatever is. */
  const told = (differs: readonly (keyof Adding)[], always?: Difference) =>
    agreeing(
      (adding) => ({ adding }) as TaskFiles,
      ({ adding }) => {
        const of = differs.find((one) => adding[one]);
        return of === undefined ? always : { what: of, of };
      },
    ).adding;

  it.each<[what: string, differs: readonly (keyof Adding)[], want: Adding]>([
    ['is all where nothing differs', [], { eventfds: true, eventpolls: true }],
    ['goes without eventfds', ['eventfds'], { eventfds: false, eventpolls: true }],
    ['goes without eventpolls', ['eventpolls'], { eventfds: true, eventpolls: false }],
    ['goes without both', ['eventpolls', 'eventfds'], { eventfds: false, eventpolls: false }],
  ])('%s', (_, differs, want) => {
    expect(told(differs)).toEqual(want);
  });

  it('is nothing where another thing differs, or the same one does without', () => {
    expect(() => told([], { what: 'the link' })).toThrow('the link');
    expect(() => told(['eventfds'], { what: 'still', of: 'eventfds' })).toThrow('still');
  });
});

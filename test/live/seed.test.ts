import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { type Held, hold } from '../support/held.ts';
import { ask, fileOf, koffiMissing, reasonsOf, withNative, withoutNative } from '../support/live.ts';

/** What another tool says of the filesystem a path is on: whether /proc/filesystems has it without `nodev`. */
function onDisk(path: string): boolean {
  const fsType = execFileSync('findmnt', ['-n', '-o', 'FSTYPE', '-T', path]).toString().trim();
  return readFileSync('/proc/filesystems', 'utf8').includes(`\n\t${fsType}\n`);
}

interface Row {
  readonly want: string;
  readonly name?: string;
  readonly kind: string;
  readonly reasons: readonly string[];
  readonly facts?: object;
  readonly line?: RegExp;
}

const offDisk = (path: string) => (onDisk(path) ? [] : ['FilesystemWithoutDevice']);
const anon = { reasons: ['NotSupported'], line: /can't checkpoint file \d+\/\d+ \(anon_inode:/ };
const root = offDisk('/etc');
const tmp = offDisk('/tmp');

const rows: readonly Row[] = [
  {
    want: 'disk',
    kind: 'regular',
    reasons: root,
    facts: { fileType: 'regular', accessMode: 'read', deleted: false },
  },
  { want: 'own', kind: 'regular', reasons: tmp, facts: { accessMode: 'read-write', nlink: 1 } },
  { want: 'directory', kind: 'directory', reasons: tmp },
  {
    want: 'tmpfs',
    kind: 'regular',
    reasons: ['FilesystemWithoutDevice'],
    facts: { fsType: 'tmpfs', fsRequiresDevice: false },
  },
  {
    want: 'deleted',
    kind: 'regular',
    reasons: ['Deleted', ...tmp],
    facts: { deleted: true, nlink: 0 },
    line: /\(\/.* \(deleted\)\), ->f_op = \w+_file_operations$/,
  },
  {
    want: 'deleted-linked',
    kind: 'regular',
    reasons: ['Deleted', ...tmp],
    facts: { deleted: true, nlink: 1 },
  },
  { want: 'symlink', kind: 'symlink', reasons: ['Symlink'], facts: { accessMode: 'path' } },
  { want: 'fifo', kind: 'fifo', reasons: ['Fifo'], line: /->f_op = pipefifo_fops$/ },
  {
    want: 'pipe',
    name: 'read',
    kind: 'pipe',
    reasons: ['Fifo'],
    facts: { accessMode: 'read', packetMode: false },
  },
  { want: 'pipe', name: 'write', kind: 'pipe', reasons: ['Fifo'], facts: { accessMode: 'write' } },
  {
    want: 'block-node',
    kind: 'blockdev',
    reasons: ['BlockDevice'],
    line: /^cr_check_file: can't checkpoint block device 7:33, ->f_op = def_blk_fops$/,
  },
  { want: 'loop', kind: 'blockdev', reasons: ['BlockDevice'], facts: { major: 7, minor: 0 } },
  {
    want: 'null',
    kind: 'chardev',
    reasons: ['CharDevice'],
    line: /^cr_check_file: can't checkpoint char device 1:3, ->f_op = memory_fops$/,
  },
  {
    want: 'pty',
    name: 'master',
    kind: 'tty',
    reasons: ['CharDevice'],
    facts: { major: 5, minor: 2, ttyRole: 'master' },
    line: /char device 5:2, ->f_op = tty_fops$/,
  },
  { want: 'pty', name: 'slave', kind: 'tty', reasons: [], facts: { ttyRole: 'slave' } },
  // libuv watches these with its epoll
  { want: 'tcp', name: 'listen', kind: 'tcp', reasons: ['EpollWatched'], facts: { socketState: 'LISTEN' } },
  {
    want: 'tcp',
    name: 'client',
    kind: 'tcp',
    reasons: ['EpollWatched'],
    facts: { socketState: 'ESTABLISHED' },
  },
  {
    want: 'tcp',
    name: 'server',
    kind: 'tcp',
    reasons: ['EpollWatched'],
    facts: { socketState: 'ESTABLISHED' },
  },
  { want: 'udp', kind: 'udp', reasons: ['EpollWatched'], facts: { socketState: 'CLOSE' } },
  { want: 'unix', kind: 'unix', reasons: ['EpollWatched'], facts: { listening: true, socketType: 'stream' } },
  { want: 'eventfd', kind: 'eventfd', ...anon, facts: { eventfdCount: '3', eventfdSemaphore: false } },
  { want: 'timerfd', kind: 'timerfd', ...anon, facts: { clockId: 1 } },
  { want: 'signalfd', kind: 'signalfd', ...anon },
  { want: 'inotify', kind: 'inotify', ...anon, facts: { watches: 1 } },
  { want: 'pidfd', kind: 'pidfd', ...anon },
  { want: 'memfd', kind: 'memfd', reasons: ['Deleted'], facts: { deleted: true } },
  { want: 'watched', kind: 'unix', reasons: ['EpollWatched'] },
  {
    want: 'watched',
    name: 'epoll',
    kind: 'eventpoll',
    ...anon,
    facts: { epollTargets: 1, epollTargetsGone: 0 },
  },
  { want: 'watched-one', kind: 'fifo', reasons: ['EpollWatched', 'Fifo'] },
  { want: 'watched-outside', kind: 'unix', reasons: ['EpollWatched'] },
];

/** Told apart by the socket itself; in no table while they are not bound. */
const unbound: readonly Row[] = [
  { want: 'tcp-unbound', kind: 'tcp', reasons: [], facts: { socketState: 'CLOSE', protocol: 'TCP' } },
  { want: 'netlink', kind: 'netlink', reasons: [], facts: { protocol: 'NETLINK' } },
];

let held: Held;
let reports: { readonly native: Report; readonly plain: Report };
beforeAll(async () => {
  held = await hold(...new Set([...rows, ...unbound].map(({ want }) => want)));
  reports = { native: ask(withNative, held.pid), plain: ask(withoutNative, held.pid) };
});
afterAll(() => held?.stop());

const bare = ({ facts = {} }: Row) =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => name !== 'protocol'));
/** Unlinked from the beginning, and not on a mount that the tables list. */
const isInternal = ({ want }: Row) => want === 'memfd';

describe.each([
  ['with the native calls', 'native' as const, koffiMissing],
  ['without the native calls', 'plain' as const, undefined],
])('the seed on real files, %s', (_, which, missing) => {
  it.skipIf(missing !== undefined).for(rows)('$want $name', (row, context) => {
    const { want, name = 'fd', kind, reasons, facts = {}, line } = row;
    const fd = held.of(context, want)[name] ?? -1;
    const file = fileOf(reports[which], fd);
    expect(file).toMatchObject({ kind, facts });
    const found = reasonsOf(reports[which], fd);
    if (isInternal(row)) expect(found[0]).toBe(reasons[0]);
    else expect(found).toEqual(reasons);
    if (line) expect(reports[which].findings.find((finding) => finding.file?.fd === fd)?.line).toMatch(line);
  });
});

describe('sockets that no table lists', () => {
  it.skipIf(koffiMissing !== undefined).for(unbound)(`$want is known by its protocol`, (row, context) => {
    const fd = held.of(context, row.want).fd ?? -1;
    expect(fileOf(reports.native, fd)).toMatchObject({ kind: row.kind, facts: row.facts });
    expect(reasonsOf(reports.native, fd)).toEqual([]);
  });

  it.for(unbound)(
    '$want without the native calls is some socket, which is enough for the seed',
    (row, context) => {
      const fd = held.of(context, row.want).fd ?? -1;
      expect(fileOf(reports.plain, fd)).toMatchObject({
        kind: 'socket',
        facts: { ...(bare(row).socketState ? {} : {}), protocol: null },
      });
      expect(reasonsOf(reports.plain, fd)).toEqual([]);
    },
  );
});

describe('who watches', () => {
  it('an epoll of the process', (context) => {
    const { fd = -1, epoll } = held.of(context, 'watched');
    expect(fileOf(reports.plain, fd).watchers).toContainEqual({ pid: held.pid, fd: epoll, events: '19' });
  });

  it.skipIf(koffiMissing !== undefined)('one description of a file, and not the other', (context) => {
    const { fd = -1, other = -1, epoll } = held.of(context, 'watched-one');
    expect(fileOf(reports.native, fd).watchers).toContainEqual({ pid: held.pid, fd: epoll, events: '19' });
    expect(fileOf(reports.native, other).watchers.filter(({ pid }) => pid === held.pid)).toEqual([]);
  });

  it('an epoll of another process that has the socket as well', (context) => {
    const { fd = -1, watcher, epoll } = held.of(context, 'watched-outside');
    expect(fileOf(reports.plain, fd).watchers).toContainEqual({ pid: watcher, fd: epoll, events: '19' });
  });
});

it('cwd, root, exe and the mapped files are judged', () => {
  const files = reports.plain.processes[0]?.files ?? [];
  const of = (via: string) => files.filter((file) => file.via === via);
  expect(of('exe')).toMatchObject([{ kind: 'regular', path: process.execPath }]);
  expect(of('root')).toMatchObject([{ kind: 'directory', path: '/' }]);
  expect(of('cwd')).toMatchObject([{ kind: 'directory', path: process.cwd() }]);
  expect(of('map').map(({ path }) => path)).toContain(process.execPath);
  // once each; rings of io_uring, which newer Nodes map, all go by one name
  const named = of('map').flatMap(({ path }) => (path.startsWith('/') ? [path] : []));
  expect(new Set(named).size).toBe(named.length);
  expect(reports.plain).toMatchObject({
    verdict: 'not-ready',
    changedDuringCheck: false,
    policy: { name: 'cr-check-file' },
  });
});

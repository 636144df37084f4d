import { describe, expect, it } from 'vitest';
import { errno, stat, type Tree } from '../support/fake-proc.ts';
import { baseTree, fdinfoHead, probeTree, statLine } from '../support/fake-process.ts';

/** fs/eventpoll.c: numbers in hexadecimal but fd and pos; sdev is major << 20 | minor. */
const tfd = (fd: number, inode: number, minor: number, events = '19') =>
  `tfd: ${String(fd).padStart(8)} events: ${events.padStart(8)} data: ${'7f81'.padStart(16)}  pos:0 ino:${inode.toString(16)} sdev:${minor.toString(16)}\n`;
const epollInfo = (...lines: readonly string[]) =>
  fdinfoHead({ flags: '02000002', mntId: 17, ino: '18' }) + lines.join('');
const socketInfo = (inode: number) => fdinfoHead({ flags: '02', mntId: 10, ino: String(inode) });

const sockfs = 8;
const anonfs = 16;
const socket = { link: 'socket:[900]', info: socketInfo(900), device: `0:${sockfs}`, inode: '900' };
const eventfd = {
  link: 'anon_inode:[eventfd]',
  info: fdinfoHead({ mntId: 17, ino: '18' }),
  device: `0:${anonfs}`,
  inode: '18',
};
const epoll = (...lines: readonly string[]) => ({
  link: 'anon_inode:[eventpoll]',
  info: epollInfo(...lines),
  device: `0:${anonfs}`,
  inode: '18',
});

type Fd = Pick<typeof socket, 'link' | 'info' | 'device' | 'inode'>;
/** Fds by number, by pid. */
type World = Readonly<Record<number, Readonly<Record<number, Fd>>>>;

function treeOf(world: World, more: Tree = {}): Tree {
  const texts: Record<string, string> = {};
  const links: Record<string, string> = {};
  const stats: Record<string, ReturnType<typeof stat>> = {};
  for (const [pid, fds] of Object.entries(world)) {
    texts[`${pid}/stat`] = statLine(Number(pid));
    texts[`${pid}/maps`] = '';
    for (const [fd, { link, info, device, inode }] of Object.entries(fds)) {
      texts[`${pid}/fdinfo/${fd}`] = info;
      links[`${pid}/fd/${fd}`] = link;
      stats[`${pid}/fd/${fd}`] = stat({ type: 'none', device, inode });
    }
  }
  const tree = baseTree({
    ...more,
    texts: { ...texts, ...more.texts },
    links: { ...links, ...more.links },
    stats,
  });
  return { ...tree, lists: { '': Object.keys(world), ...tree.lists } };
}

const asks = ['epollWatched'];
const watcher = (pid: number, fd: number, events = '19') => ({ pid, fd, events });

describe('an epoll of the process', () => {
  it('its target learns who watches it, and for what', () => {
    const { fd } = probeTree(
      treeOf({ 7: { 3: socket, 4: epoll(tfd(3, 900, sockfs, '80000019')), 5: eventfd } }),
    );
    expect(fd(3).watchers).toEqual([watcher(7, 4, '80000019')]);
    expect(fd(3).facts.epollWatched).toBe(true);
    expect(fd(5).facts.epollWatched).toBe(false);
    expect(fd(4)).toMatchObject({
      kind: 'eventpoll',
      facts: { epollTargets: 1, epollTargetsGone: 0, epollWatched: false },
    });
  });

  it('several epolls, and a description with two numbers', () => {
    const world = {
      7: { 3: socket, 4: epoll(tfd(3, 900, sockfs)), 5: epoll(tfd(3, 900, sockfs)), 6: socket },
    };
    const { fd } = probeTree(treeOf(world));
    for (const number of [3, 6]) expect(fd(number).watchers).toEqual([watcher(7, 4), watcher(7, 5)]);
  });

  it.each<[name: string, line: string]>([
    ['another inode', tfd(3, 901, sockfs)],
    ['the same inode of another device', tfd(3, 900, sockfs + 1)],
    ['an anonymous inode under another number', tfd(9, 18, anonfs)],
  ])('a target that is %s is gone or reused: told, not guessed', (_, line) => {
    const { fd } = probeTree(treeOf({ 7: { 3: socket, 4: epoll(line), 5: eventfd } }));
    expect(fd(4).facts).toMatchObject({ epollTargets: 1, epollTargetsGone: 1 });
    for (const number of [3, 5]) expect(fd(number).watchers).toEqual([]);
  });

  it('an anonymous inode under its own number is found, and an epoll within an epoll', () => {
    const world = { 7: { 5: eventfd, 6: epoll(tfd(5, 18, anonfs)), 8: epoll(tfd(6, 18, anonfs)) } };
    const { fd } = probeTree(treeOf(world));
    expect(fd(5).watchers).toEqual([watcher(7, 6)]);
    expect(fd(6).watchers).toEqual([watcher(7, 8)]);
  });

  it('the number is in use again, by another file', () => {
    const other = { ...socket, link: 'socket:[901]', info: socketInfo(901), inode: '901' };
    const { fd } = probeTree(treeOf({ 7: { 3: other, 4: epoll(tfd(3, 900, sockfs)) } }));
    expect(fd(3).facts.epollWatched).toBe(false);
    expect(fd(4).facts.epollTargetsGone).toBe(1);
  });

  it('whose fdinfo cannot be read says so', () => {
    const tree = treeOf(
      { 7: { 3: socket, 4: epoll() } },
      { texts: { '7/fdinfo/4': errno('EACCES') as never } },
    );
    expect(probeTree(tree).fd(4).facts).toMatchObject({ epollTargets: null });
  });
});

describe('across processes', () => {
  const children = { '7/task': ['7'] };
  const family = (world: World) =>
    treeOf(world, {
      texts: { '7/task/7/children': '8 ', '8/stat': statLine(8, { ppid: 7 }) },
      lists: children,
    });

  it('a target that the parent closed and the child keeps', () => {
    const { processes } = probeTree(family({ 7: { 4: epoll(tfd(3, 900, sockfs)) }, 8: { 3: socket } }), {
      type: 'tree',
    });
    const [parent, child] = processes;
    expect(child?.files.find(({ fd }) => fd === 3)?.watchers).toEqual([watcher(7, 4)]);
    expect(parent?.files.find(({ fd }) => fd === 4)?.facts.epollTargetsGone).toBe(1);
  });

  it('an epoll shared by fork is told of each holder', () => {
    const fds = { 3: socket, 4: epoll(tfd(3, 900, sockfs)) };
    const { processes } = probeTree(family({ 7: fds, 8: fds }), { type: 'tree', asks });
    for (const { pid, files } of processes) {
      expect(files.find(({ fd }) => fd === 3)?.watchers).toContainEqual(watcher(pid, 4));
    }
  });

  it('a watcher outside the target is found where the policy asks', () => {
    const world = { 7: { 3: socket }, 20: { 11: epoll(tfd(5, 900, sockfs)) } };
    const asked = probeTree(treeOf(world), { asks });
    expect(asked.fd(3).watchers).toEqual([watcher(20, 11)]);
    expect(asked.fd(3).facts.epollWatched).toBe(true);
    const unasked = probeTree(treeOf(world));
    expect(unasked.proc.calls.filter((call) => call.includes('20/fd'))).toEqual([]);
  });

  it('a process without sockets and pipes costs no look at the others', () => {
    const { proc } = probeTree(treeOf({ 7: { 5: eventfd }, 20: { 11: epoll(tfd(5, 18, anonfs)) } }), {
      asks,
    });
    expect(proc.calls.filter((call) => call.includes('20/'))).toEqual([]);
  });

  it('an anonymous inode of the same number elsewhere is another one', () => {
    const world = { 7: { 3: socket, 5: eventfd }, 20: { 11: epoll(tfd(5, 18, anonfs)) } };
    expect(probeTree(treeOf(world), { asks }).fd(5).watchers).toEqual([]);
  });

  it('what is there besides processes is passed over, and what is gone by then', () => {
    const world = { 7: { 3: socket }, 20: { 11: epoll(tfd(5, 900, sockfs)) } };
    const tree = treeOf(world);
    const lists = { ...tree.lists, '': ['1', '7', '20', 'self', 'net', 'uptime', '99999'] };
    expect(probeTree({ ...tree, lists }, { asks }).fd(3).watchers).toEqual([watcher(20, 11)]);
  });
});

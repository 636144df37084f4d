import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realProc } from '../../../src/probe/proc.ts';
import { type Blocked, blockedAt } from '../../../src/server/hang/blocked.ts';
import { keyOf, mountStuckById, placeStuck, wordsOf } from '../../../src/server/hang/place.ts';
import { fakeProc, type Tree } from '../../support/fake-proc.ts';
import { baseTree, fdinfoHead, mountinfo } from '../../support/fake-process.ts';
import { remove, temporary } from '../../support/held.ts';

const python = '/usr/bin/python3';
if (!existsSync(python)) console.log(`skipped: a call that names a number: needs ${python}`);

/** A fifo that nobody writes to stands for a mount that hangs: who opens it waits in the call that names it. */
describe('where a process of ours hangs', () => {
  const dir = temporary();
  const fifo = join(dir, 'naïve fifo');
  const children: ChildProcess[] = [];
  const proc = realProc();
  const start = (code: string) => {
    const child = spawn(process.execPath, ['-e', `const fs = require('node:fs'); ${code}`, fifo], {
      stdio: 'ignore',
    });
    children.push(child);
    return child.pid as number;
  };
  const seen = async (pid: number, wanted: (blocked: Blocked | undefined) => boolean) => {
    for (let tries = 0; tries < 500; tries++) {
      const blocked = blockedAt(pid, proc);
      if (wanted(blocked)) return blocked;
      await sleep(10);
    }
    throw new Error(`it does not wait there: ${readFileSync(`/proc/${pid}/syscall`, 'utf8')}`);
  };
  const there = Buffer.from(fifo).toString('latin1');

  beforeAll(() => void execFileSync('mkfifo', [fifo]));
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    remove(dir);
  });

  it('in a call that names a path, the same as long as it waits', async () => {
    const pid = start('fs.openSync(process.argv[1])');
    const blocked = await seen(pid, (one) => one?.path === there);
    expect(blocked?.call).toBe('named');
    await sleep(50);
    expect(blockedAt(pid, proc)?.sign).toBe(blocked?.sign);
  });

  it('in a read of what it has opened', async () => {
    const pid = start("fs.readSync(fs.openSync(process.argv[1], 'r+'), Buffer.alloc(9))");
    const blocked = await seen(pid, (one) => one?.path === there && one.call === 'opened');
    expect(blocked?.call).toBe('opened');
  });

  it('in a call that names a number in the folder of fds', async ({ skip }) => {
    // node has no openat; and of this fifo nobody is a writer
    const other = join(dir, 'other');
    execFileSync('mkfifo', [other]);
    if (!existsSync(python)) skip(`needs ${python}`);
    const code =
      'import os, sys; fd = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK); os.open(str(fd), os.O_RDONLY, dir_fd=os.open("/proc/self/fd", os.O_RDONLY))';
    const child = spawn(python, ['-c', code, other], { stdio: 'ignore' });
    children.push(child);
    const pid = child.pid as number;
    const blocked = await seen(
      pid,
      (one) => one?.call === 'named' && one.path.startsWith(`/proc/${pid}/fd/`),
    );
    expect(blocked?.path).toMatch(/\/fd\/\d+$/);
  });

  it('nowhere, where it runs, or waits for nothing that has a name', async () => {
    const busy = start('for (;;);');
    await sleep(300);
    expect(blockedAt(busy, proc)).toBeUndefined();
    const idle = start('setInterval(() => {}, 1e6)');
    await sleep(300);
    expect(blockedAt(idle, proc)?.path.startsWith('/proc/') ?? false).toBe(false);
    expect(blockedAt(undefined, proc)).toBeUndefined();
  });
});

describe('what it is that hangs', () => {
  const own = fakeProc(baseTree({}));
  const rooted = (root: string, more: Tree = {}) => ({ ...fakeProc(baseTree(more)), root });
  const node = rooted('/proc', {
    texts: { '7/fdinfo/3': fdinfoHead({ mntId: 40 }), '7/fdinfo/4': fdinfoHead({ mntId: 99 }) },
    links: { '7/cwd': '/' },
  });
  const place = (path: string, call: Blocked['call'] = 'named', proc = node) =>
    placeStuck({ path, call, sign: '' }, 5, own, proc);
  const fuse = { what: 'mount', device: '0:50', fsType: 'fuse.bindfs', mountPoint: '/mnt/fuse' };

  it.each<[path: string, stuck: unknown]>([
    ['/proc/7/fd/3', fuse],
    ['/proc/7/fd/4', { what: 'mount', mntId: 99, fsType: 'detached', mountPoint: '' }],
    ['/proc/7/root/mnt/fuse/a', fuse],
    ['/mnt/fuse/state.json', fuse],
    // its text would blame the root filesystem
    ['/proc/7/cwd', { what: 'file', path: '7/cwd' }],
    ['/proc/7/maps', { what: 'file', path: '7/maps' }],
    ['/proc/7/fd/9', undefined],
  ])('%s', (path, stuck) => {
    expect(place(path)).toEqual(stuck);
  });

  it('a file of procfs that was opened, and a procfs that is none', () => {
    expect(place('/proc/7/fd/3', 'opened')).toEqual({ what: 'file', path: '7/fd/3' });
    expect(place('/mnt/fuse/7/stat', 'named', rooted('/mnt/fuse'))).toEqual({ what: 'procfs' });
    expect(mountinfo).toContain(' /mnt/fuse ');
  });

  it('a mount by its number, and the words for it, with paths and without', () => {
    const stuck = mountStuckById('/proc/7/cwd', 40, node);
    expect(stuck).toEqual(fuse);
    expect(keyOf(stuck)).toBe('0:50');
    expect(wordsOf(stuck, true)).toBe('fuse.bindfs at /mnt/fuse (device 0:50)');
    expect(wordsOf(stuck, false)).toBe('fuse.bindfs (device 0:50)');
    expect(wordsOf(mountStuckById('/proc/7/cwd', 99, node), true)).toBe('detached (mount 99)');
    expect(wordsOf({ what: 'file', path: '7/maps' }, false)).not.toContain('7');
  });
});

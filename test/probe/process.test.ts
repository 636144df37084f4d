import { describe, expect, it } from 'vitest';
import type { TargetFacts } from '../../src/facts.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { failed, type Proc } from '../../src/probe/proc.ts';
import { errno, fakeProc, stat, type Tree } from '../support/fake-proc.ts';
import { baseTree, fdinfoHead, probeTree, statLine } from '../support/fake-process.ts';

const probe = (tree: Tree, type: 'process' | 'tree' = 'process') =>
  createProbe(fakeProc(tree), undefined)({ pid: 7, type, asks: new Set() });

/** Gives its answers one after the other, the last one from then on. */
function inTurn<T>(...answers: readonly T[]): () => T {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] as T;
}

describe('identity', () => {
  it('is pid, start time and name', () => {
    const { process } = probeTree(
      baseTree({ texts: { '7/stat': statLine(7, { start: '883120', comm: 'a) (b' }) } }),
    );
    expect(process).toMatchObject({
      pid: 7,
      startTimeTicks: '883120',
      comm: 'a) (b',
      changed: false,
      unread: [],
    });
    expect(process.facts).toMatchObject({
      state: 'S',
      ppid: 1,
      pgrp: 7,
      session: 7,
      threads: 1,
      uids: ['0', '0', '0', '0'],
    });
  });

  it('a name that is not UTF-8', () => {
    expect(
      probeTree(baseTree({ texts: { '7/stat': statLine(7, { comm: '\xff\xe2\x82\xac' }) } })).process.comm,
    ).toBe('\uFFFD€');
  });

  it.each<[name: string, tree: Tree, answer: unknown]>([
    ['no such process', { texts: {} }, errno('ENOENT')],
    ['hidden by hidepid', { texts: { '7/stat': errno('EPERM') } }, errno('EPERM')],
    ['nonsense', { texts: { '7/stat': '7 (x' } }, errno('EBADMSG')],
    ['kernel thread', baseTree({ texts: { '7/stat': statLine(7, { flags: 0x208040 }) } }), 'kernel-thread'],
    [
      'the pid was used again while it was read',
      baseTree({ texts: { '7/stat': inTurn(statLine(7), statLine(7), statLine(7, { start: '5001' })) } }),
      errno('ESRCH'),
    ],
    [
      'it ended while it was read',
      baseTree({
        texts: {
          '7/stat': inTurn<never>(statLine(7) as never, statLine(7) as never, errno('ESRCH') as never),
        },
      }),
      errno('ESRCH'),
    ],
  ])('%s', (_, tree, answer) => {
    expect(probe(tree)).toEqual(answer);
  });
});

describe('changed while it was read', () => {
  const withList = (...lists: readonly (readonly string[])[]) =>
    probeTree(
      baseTree({
        texts: { '7/fdinfo/3': fdinfoHead(), '7/fdinfo/4': fdinfoHead() },
        links: { '7/fd/3': 'pipe:[9]', '7/fd/4': 'pipe:[9]' },
        lists: { '7/fd': inTurn(...lists) as never },
      }),
    ).process;

  it.each([
    ['nothing', [['3']], false, 1],
    ['one opened', [['3'], ['3', '4']], true, 1],
    ['one closed', [['3', '4'], ['3']], true, 2],
    ['one for another', [['3'], ['4']], true, 1],
    ['one gone before it was read', [['3', '5'], ['3']], true, 1],
  ] as const)('%s', (_, lists, changed, files) => {
    const process = withList(...lists);
    expect(process.changed).toBe(changed);
    expect(process.files.filter(({ via }) => via === 'fd')).toHaveLength(files);
  });

  it.each([
    ['as many as were listed', 2, false],
    ['one more by now', 3, true],
    ['one less by now', 1, true],
  ])('the kernel counts the fds (Linux 6.2): %s', (_, count, changed) => {
    const proc = fakeProc(
      baseTree({
        links: { '7/fd/3': 'pipe:[1]', '7/fd/4': 'pipe:[1]' },
        stats: { '7/fd/3': stat(), '7/fd/4': stat() },
        texts: { '7/fdinfo/3': fdinfoHead(), '7/fdinfo/4': fdinfoHead() },
      }),
    );
    const counting: Proc = {
      ...proc,
      openFds: (pid) => {
        const folder = proc.openFds(pid);
        return failed(folder) ? folder : { ...folder, count: () => count };
      },
    };
    const answer = createProbe(counting, undefined)({ pid: 7, type: 'process', asks: new Set() });
    expect(answer).toMatchObject({ processes: [{ changed }] });
  });

  const family = (children: string | (() => string), child: NonNullable<Tree['texts']> = {}) =>
    baseTree({ texts: { '7/task/7/children': children, ...child }, lists: { '7/task': ['7'] } });

  it('a descendant that ended meanwhile', () => {
    const answer = probe(family(inTurn('8 ', '')), 'tree');
    expect(answer).toMatchObject({ processes: [{ pid: 7, changed: true, unread: [] }] });
  });

  it('the pid of a descendant is by now that of a process elsewhere', () => {
    const answer = probe(family('8 ', { '8/stat': statLine(8, { ppid: 1 }) }), 'tree');
    expect(answer).toMatchObject({ processes: [{ pid: 7, changed: true }] });
    expect('processes' in (answer as object) && (answer as TargetFacts).processes).toHaveLength(1);
  });

  it('the pid of its parent is by now that of a stranger', () => {
    const parent = inTurn(statLine(7), statLine(7), statLine(7), statLine(7, { start: '5001' }));
    const tree = family('8 ', { '7/stat': parent, '8/stat': statLine(8, { ppid: 7 }) });
    const { processes } = probe(tree, 'tree') as TargetFacts;
    expect(processes.map(({ pid, changed }) => [pid, changed])).toEqual([[7, true]]);
  });

  it.each(['ENOENT', 'EPERM'])('a descendant that hidepid hides (%s) is unread, and not gone', (code) => {
    const answer = probe(family('8 ', { '8/stat': errno(code) }), 'tree');
    const unread = [{ pid: 8, call: 'read stat', errno: code, facts: [] }];
    expect(answer).toMatchObject({ processes: [{ pid: 7, unread }] });
  });

  it('whose descendants may not be listed', () => {
    const tree = family('');
    const answer = probe({ ...tree, lists: { ...tree.lists, '7/task': errno('EMFILE') } }, 'tree');
    const unread = [{ pid: 7, call: 'list task', errno: 'EMFILE', facts: [] }];
    expect(answer).toMatchObject({ processes: [{ pid: 7, unread }] });
  });
});

describe('what could not be read', () => {
  it('the list of fds: everything may be missing', () => {
    const { process } = probeTree(baseTree({ lists: { '7/fd': errno('EACCES') } }));
    expect(process.unread).toContainEqual({ pid: 7, call: 'list fd', errno: 'EACCES', facts: [] });
  });

  it('the maps', () => {
    const { process } = probeTree(baseTree({ texts: { '7/maps': errno('EACCES') } }));
    expect(process.unread).toContainEqual({ pid: 7, call: 'read maps', errno: 'EACCES', facts: [] });
  });

  it('cwd, root and exe are unknown files', () => {
    const links = { '7/cwd': errno('EACCES'), '7/root': errno('EACCES'), '7/exe': errno('EACCES') };
    const { process } = probeTree(baseTree({ links }));
    const named = process.files.filter(({ via }) => ['cwd', 'root', 'exe'].includes(via));
    expect(named.map(({ kind, facts }) => [kind, facts.fileType])).toEqual(Array(3).fill(['unknown', null]));
  });

  it('the status: null facts, never none', () => {
    const { process } = probeTree(baseTree({ texts: { '7/status': errno('EACCES') } }));
    expect(process.facts).toMatchObject({ uids: null, gids: null, tracerPid: null });
    expect(process.unread.map(({ call }) => call)).toContain('read status');
  });

  it('a zombie has no files, and that is known', () => {
    const tree = baseTree({
      texts: { '7/stat': statLine(7, { state: 'Z' }) },
      lists: { '7/fd': errno('EACCES') },
    });
    const { process } = probeTree(tree);
    expect(process.files.filter(({ via }) => via === 'fd')).toEqual([]);
    expect(process.unread.filter(({ call }) => call === 'list fd')).toEqual([]);
  });
});

describe('files of a process', () => {
  const maps = [
    '55b5-55b6 r-xp 00000000 fe:00 20                         /usr/bin/job',
    '55b6-55b7 rw-p 00001000 fe:00 20                         /usr/bin/job',
    '55b8-55b9 rw-p 00000000 00:00 0                          [heap]',
    '55ba-55bb rw-p 00000000 00:00 0 ',
    '55bc-55bd rw-p 00000000 00:00 0                          [anon:scudo]',
    '55be-55bf rw-s 00000000 00:01 9                          /dev/zero (deleted)',
    '55c0-55c1 r--p 00000000 fe:00 21                         /tmp/a\\012b',
  ].join('\n');
  const tree = baseTree({
    texts: { '7/maps': `${maps}\n`, '7/fdinfo/10': fdinfoHead(), '7/fdinfo/9': fdinfoHead() },
    links: { '7/fd/10': '/b', '7/fd/9': '/a', '7/cwd': '/work', '7/exe': '/usr/bin/job' },
    stats: {
      '7/cwd': stat({ type: 'directory' }),
      '7/exe': stat(),
      '7/map_files/55b5-55b6': stat({ inode: '20' }),
    },
  });

  it('fds in the order of their numbers, then cwd, root, exe, then each mapped file once', () => {
    const { process } = probeTree(tree);
    expect(process.files.map(({ via, fd, path }) => [via, fd, path])).toEqual([
      ['fd', 9, '/a'],
      ['fd', 10, '/b'],
      ['cwd', undefined, '/work'],
      ['root', undefined, '/'],
      ['exe', undefined, '/usr/bin/job'],
      ['map', undefined, '/usr/bin/job'],
      ['map', undefined, '/dev/zero (deleted)'],
      ['map', undefined, '/tmp/a\nb'],
    ]);
    const mapped = process.files.filter(({ via }) => via === 'map');
    expect(mapped.map(({ kind }) => kind)).toEqual(['regular', 'shmem', 'unknown']);
    expect(mapped[0]?.facts.perms).toBe('rxpw');
  });
});

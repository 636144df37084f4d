import { describe, expect, it } from 'vitest';
import type { CachedStat } from '../../src/probe/proc.ts';
import { stat, type Tree } from '../support/fake-proc.ts';
import { baseTree, fdinfoHead, probeTree, statLine } from '../support/fake-process.ts';
import { nativeOf } from '../support/world.ts';

const kthreadd = { '2/stat': statLine(2, { comm: 'kthreadd', flags: 0x208040, ppid: 0 }) };
const cached = (more: Partial<CachedStat> = {}): CachedStat => ({ ...stat(), mntId: 27, ...more });
const long = Array.from({ length: 60 }, (_, i) => `${i}: FLOCK  ADVISORY  WRITE 9 fe:00:${i} 0 EOF\n`).join(
  '',
);

interface Case {
  readonly link?: string;
  readonly stats?: Partial<CachedStat>;
  readonly texts?: Tree['texts'];
  /** Of the link itself. */
  readonly mode?: number;
  readonly asks?: readonly string[];
  readonly flags?: number;
  readonly fds?: number;
}

/** fd 3 as it is read where only these facts are asked for, and whether fdinfo was read for it. */
function look({
  link = '/data/x',
  stats = {},
  texts = {},
  mode = 0o700,
  asks = [],
  flags,
  fds = 2001,
}: Case) {
  const tree = baseTree({
    links: { '7/fd/3': link },
    // of the others nothing is there by the time they are read
    lists: { '7/fd': Array.from({ length: fds }, (_, i) => String(i + 3)) },
    stats: { '7/fd/3': { ...stat(), type: 'symlink', mode } },
    texts: { '7/fdinfo/3': `${fdinfoHead({ flags: '01' })}`, locks: '', ...kthreadd, ...texts },
  });
  const native = nativeOf({
    statCached: (path) => (path === '/fake/7/fd/3' ? cached(stats) : { errno: 'ENOENT' }),
    ...(flags === undefined ? {} : { fdFlags: () => flags }),
  });
  const probed = probeTree(tree, { native, asksOf: (_, fact) => asks.includes(fact) });
  return { facts: probed.fd(3).facts, read: probed.proc.calls.includes('read 7/fdinfo/3') };
}

describe('how an fd is open', () => {
  it('is not read of a plain file where nobody asks', () => {
    const { facts, read } = look({});
    expect(read).toBe(false);
    expect(facts).toMatchObject({ mntId: 27, locks: [] });
    expect(facts).not.toHaveProperty('flags');
  });

  it.each([
    ['the offset', { asks: ['offset'] }],
    ['its flags', { asks: ['flags'] }],
    [
      'of a file of sysfs',
      { stats: { mntId: 60 }, texts: { '1/mountinfo': '60 1 0:9 / / rw - sysfs s rw\n' } },
    ],
    ['of a fifo', { stats: { type: 'fifo' } }],
    ['of a terminal', { stats: { type: 'char', major: 136 } }],
    ['of an eventfd', { link: 'anon_inode:[eventfd]' }],
    ['where the kernel does not tell the mount', { stats: { mntId: undefined } }],
  ] satisfies [string, Case][])('is read of fdinfo: %s', (_, asked) => {
    const { facts, read } = look(asked);
    expect(read).toBe(true);
    expect(facts).toMatchObject({ accessMode: 'write', offset: '0' });
  });

  it.each([
    [0o700, 'read-write'],
    [0o500, 'read'],
    [0o300, 'write'],
  ])('is told by the permissions of its link: %o', (mode, accessMode) => {
    const { facts, read } = look({ asks: ['accessMode'], mode });
    expect([facts.accessMode, read]).toEqual([accessMode, false]);
  });

  it('is read where those are none: O_PATH, or for ioctl(2) alone', () => {
    expect(look({ asks: ['accessMode'], mode: 0 })).toMatchObject({
      facts: { accessMode: 'write' },
      read: true,
    });
  });

  it('is told by a duplicate of a pipe', () => {
    const { facts, read } = look({ link: 'pipe:[5]', flags: 0o40001 });
    expect(read).toBe(false);
    expect(facts).toMatchObject({ packetMode: true, accessMode: 'write' });
    expect(look({ link: 'pipe:[5]' }).read).toBe(true);
  });
});

describe('locks', () => {
  const lock = (where: string) => ({ locks: `1: FLOCK  ADVISORY  WRITE 9 ${where} 0 EOF\n` });

  it.each<[string, Case, boolean]>([
    ['another inode of the disk', { texts: lock('fe:00:99') }, false],
    ['this one', { texts: lock('fe:00:100') }, true],
    ['this number on another filesystem', { texts: lock('00:15:100') }, false],
    // an overlay shows other numbers than its own
    [
      'any of an overlay',
      { texts: { ...lock('00:09:99'), '1/mountinfo': '27 1 0:9 / / rw - overlay o rw\n' } },
      true,
    ],
    ['a file of a mount that is not listed', { stats: { mntId: 77 }, texts: lock('fe:00:99') }, true],
    [
      'this memfd',
      { link: '/memfd:x (deleted)', stats: { mntId: 0, device: '0:1' }, texts: lock('00:01:100') },
      true,
    ],
    [
      'another',
      { link: '/memfd:x (deleted)', stats: { mntId: 0, device: '0:1' }, texts: lock('00:01:99') },
      false,
    ],
    ['a line that is none', { texts: { locks: 'x\n' } }, true],
    ['below the first pid namespace', { texts: { '2/stat': statLine(2) } }, true],
    ['few files, for which the table is not worth its wait', { fds: 2000 }, true],
    ['no second process', { texts: { '2/stat': { errno: 'ENOENT' } } }, true],
    ['the table may not be read', { texts: { locks: { errno: 'EACCES' } } }, true],
    ['more than a page', { texts: { locks: long } }, false],
    ['more than a page, which changes', { texts: { locks: changing() } }, true],
  ])('%s: fdinfo is read: %s', (_, asked, want) => {
    expect(look(asked).read).toBe(want);
  });

  function changing(): () => string {
    let reads = 0;
    return () => long + String(reads++);
  }
});

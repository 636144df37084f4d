import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../src/facts.ts';
import { askFiles, builtin, file } from '../support/policy.ts';

/** The seed, reference/seed-cr_check_file.txt, statement by statement. */
const policy = builtin('cr-check-file');

type FactSet = Readonly<Record<string, FactValue>>;
const disk: FactSet = {
  deleted: false,
  epollWatched: false,
  fileType: 'regular',
  fsType: 'ext4',
  fsRequiresDevice: true,
};
const off: FactSet = { fsType: 'tmpfs', fsRequiresDevice: false };
const device = (fileType: string, major: number | null, minor: number | null = 0): FactSet => ({
  ...off,
  fileType,
  major,
  minor,
});
const pseudo = (fileType: string, fsType: string): FactSet => ({ fileType, fsType, fsRequiresDevice: false });

const check = (facts: FactSet, more: Parameters<typeof file>[1] = {}) =>
  askFiles(policy, [file({ ...disk, ...facts }, { fd: 57, path: '/data/x', fop: 'some_fops', ...more })]);

const fileLine = "cr_check_file: can't checkpoint file 7/57 (/data/x), ->f_op = some_fops";
const deviceLine = (what: string, number: string) =>
  `cr_check_file: can't checkpoint ${what} device ${number}, ->f_op = some_fops`;

interface Branch {
  readonly name: string;
  readonly facts: FactSet;
  /** Reasons in order; none: return 0. */
  readonly reasons: readonly string[];
  /** The first printk; the seed's early returns print none, and get the general one. */
  readonly line?: string;
}

const allowed: readonly Branch[] = [
  { name: 'S_IFREG, FS_REQUIRES_DEV', facts: {}, reasons: [] },
  { name: 'S_IFDIR, FS_REQUIRES_DEV', facts: { fileType: 'directory' }, reasons: [] },
  { name: 'S_IFCHR, UNIX98_PTY_SLAVE_MAJOR', facts: device('char', 136, 3), reasons: [] },
  { name: 'S_IFCHR, the last major of pty slaves', facts: device('char', 143, 255), reasons: [] },
  { name: 'S_IFSOCK', facts: pseudo('socket', 'sockfs'), reasons: [] },
];

const refused: readonly Branch[] = [
  { name: 'd_unhashed', facts: { deleted: true }, reasons: ['Deleted'], line: fileLine },
  {
    name: 'f_security',
    facts: { securityLabel: 'docker-default (enforce)' },
    reasons: ['SecurityLabel'],
    line: fileLine,
  },
  {
    name: 'f_security of an empty label',
    facts: { securityLabel: '' },
    reasons: ['SecurityLabel'],
    line: fileLine,
  },
  {
    name: 'f_ep_links',
    facts: { ...pseudo('socket', 'sockfs'), epollWatched: true },
    reasons: ['EpollWatched'],
    line: fileLine,
  },
  {
    name: 'S_IFREG without FS_REQUIRES_DEV',
    facts: off,
    reasons: ['FilesystemWithoutDevice'],
    line: fileLine,
  },
  {
    name: 'S_IFDIR without FS_REQUIRES_DEV',
    facts: { ...off, fileType: 'directory' },
    reasons: ['FilesystemWithoutDevice'],
    line: fileLine,
  },
  {
    name: 'S_IFBLK',
    facts: device('block', 7, 0),
    reasons: ['BlockDevice'],
    line: deviceLine('block', '7:0'),
  },
  {
    name: 'S_IFBLK with the major of a pty slave',
    facts: device('block', 136, 1),
    reasons: ['BlockDevice'],
    line: deviceLine('block', '136:1'),
  },
  {
    name: 'S_IFCHR below the pty slaves',
    facts: device('char', 135, 3),
    reasons: ['CharDevice'],
    line: deviceLine('char', '135:3'),
  },
  {
    name: 'S_IFCHR above the pty slaves',
    facts: device('char', 144, 0),
    reasons: ['CharDevice'],
    line: deviceLine('char', '144:0'),
  },
  {
    name: '/dev/null',
    facts: device('char', 1, 3),
    reasons: ['CharDevice'],
    line: deviceLine('char', '1:3'),
  },
  {
    name: 'pty master',
    facts: device('char', 5, 2),
    reasons: ['CharDevice'],
    line: deviceLine('char', '5:2'),
  },
  { name: 'S_IFIFO of a pipe', facts: pseudo('fifo', 'pipefs'), reasons: ['Fifo'], line: fileLine },
  { name: 'S_IFIFO on a disk', facts: { fileType: 'fifo' }, reasons: ['Fifo'], line: fileLine },
  { name: 'S_IFLNK', facts: { fileType: 'symlink' }, reasons: ['Symlink'], line: fileLine },
  {
    name: 'no S_IFMT at all (anonymous inode)',
    facts: pseudo('none', 'anon_inodefs'),
    reasons: ['NotSupported'],
    line: fileLine,
  },
];

const several: readonly Branch[] = [
  {
    name: 'all three guards and the device, in the order of the function',
    facts: { ...device('block', 8, 1), deleted: true, securityLabel: 'x', epollWatched: true },
    reasons: ['Deleted', 'SecurityLabel', 'EpollWatched', 'BlockDevice'],
    line: fileLine,
  },
  {
    name: 'deleted on tmpfs',
    facts: { ...off, deleted: true },
    reasons: ['Deleted', 'FilesystemWithoutDevice'],
    line: fileLine,
  },
  {
    name: 'a watched pty slave, accepted but for that',
    facts: { ...device('char', 136), epollWatched: true },
    reasons: ['EpollWatched'],
    line: fileLine,
  },
  {
    name: 'a watched pipe with a label',
    facts: { ...pseudo('fifo', 'pipefs'), securityLabel: 'x', epollWatched: true },
    reasons: ['SecurityLabel', 'EpollWatched', 'Fifo'],
    line: fileLine,
  },
];

describe('cr-check-file', () => {
  it.each([...allowed, ...refused, ...several])('$name', ({ facts, reasons, line }) => {
    const report = check(facts);
    expect(report.findings.map(({ reason }) => reason)).toEqual(reasons);
    expect(report.verdict).toBe(reasons.length === 0 ? 'ready' : 'not-ready');
    expect(report.reason).toBe(reasons[0] ?? 'Ready');
    expect(report.findings[0]?.line).toBe(line);
  });

  it.each([135, 136, 137, 138, 139, 140, 141, 142, 143, 144])('char major %i', (major) => {
    expect(check(device('char', major)).verdict).toBe(major >= 136 && major <= 143 ? 'ready' : 'not-ready');
  });

  it('messages', () => {
    const message = (facts: FactSet) => check(facts).findings[0]?.message;
    expect(message({ deleted: true })).toBe('it is deleted: no path leads to it any more');
    expect(message({ securityLabel: 'docker-default (enforce)' })).toBe(
      'it carries the security label docker-default (enforce)',
    );
    expect(message(off)).toBe('tmpfs is no on-disk filesystem: it requires no device');
    expect(message(device('block', 259, 3))).toBe('block device 259:3');
    expect(message(device('char', 195, 255))).toBe(
      'char device 195:255, and only pty slaves (136 to 143) are known',
    );
    expect(message(pseudo('none', 'anon_inodefs'))).toBe('nothing says that plain can be checkpointed');
  });

  it.each<[via: 'cwd' | 'root' | 'exe' | 'map']>([['cwd'], ['root'], ['exe'], ['map']])(
    'the line names %s',
    (via) => {
      const { fd: _, ...rest } = file({ ...disk, ...off }, { via, path: '/run/x', fop: 'f' });
      expect(askFiles(policy, [rest]).findings[0]?.line).toBe(
        `cr_check_file: can't checkpoint file 7/${via} (/run/x), ->f_op = f`,
      );
    },
  );

  it.each<[name: string, facts: FactSet, verdict: string]>([
    ['deleted', { deleted: null }, 'unknown'],
    ['security label', { securityLabel: null }, 'unknown'],
    ['epoll', { epollWatched: null }, 'unknown'],
    ['file type', { fileType: null }, 'unknown'],
    ['whether the filesystem requires a device', { fsRequiresDevice: null }, 'unknown'],
    ['major of a char device', device('char', null), 'unknown'],
    ['major of a block device', device('block', null), 'not-ready'],
    ['filesystem of a socket', { ...pseudo('socket', 'sockfs'), fsRequiresDevice: null }, 'ready'],
    ['filesystem of a deleted file', { deleted: true, fsRequiresDevice: null }, 'not-ready'],
    ['everything', { deleted: null, epollWatched: null, fileType: null, fsRequiresDevice: null }, 'unknown'],
  ])('%s not read: %s', (_, facts, verdict) => {
    expect(check(facts).verdict).toBe(verdict);
  });

  it('bans by default: facts of which no rule speaks', () => {
    const report = askFiles(policy, [file({}, { kind: 'x' })]);
    expect(report.findings).toMatchObject([{ rule: 'otherwise', reason: 'NotSupported' }]);
  });

  it('has no options, and judges files alone', () => {
    expect(policy.options).toEqual([]);
    expect(policy.judges).toEqual(['fd', 'map', 'cwd', 'root', 'exe']);
    expect([...policy.asks].sort()).toEqual(
      ['deleted', 'epollWatched', 'fileType', 'fsRequiresDevice', 'major', 'securityLabel'].sort(),
    );
    expect(check({ deleted: true }).findings[0]).toMatchObject({
      lift: [],
      phase: 'dump',
      outcome: 'refused',
    });
  });
});

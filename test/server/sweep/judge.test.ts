import { describe, expect, it } from 'vitest';
import { sumTally } from '../../../src/policy/tally.ts';
import type { Proc } from '../../../src/probe/proc.ts';
import type { RuntimeDeps } from '../../../src/probe/runtime/index.ts';
import { AgentError } from '../../../src/server/errors.ts';
import { createCpuMeter, pressureOf } from '../../../src/server/sweep/child.ts';
import { type SliceAnswer, sliceJudge } from '../../../src/server/sweep/judge.ts';
import type { Slice } from '../../../src/server/sweep/list.ts';
import { fakeProc } from '../../support/fake-proc.ts';
import { statLine } from '../../support/fake-process.ts';
import { builtin } from '../../support/policy.ts';
import { type World, worldTree } from '../../support/world.ts';
import { slice, usual } from './support.ts';

const world: World = {
  1: { ppid: 0 },
  7: {},
  8: { ppid: 7, fds: { 3: { link: '/dev/fuse' }, 4: { link: '/plain' } } },
  9: { ppid: 7 },
};

const treeOf = (texts: Readonly<Record<string, string>>, more: World) =>
  worldTree(
    { ...world, ...more },
    { texts: { '7/task/7/children': '8 9 ', ...texts }, lists: { '7/task': ['7'] } },
  );

function judgesIn(
  texts: Readonly<Record<string, string>>,
  more: World,
  proc: Proc = fakeProc(treeOf(texts, more)),
) {
  return sliceJudge({
    seed: 1,
    avoids: () => false,
    recurs: true,
    proc,
    native: undefined,
    runtimes: {} as RuntimeDeps,
    policies: [builtin('cr-check-file')],
    defaultPolicy: 'cr-check-file',
    detectedVersions: {},
  });
}

function judgeIn(texts: Readonly<Record<string, string>> = {}, more: World = {}) {
  const judge = judgesIn(texts, more);
  return (one: Slice, show: 'blocking' | 'all' = 'blocking'): SliceAnswer => {
    const [reply] = judge({ request: { ...usual, show }, slices: [one], budgetMs: 1000, of: 'a sweep' });
    if (reply === undefined || 'stillSo' in reply) throw new Error(`${reply}`);
    if ('code' in reply) throw new AgentError(reply.code, reply.detail);
    return reply;
  };
}

const pinned = (...pids: readonly number[]): Slice =>
  slice(7, { processes: pids.map((pid) => ({ pid, startTimeTicks: '5000' })) });

describe('a slice', () => {
  it('is judged as it was listed: what the tree has beside it is in another one', () => {
    const { report, skipped } = judgeIn()(pinned(7, 8), 'all');
    expect(report?.processes.map(({ pid }) => pid)).toEqual([7, 8]);
    expect(report?.counts.processes).toBe(2);
    expect(skipped).toEqual([]);
  });

  it('keeps what was counted of its files, and not the files', () => {
    const { report, tally } = judgeIn()(pinned(7, 8, 9));
    expect(report?.processes).toEqual([]);
    const files = tally.filter(({ kind }) => kind !== 'process');
    expect(files.reduce((sum, row) => sum + row.files, 0)).toBe(report?.counts.files);
    const refused = tally.filter(({ outcome }) => outcome === 'refused' || outcome === 'unknown');
    expect(refused.every(({ reason }) => reason !== '')).toBe(true);
    const { refused: number = 0, unknown = 0 } = report?.counts ?? {};
    expect(refused.reduce((sum, row) => sum + row.files, 0)).toBe(number + unknown);
  });

  it('says so much of its files, and how much there would be to say', () => {
    const fds = Object.fromEntries(Array.from({ length: 1500 }, (_, fd) => [fd, { link: '/plain' }]));
    const judge = judgeIn({}, { 9: { fds } });
    const { report, leftOut = 0 } = judge(pinned(9), 'all');
    const files = report?.processes[0]?.files.length ?? 0;
    expect(files + (report?.findings.length ?? 0)).toBe(1000);
    expect(files + leftOut).toBeGreaterThanOrEqual(report?.counts.files ?? 0);
    expect(report?.notes.join()).toContain(`${leftOut} of ${leftOut + 1000} findings and files`);
    expect(judge(pinned(7, 8), 'all').leftOut).toBeUndefined();
  });

  it('is the last of an answer once there is much to say', () => {
    const fds = Object.fromEntries(Array.from({ length: 1500 }, (_, fd) => [fd, { link: '/plain' }]));
    const batch = { request: { ...usual, show: 'all' }, budgetMs: 1000, of: 'a sweep' } as const;
    const judge = judgesIn({}, { 9: { fds } });
    expect(judge({ ...batch, slices: [pinned(8), pinned(9), pinned(7)] })).toHaveLength(2);
    expect(judge({ ...batch, slices: [pinned(8), pinned(7), pinned(9)] })).toHaveLength(3);
  });

  it('is told once while it is as it was, to whoever says what was told', () => {
    let proc: Proc = fakeProc(treeOf({}, {}));
    const later =
      (name: string) =>
      (...given: readonly unknown[]) => {
        const call = proc[name as keyof Proc] as unknown as (...args: readonly unknown[]) => unknown;
        return call(...given);
      };
    const now = Object.fromEntries(Object.keys(proc).map((name) => [name, later(name)])) as unknown as Proc;
    const judge = judgesIn({}, {}, now);
    let sweeps = 0;
    const ask = (known: string) => {
      const of = `sweep ${sweeps++}`;
      const batch = { request: usual, slices: [pinned(7, 8, 9)], known: [known], budgetMs: 1000, of };
      const [reply] = judge(batch);
      if (reply === undefined || 'code' in reply) throw new Error(`${reply}`);
      return reply;
    };
    const told = (reply: ReturnType<typeof ask>) => ('stillSo' in reply ? reply : reply.told);
    const first = told(ask('')) as string;
    expect(first).toMatch(/./);
    expect(told(ask(''))).toBe(first);
    const { report } = ask('another') as SliceAnswer;
    expect(ask(first)).toEqual({
      stillSo: true,
      observedAt: expect.stringMatching(/^\d{4}-/),
      durationMs: expect.any(Number),
    });
    proc = fakeProc(treeOf({}, { 8: { ppid: 7, fds: { 4: { link: '/plain' } } } }));
    const changed = ask(first) as SliceAnswer;
    expect(report?.findings.map(({ file }) => file?.fd)).toContain(3);
    expect(changed.report?.findings.map(({ file }) => file?.fd)).not.toContain(3);
    expect(changed.told).not.toBe(first);
  });

  it('is told again where something else is to be said of it', () => {
    const judge = judgesIn({}, {});
    const batch = { request: usual, budgetMs: 1000, of: 'a' };
    const ask = (slice: Slice, known: string, notes: readonly string[] = []) =>
      judge({ ...batch, slices: [slice], known: [known] }, (report) =>
        notes.length > 0 ? { ...report, notes } : report,
      )[0] as SliceAnswer;
    const { told = '' } = ask(pinned(7, 8, 9), '');
    expect(ask(pinned(7, 8, 9), told, ['a mount does not answer'])).toMatchObject({
      report: { notes: ['a mount does not answer'] },
    });
    const { skipped, told: name } = ask(pinned(7, 8, 9, 10), told);
    expect(skipped).toEqual([{ reason: 'Gone', processes: 1 }]);
    expect(name).toBeUndefined();
  });

  it('whose pid is another process now is skipped, and nothing is said of that', () => {
    expect(judgeIn({ '7/stat': statLine(7, { start: '9999' }) })(pinned(7))).toEqual({
      tally: [],
      skipped: [{ reason: 'Replaced', processes: 1 }],
    });
  });

  it('of which one ended, another was replaced, another moved', () => {
    const judge = judgeIn({
      '8/stat': statLine(8, { start: '9999', ppid: 7 }),
      '7/task/7/children': '8 ',
    });
    const { report, skipped } = judge(pinned(7, 8, 9, 10), 'all');
    expect(report?.processes.map(({ pid }) => pid)).toEqual([7]);
    expect(skipped).toEqual([
      { reason: 'Gone', processes: 1 },
      { reason: 'Replaced', processes: 1 },
      { reason: 'Moved', processes: 1 },
    ]);
  });

  it('none of whose processes may be read is an error', () => {
    expect(() => judgeIn()(slice(7, { processes: [] }))).toThrowError(
      expect.objectContaining({ code: 'NotPermitted' }),
    );
  });
});

it('counts are summed by all that they are told apart by', () => {
  const row = { kind: 'tcp', outcome: 'refused', reason: 'A', files: 2 } as const;
  expect(sumTally([row, { ...row, reason: 'B' }, row])).toEqual([
    { ...row, files: 4 },
    { ...row, reason: 'B' },
  ]);
});

it('CPU time is what was spent since it was asked before', () => {
  const usage = [3000, 5000, 5000].map((user) => ({ user, system: 1000 }));
  const meter = createCpuMeter(() => usage.shift() as NodeJS.CpuUsage);
  expect([meter(), meter(), meter()]).toEqual([4, 2, 0]);
});

it.each([
  ['some avg10=67.52 avg60=51.16 avg300=24.32 total=1\nfull avg10=0.00', '9.0 1 1', 0.6752],
  ['some avg10=0.00 avg60=51.16 avg300=24.32 total=1\n', '9.0 1 1', 0],
  [undefined, '1.50 1 1 2/3 4\n', 0],
  [undefined, '8.00 1 1 2/3 4\n', 0.75],
  [undefined, undefined, 0],
])('how busy it is: %s, load %s', (psi, load, want) => {
  const texts = {
    ...(psi === undefined ? {} : { 'pressure/cpu': psi }),
    ...(load === undefined ? {} : { loadavg: load }),
  };
  expect(pressureOf(fakeProc({ texts }), 2)).toBeCloseTo(want, 6);
});

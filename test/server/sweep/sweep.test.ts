import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SweepReply } from '../../../src/server/engine-child.ts';
import { AgentError } from '../../../src/server/errors.ts';
import { createSweepCheck } from '../../../src/server/sweep/check.ts';
import type { SweepAnswer, SweepRequest } from '../../../src/server/sweep/child.ts';
import type { NodeSweep } from '../../../src/server/sweep/result.ts';
import { setUpSweep } from '../../../src/server/sweep/setup.ts';
import { criu, readyReport } from '../fixture.ts';
import { fakeSweep, inTheWay, judged, listing, ready, slice, usual } from './support.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const node = listing(slice(1), slice(2), slice(3));
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('of its own accord', () => {
  it('begins soon after the start, then at each interval, a slice at a time', async () => {
    const { sweep, asked, ended, seen } = fakeSweep(node);
    sweep.start();
    await pass(4990);
    expect(asked).toEqual([]);
    await pass(20);
    expect(asked).toEqual(['list']);
    await pass(2000);
    expect(asked).toEqual(['list', 'one 1', 'one 2', 'one 3']);
    expect(sweep.latest()).toMatchObject({ judged: 3, skipped: [], kernelThreads: 7, own: 2 });
    await pass(28_000);
    expect(asked.filter((one) => one === 'list')).toHaveLength(2);
    expect(seen.most).toBe(1);
    expect(ended).toHaveLength(1);
    sweep.stop();
  });

  it.each([
    ['5 % of one core: 10 ms of work in 200', 0.05, 0, 610],
    ['half of it on a node that is half busy', 0.05, 0.5, 1210],
    ['a tenth of it on one that does nothing but wait', 0.05, 1, 6010],
    ['without a bound no rest', 1, 0, 40],
  ])('takes its share: %s', async (_, cpuShare, pressure, wantMs) => {
    const reply = (request: { sweep: string }): SweepReply => ({
      ...(request.sweep === 'list' ? { listing: node } : judged(readyReport)),
      cpuMs: 10,
      pressure,
    });
    const { sweep, ended } = fakeSweep(node, { cpuShare }, async (request) => reply(request));
    sweep.start();
    await pass(20_000);
    // three rests between four answers
    expect(Math.abs((ended[0] as NodeSweep).durationMs - wantMs)).toBeLessThan(20);
    expect((ended[0] as NodeSweep).cpuMs).toBe(40);
    sweep.stop();
  });

  it('gives back what it took at once because somebody waited', async () => {
    const dear = async (request: { sweep: string }): Promise<SweepReply> => ({
      ...(request.sweep === 'list' ? { listing: node } : judged(readyReport)),
      cpuMs: 1000,
      pressure: 0,
    });
    const { sweep, asked } = fakeSweep(node, {}, dear);
    sweep.start();
    const now = sweep.now(1000);
    await pass(100);
    await now;
    await pass(60_000);
    expect(asked).toHaveLength(4);
    await pass(25_000); // 4 s of CPU time are 80 s
    expect(asked.length).toBeGreaterThan(4);
    sweep.stop();
  });

  it('interval 0: when asked only, and a scrape asks', async () => {
    const { sweep, asked } = fakeSweep(node, { intervalMs: 0 });
    sweep.start();
    await pass(100_000);
    expect(asked).toEqual([]);
    const scrapes = Promise.all([sweep.scraped(5000), sweep.scraped(5000)]);
    await pass(100);
    await scrapes;
    expect(asked).toHaveLength(4);
    const tooSoon = sweep.scraped(5000);
    await pass(100);
    await tooSoon;
    expect(asked).toHaveLength(4);
    await pass(1000);
    const later = sweep.scraped(5000);
    await pass(100);
    await later;
    expect(asked).toHaveLength(8);
  });

  it('a scrape waits as long as it may, and fails of nothing', async () => {
    const { sweep } = fakeSweep(node, { intervalMs: 0 }, () => new Promise(() => {}));
    const scraped = sweep.scraped(5000);
    await pass(5000);
    await scraped;
    expect(sweep.latest()).toBeUndefined();
  });
});

describe('what cannot be judged', () => {
  const answers =
    (of: Record<string, () => SweepReply | Promise<SweepReply>>) =>
    async (request: SweepRequest): Promise<SweepReply> =>
      request.sweep === 'list'
        ? { listing: node, cpuMs: 10, pressure: 0 }
        : await (of[request.slices[0]?.name ?? '']?.() ?? judged(ready));
  const one = async (of: Parameters<typeof answers>[0]) => {
    const { sweep } = fakeSweep(node, {}, answers(of));
    const now = sweep.now(60_000);
    now.catch(() => {}); // told to the test below
    await pass(50_000);
    return now;
  };
  const fails = (code: AgentError['code']) => (): SweepReply => ({ code, detail: 'so it is', cpuMs: 10 });

  it.each(['DeadlineExceeded', 'NotPermitted', 'Internal', 'KernelThread'] as const)(
    '%s: its processes are skipped, it is unknown, the others are judged',
    async (code) => {
      const swept = await one({ 'one 2': fails(code) });
      const reason = code === 'KernelThread' ? 'Internal' : code;
      expect(swept.skipped).toEqual([{ reason, processes: 1 }]);
      expect(swept.report.verdict).toBe('unknown');
      expect(swept.report.parts.map(({ verdict }) => verdict)).toEqual(['ready', 'unknown', 'ready']);
      expect(swept.report.notes).toContain(`not judged: 1 processes (${reason})`);
      expect(swept.judged).toBe(swept.report.counts.processes);
    },
  );

  it('what nobody could be asked for was kept waiting', async () => {
    const late = () => Promise.reject(new AgentError('DeadlineExceeded', 'no process came free'));
    const lost = () => Promise.reject(new AgentError('Internal', 'it ended'));
    const { skipped } = await one({ 'one 1': late, 'one 2': lost });
    expect(skipped).toEqual([
      { reason: 'TooBusy', processes: 1 },
      { reason: 'Internal', processes: 1 },
    ]);
  });

  it.each(['Gone', 'Replaced', 'Moved'] as const)('%s: no fault, and no part', async (reason) => {
    const none = (): SweepReply => ({
      judged: [{ tally: [], skipped: [{ reason, processes: 1 }] }],
      cpuMs: 1,
      pressure: 0,
    });
    const swept = await one({ 'one 3': none });
    expect(swept.skipped).toEqual([{ reason, processes: 1 }]);
    expect(swept.report).toMatchObject({ verdict: 'ready', changedDuringCheck: true });
    expect(swept.report.parts).toHaveLength(2);
  });

  it('a node that cannot be listed: an error, and the next is another try', async () => {
    let broken = true;
    const { sweep, ended } = fakeSweep(node, {}, async (request) => {
      if (broken) return { code: 'Internal', detail: 'no procfs', cpuMs: 0 };
      return request.sweep === 'list' ? { listing: node, cpuMs: 1, pressure: 0 } : judged(ready);
    });
    const first = expect(sweep.recent(1000)).rejects.toMatchObject({ code: 'Internal' });
    await pass(100);
    await first;
    broken = false;
    const second = sweep.recent(1000);
    await pass(100);
    expect((await second).judged).toBe(3);
    expect(ended.map((one) => one instanceof Error)).toEqual([true, false]);
  });

  it('a wrong question is refused, not skipped', async () => {
    const wrong = one({ 'one 1': fails('PolicyNotFound') });
    await expect(wrong).rejects.toMatchObject({ code: 'PolicyNotFound' });
  });
});

describe('who asks', () => {
  it('shares the one that runs, which then rests no more', async () => {
    const { sweep, asked, seen } = fakeSweep(node);
    const both = Promise.all([sweep.recent(1000), sweep.recent(1000)]);
    await pass(45);
    const [one, other] = await both;
    expect(one).toBe(other);
    expect(asked).toHaveLength(4);
    expect(seen.most).toBe(1);
  });

  it('has the last one while it is younger than the interval', async () => {
    const { sweep, asked } = fakeSweep(node);
    const first = sweep.recent(1000);
    await pass(50);
    await first;
    await pass(29_900);
    expect(await sweep.recent(1000)).toBe(await first);
    await pass(200);
    const next = sweep.recent(1000);
    await pass(50);
    expect(await next).not.toBe(await first);
    expect(asked).toHaveLength(8);
  });

  it('fresh: of a look that began after it was asked for, shared by all who asked meanwhile', async () => {
    const { sweep, asked } = fakeSweep(node);
    const running = sweep.recent(1000);
    await pass(15);
    const fresh = Promise.all([sweep.now(1000), sweep.now(1000)]);
    await pass(100);
    const [one, other] = await fresh;
    expect(one).toBe(other);
    expect(one).not.toBe(await running);
    expect(asked).toHaveLength(8);
  });

  it('is told how far it is where there is no time left; the sweep goes on', async () => {
    const { sweep } = fakeSweep(node);
    const late = expect(sweep.recent(25)).rejects.toThrow(
      'the sweep of the node did not end within 25 ms: 1 of 3 parts are judged; no sweep has ended yet',
    );
    await pass(100);
    await late;
    expect(sweep.latest()).toBeDefined();
    const again = expect(sweep.now(5)).rejects.toThrow(
      /the node is not listed yet; the last one is of .* s old$/,
    );
    await pass(100);
    await again;
  });

  it('is refused once it is stopped', async () => {
    const { sweep } = fakeSweep(node);
    const running = expect(sweep.recent(1000)).rejects.toMatchObject({ code: 'ShuttingDown' });
    await pass(5);
    sweep.stop();
    await pass(50);
    await running;
    await expect(sweep.recent(1000)).rejects.toMatchObject({ code: 'ShuttingDown' });
  });

  it('otherwise has a sweep of its own, after the one that runs', async () => {
    const { sweep, asked, seen, ended } = fakeSweep(node);
    const usualOne = sweep.recent(1000);
    const other = sweep.once({ ...usual, options: ['file-locks'] }, 1000);
    await pass(200);
    expect(await other).not.toBe(await usualOne);
    expect([asked.length, seen.most, ended.length]).toEqual([8, 1, 1]);
    expect(sweep.latest()).toBe(await usualOne);
  });

  it('through the check: the usual question is shared, others are asked, other targets are not its affair', async () => {
    const { sweep, asked } = fakeSweep(node);
    const others: unknown[] = [];
    const check = createSweepCheck(
      async (request) => {
        others.push(request.target.type);
        return inTheWay;
      },
      sweep,
      'criu',
    );
    const answers = Promise.all([
      check(usual, 1000),
      check({ ...usual, policy: 'criu' }, 1000),
      check({ ...usual, policy: 'cr-check-file' }, 1000),
      check({ ...usual, policy: 'cr-check-file' }, 1000),
      check({ ...usual, target: { type: 'tree', pid: 1 } }, 1000),
    ]);
    await pass(200);
    const [first, second, third, fourth, fifth] = await answers;
    expect([first === second, third === fourth, first === third]).toEqual([true, true, false]);
    expect(fifth).toBe(inTheWay);
    expect([asked.length, others]).toEqual([8, ['tree']]);
    const fresh = check({ ...usual, fresh: true } as typeof usual, 1000);
    await pass(200);
    expect(await fresh).not.toBe(first);
  });

  it('through the check: who asks for numbers has those of the same sweep', async () => {
    const { sweep, asked } = fakeSweep(node, {}, async (request) =>
      request.sweep === 'list' ? { listing: node, cpuMs: 1, pressure: 0 } : judged(inTheWay),
    );
    const check = createSweepCheck(async () => inTheWay, sweep, 'criu');
    const answers = Promise.all([check(usual, 1000), check({ ...usual, show: 'counts' }, 1000)]);
    await pass(200);
    const [whole, counts] = await answers;
    expect(whole.findings.length).toBeGreaterThan(0);
    expect(counts).toEqual({
      ...whole,
      findings: [],
      parts: whole.parts.map((part) => ({ ...part, findings: [], processes: [] })),
    });
    expect(asked.length).toBe(4);
  });
});

it('what was left out of the parts is told of the whole', async () => {
  const { sweep } = fakeSweep(node, {}, async (request) => {
    if (request.sweep === 'list') return { listing: node, cpuMs: 0, pressure: 0 };
    const { judged: all = [], ...rest } = judged(inTheWay) as SweepAnswer;
    const leftOut = request.slices[0]?.name === 'one 2' ? {} : { leftOut: 21 };
    return { ...rest, judged: all.map((one) => ({ ...one, ...leftOut })) };
  });
  const swept = sweep.now(1000);
  await pass(200);
  expect((await swept).report.notes).toContain(
    '42 findings and files of 2 parts are left out here: a check of each has them',
  );
});

describe('containers inside a container', () => {
  it('are judged once, and the outer one is no better than they are', async () => {
    const container = { id: 'a'.repeat(64), runtime: 'docker', role: 'container' } as const;
    const outer = slice(1, { target: { type: 'container', container }, container });
    const inner = slice(2, { target: { type: 'container', container }, container, inside: 0 });
    const nested = listing(outer, inner);
    const { sweep } = fakeSweep(nested, {}, async (request) =>
      request.sweep === 'list'
        ? { listing: nested, cpuMs: 0, pressure: 0 }
        : judged(request.slices[0]?.name === 'one 1' ? ready : inTheWay),
    );
    const swept = sweep.now(1000);
    await pass(100);
    const { report, containers, judged: processes, pods } = await swept;
    expect(containers).toEqual(['not-ready', 'not-ready']);
    expect(report.parts[0]).toMatchObject({ verdict: 'not-ready', counts: ready.counts });
    expect(processes).toBe(2);
    expect(pods).toEqual([{ pod: inTheWay.target.pod, verdict: 'not-ready', reason: inTheWay.reason }]);
  });

  it('however deep', async () => {
    const nested = listing(slice(1), slice(2, { inside: 0 }), slice(3, { inside: 1 }));
    const { sweep } = fakeSweep(nested, {}, async (request) =>
      request.sweep === 'list'
        ? { listing: nested, cpuMs: 0, pressure: 0 }
        : judged(request.slices[0]?.name === 'one 3' ? inTheWay : ready),
    );
    const swept = sweep.now(1000);
    await pass(100);
    const { parts } = (await swept).report;
    expect(parts.map(({ verdict }) => verdict)).toEqual(['not-ready', 'not-ready', 'not-ready']);
    expect(parts[0]?.notes.join()).toContain('with it go 2 trees');
  });
});

it('goes from both ends where two processes judge, each from its own: who judged a slice before does so again', async () => {
  const slices = Array.from({ length: 40 }, (_, i) => slice(i + 1));
  const asked: (readonly [lane: number | undefined, name: string])[] = [];
  const { sweep } = fakeSweep(listing(...slices), { lanes: 2, cpuShare: 1 }, async (request) => {
    if (request.sweep === 'list') return { listing: listing(...slices), cpuMs: 1, pressure: 0 };
    const [one] = request.slices;
    asked.push([request.lane, one?.name ?? '']);
    return judged({ ...readyReport, message: one?.name ?? '' });
  });
  const swept = sweep.now(5000);
  await vi.advanceTimersByTimeAsync(2000);
  const { report } = await swept;
  expect(report.parts.map(({ message }) => message)).toEqual(slices.map(({ name }) => name));
  const of = (lane: number) => asked.filter(([one]) => one === lane).map(([, name]) => name);
  const names = slices.map(({ name }) => name);
  expect(of(1).length).toBeGreaterThan(10);
  expect(of(0)).toEqual(names.slice(0, of(0).length));
  expect(of(1)).toEqual(names.reverse().slice(0, of(1).length));
  expect(of(0).length + of(1).length).toBe(40);
});

describe('a process that knows of nothing yet', () => {
  const slices = Array.from({ length: 40 }, (_, i) => slice(i + 1));
  /** Lanes that were asked, where a slice takes so long and these lanes are remembered. */
  const lanesOf = async (cpuMs: number, remembered: readonly number[]) => {
    const asked = new Set<number | undefined>();
    const setup = { lanes: 2, cpuShare: 1, remembers: (lane: number) => remembered.includes(lane) };
    const { sweep } = fakeSweep(listing(...slices), setup, async (request) => {
      asked.add(request.lane);
      if (request.sweep === 'list') return { listing: listing(...slices), cpuMs: 5000, pressure: 0 };
      return { ...judged(readyReport), cpuMs };
    });
    const swept = sweep.now(5000);
    await vi.advanceTimersByTimeAsync(3000);
    expect((await swept).report.parts).toHaveLength(40);
    return [...asked].sort();
  };

  it('is started where nobody knows of anything', async () => {
    expect(await lanesOf(1, [])).toEqual([0, 1]);
    expect(await lanesOf(1, [1])).toEqual([0, 1]);
  });

  it('is not started where the first one has soon judged what it knows', async () => {
    expect(await lanesOf(20, [0])).toEqual([0]);
  });

  it('is started where that takes long, or is there', async () => {
    expect(await lanesOf(40, [0])).toEqual([0, 1]);
    expect(await lanesOf(1, [0, 1])).toEqual([0, 1]);
  });
});

it('what has not changed since the sweep before is told by its name alone, and is of now', async () => {
  const later = '2026-11-27T00:00:00.000Z';
  const known: string[] = [];
  const { sweep } = fakeSweep(listing(slice(1), slice(2)), { cpuShare: 1 }, async (request) => {
    if (request.sweep === 'list') return { listing: listing(slice(1), slice(2)), cpuMs: 1, pressure: 0 };
    known.push(...(request.known ?? []));
    const [name] = request.known ?? [];
    const is = request.slices[0]?.name;
    const answered = judged(is === 'one 1' ? inTheWay : ready) as SweepAnswer;
    const still = { stillSo: true, observedAt: later, durationMs: 7 } as const;
    const replies = (answered.judged ?? []).map((one) => (name ? still : { ...one, told: `name of ${is}` }));
    return { ...answered, judged: replies };
  });
  const look = async () => {
    const swept = sweep.now(5000);
    await pass(200);
    return (await swept).report;
  };
  const first = await look();
  const second = await look();
  expect(known).toEqual(['', '', 'name of one 1', 'name of one 2']);
  expect(second.parts).toEqual(first.parts.map((part) => ({ ...part, observedAt: later, durationMs: 7 })));
  expect(second.findings).toEqual(first.findings);
  expect(second.counts).toEqual(first.counts);
});

it('a name that nothing was told by is no answer: what it is of is unknown', async () => {
  const { sweep } = fakeSweep(node, {}, async (request) => ({
    ...(request.sweep === 'list'
      ? { listing: node }
      : { judged: [{ stillSo: true, observedAt: '', durationMs: 0 }] }),
    cpuMs: 0,
    pressure: 0,
  }));
  const swept = sweep.now(1000);
  await pass(500);
  const { report, skipped } = await swept;
  expect(report.verdict).toBe('unknown');
  expect(report.parts.map(({ reason }) => reason)).toEqual(['Internal', 'Internal', 'Internal']);
  expect(skipped).toEqual([{ reason: 'Internal', processes: 3 }]);
});

it('the daemon asks its engine who is there still', async () => {
  const slices = Array.from({ length: 40 }, (_, i) => slice(i + 1));
  const asked = new Set<number | undefined>();
  const { sweep } = setUpSweep({
    engine: {
      sweep: async (request) => {
        asked.add(request.lane);
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (request.sweep === 'list') return { listing: listing(...slices), cpuMs: 1, pressure: 0 };
        return { ...judged(readyReport), cpuMs: 1 };
      },
      remembers: (lane) => lane === 0,
    },
    lanes: 2,
    setup: { defaultPolicy: 'criu', detectedVersions: {} },
    policies: [criu],
    kinds: ['regular'],
    log: { warn: () => {} },
    config: { sweepIntervalSeconds: 0, sweepCpuPercent: 100, podMetrics: false, podMetricsMax: 0 },
  });
  const swept = sweep.now(5000);
  await pass(3000);
  expect((await swept).report.parts).toHaveLength(40);
  expect([...asked]).toEqual([0]);
});

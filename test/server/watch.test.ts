import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { createAsk } from '../../src/server/ask.ts';
import type { Check, CheckRequest } from '../../src/server/check.ts';
import { defaultLimits, type Limits } from '../../src/server/deps.ts';
import { AgentError, type ErrorCode } from '../../src/server/errors.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { createWatchHub, type WatchSink } from '../../src/server/watch.ts';
import { criu, findings, podReport, readyReport } from './fixture.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const question: CheckRequest = { target: { type: 'tree', pid: 4312 }, options: [], show: 'blocking' };
const about = (pid: number): CheckRequest => ({ ...question, target: { type: 'tree', pid } });
const not: Report = { ...readyReport, verdict: 'not-ready', findings: [findings.refused, findings.tcp] };

/** What a watcher was told, in words. */
function reader() {
  const told: string[] = [];
  const state = { full: false };
  const sink: WatchSink = {
    full: () => state.full,
    send: (event) => {
      if (event.type === 'report') told.push(event.report.verdict);
      else told.push(event.type === 'error' ? `error ${event.error.code}` : `heartbeat ${event.observedAt}`);
    },
    end: ({ code, message }) => void told.push(`end ${code}`, message),
  };
  return { told, sink, state };
}

function start(check: Check, limits: Partial<Limits> = {}) {
  const looks: CheckRequest[] = [];
  const metrics = createMetrics({ policies: [criu], kinds: [], version: '1' });
  const ask = createAsk({
    check: (request, deadlineMs) => {
      looks.push(request);
      return check(request, deadlineMs);
    },
    metrics,
  });
  const hub = createWatchHub({ ask, limits: { ...defaultLimits, ...limits }, metrics });
  const watch = (request = question, intervalMs = 5000) => {
    const one = reader();
    return { ...one, leave: hub.watch(request, intervalMs, one.sink) };
  };
  return { hub, looks, watch, metrics };
}

/** Answers one after the other, the last one for ever. */
function script(...answers: (Report | ErrorCode)[]): Check {
  return async () => {
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) as Report | ErrorCode;
    if (typeof answer !== 'string') return answer;
    throw new AgentError(answer, `because of ${answer}`);
  };
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

describe('what a watcher is told', () => {
  it('the first report at once, then only when verdict or findings change', async () => {
    const later = { ...not, findings: [...not.findings].reverse(), observedAt: 'later', durationMs: 9 };
    const { watch, looks } = start(script(not, later, readyReport, readyReport, not));
    const { told } = watch();
    await pass(0);
    expect(told).toEqual(['not-ready']);
    await pass(5);
    expect(told).toEqual(['not-ready']);
    await pass(5);
    expect(told).toEqual(['not-ready', 'ready']);
    await pass(10);
    expect(told).toEqual(['not-ready', 'ready', 'not-ready']);
    expect(looks).toHaveLength(5);
  });

  it('that of a kind more are in the way, where no finding is named', async () => {
    const counts = { ...not, findings: [], rejected: [{ kind: 'tcp', reason: 'TcpEstablished', files: 2 }] };
    const more = { ...counts, rejected: [{ kind: 'tcp', reason: 'TcpEstablished', files: 3 }] };
    const { watch } = start(script(counts, counts, more));
    const { told } = watch();
    await pass(10);
    expect(told).toEqual(['not-ready', 'not-ready']);
  });

  it('a heartbeat where nothing changes, with the time it was last seen to hold', async () => {
    let second = 0;
    const { watch } = start(async () => ({ ...readyReport, observedAt: `second ${5 * second++}` }));
    const { told } = watch();
    await pass(31);
    expect(told).toEqual(['ready', 'heartbeat second 10', 'heartbeat second 25']);
  });

  it('a heartbeat while the first look takes long', async () => {
    const { watch } = start(() => new Promise(() => {}));
    const { told } = watch();
    await pass(31);
    expect(told).toEqual(['heartbeat ', 'heartbeat ']);
  });

  it('that a part has another verdict, or is another container', async () => {
    const [app, ...rest] = podReport.parts as [Report, ...Report[]];
    const restarted = { ...podReport, parts: [{ ...app, target: { ...app.target, pid: 999 } }, ...rest] };
    const { watch } = start(script(podReport, podReport, restarted));
    const { told } = watch();
    await pass(10);
    expect(told).toHaveLength(2);
  });

  it('a newcomer: the last report at once where it is fresh', async () => {
    const { watch, looks } = start(script(not));
    watch();
    await pass(4);
    const { told } = watch();
    expect(told).toEqual(['not-ready']);
    await pass(0);
    expect(looks).toHaveLength(1);
  });

  it('a newcomer where looks fail: a new look', async () => {
    const { watch, looks } = start(script(not, 'TooBusy', readyReport));
    const first = watch();
    await pass(9);
    const second = watch();
    await pass(0);
    expect(looks).toHaveLength(3);
    expect(first.told).toEqual(['not-ready', 'error TooBusy', 'ready']);
    expect(second.told).toEqual(['ready']);
  });
});

describe('how it ends', () => {
  it.each<[string, (Report | ErrorCode)[], ErrorCode]>([
    ['the target was there', [not, 'ProcessNotFound'], 'TargetGone'],
    ['another pod has the name', [podReport, 'TargetReplaced'], 'TargetGone'],
    ['it never was', ['ContainerNotFound'], 'ContainerNotFound'],
    ['it may not be read', [not, 'NotPermitted'], 'NotPermitted'],
    ['the agent stops', [not, 'ShuttingDown'], 'ShuttingDown'],
  ])('%s', async (_, answers, code) => {
    const { watch, looks } = start(script(...answers));
    const { told } = watch();
    await pass(60);
    expect(told.at(-2)).toBe(`end ${code}`);
    expect(told.at(-1)).toContain('because of');
    expect(looks).toHaveLength(answers.length);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('another process has the pid: that is not what is watched', async () => {
    const { target } = readyReport;
    const { watch } = start(
      script(readyReport, { ...readyReport, target: { ...target, startTimeTicks: '7' } }),
    );
    const { told } = watch();
    await pass(5);
    expect(told).toEqual([
      'ready',
      'end TargetGone',
      'it is process 4312 started at 7 now, was process 4312 started at 18446744073709551615; it was there at 2026-01-02T03:04:05.678Z',
    ]);
  });

  it('failures that pass are told; five in a row end it', async () => {
    const { watch } = start(script(not, 'TooBusy', 'DeadlineExceeded', not, 'TooBusy'));
    const { told } = watch();
    await pass(60);
    expect(told).toEqual([
      'not-ready',
      'error TooBusy',
      'error DeadlineExceeded',
      ...Array(4).fill('error TooBusy'),
      'end TooBusy',
      'because of TooBusy',
    ]);
  });

  it('a reader that does not read is dropped, and it alone', async () => {
    const { watch, looks } = start(script(not, readyReport));
    const slow = watch();
    const quick = watch();
    await pass(0);
    slow.state.full = true;
    await pass(5);
    expect(slow.told.slice(0, 2)).toEqual(['not-ready', 'end SlowReader']);
    expect(quick.told).toEqual(['not-ready', 'ready']);
    await pass(5);
    expect(looks).toHaveLength(3);
  });

  it('who leaves hears no more, and the last one takes the looks along', async () => {
    const { watch, looks, metrics } = start(script(not, readyReport));
    const [one, two] = [watch(), watch()];
    await pass(0);
    one.leave();
    one.leave();
    await pass(5);
    expect([one.told, two.told]).toEqual([['not-ready'], ['not-ready', 'ready']]);
    two.leave();
    expect(vi.getTimerCount()).toBe(0);
    await pass(60);
    expect(looks).toHaveLength(2);
    const text = await metrics.text();
    expect(text).toContain('checkpointable_watchers 0\n');
    expect(text).toContain('checkpointable_watch_ends_total{code="Left"} 2\n');
  });

  it('the last one leaves while a look runs', async () => {
    const { watch } = start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return not;
    });
    const { told, leave } = watch();
    leave();
    await pass(60);
    expect([told, vi.getTimerCount()]).toEqual([[], 0]);
  });

  it('stop: each is told, and none is taken any more', async () => {
    const { watch, hub } = start(script(not));
    const readers = [watch(), watch(about(1))];
    await pass(0);
    hub.stop();
    for (const { told } of readers) expect(told.slice(0, 2)).toEqual(['not-ready', 'end ShuttingDown']);
    expect(vi.getTimerCount()).toBe(0);
    expect(() => watch()).toThrow(expect.objectContaining({ code: 'ShuttingDown' }));
  });
});

describe('what it costs', () => {
  it('300 watchers of one target: one look per interval', async () => {
    const { watch, looks, metrics } = start(script(not, not, readyReport));
    const readers = Array.from({ length: 300 }, () => watch());
    await pass(0);
    expect(looks).toHaveLength(1);
    await pass(10);
    expect(looks).toHaveLength(3);
    for (const { told } of readers) expect(told).toEqual(['not-ready', 'ready']);
    expect(await metrics.text()).toContain('checkpointable_watchers 300\n');
  });

  it('the order of a question’s words is no other question; another interval is', async () => {
    const { watch, looks } = start(script(not));
    watch({ ...question });
    watch({ show: 'blocking', options: [], target: { pid: 4312, type: 'tree' } });
    watch(question, 1000);
    await pass(0);
    expect(looks).toHaveLength(2);
  });

  it('a look longer than the interval leaves as much time to others', async () => {
    const { watch, looks } = start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 4000));
      return not;
    });
    watch(question, 1000);
    await pass(16);
    expect(looks).toHaveLength(3);
  });

  it('limits: watchers in all, and different questions', async () => {
    const { watch, metrics } = start(script(not), { watchers: 3, watchedTargets: 2 });
    const first = watch(about(1));
    watch(about(2));
    const refused = expect.objectContaining({ code: 'TooManyWatchers' });
    expect(() => watch(about(3))).toThrow(refused);
    watch(about(1));
    expect(() => watch(about(1))).toThrow(refused);
    first.leave();
    watch(about(2));
    expect(await metrics.text()).toContain('checkpointable_watchers 3\n');
  });
});

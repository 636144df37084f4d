import { describe, expect, it, test, vi } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { askAll, createAsk } from '../../src/server/ask.ts';
import { bodyOf } from '../../src/server/body.ts';
import type { Check } from '../../src/server/check.ts';
import { AgentError } from '../../src/server/errors.ts';
import { type Asked, toQuestion } from '../../src/server/question.ts';
import { fakeDeps, pidOf, readyReport, report } from './fixture.ts';

const oneWay = 'target: expected one of pid (1 to 4194304), containerId, pod, cgroupPath, node';

describe('toQuestion', () => {
  it('has a default for all but the pid', () => {
    const want = { target: { type: 'tree', pid: 7 }, options: [], show: 'blocking' };
    expect(toQuestion({ target: { pid: 7 } })).toEqual(want);
    expect(
      toQuestion({
        target: {
          pid: 7,
          scope: '',
          startTimeTicks: '',
          containerId: '',
          pod: null,
          cgroupPath: '',
          node: false,
        },
        policy: '',
        options: [],
        engineVersion: '',
        runtime: '',
        show: '',
      }),
    ).toEqual(want);
  });

  it('takes all that is said', () => {
    const asked = {
      policy: 'p',
      options: ['--a'],
      engineVersion: '4.1',
      runtime: 'cri-o',
      show: 'all',
    };
    expect(toQuestion({ target: { pid: 7, fd: 0, startTimeTicks: '883120' }, ...asked })).toEqual({
      target: { type: 'process', pid: 7, fd: 0, startTimeTicks: '883120' },
      ...asked,
    });
  });

  test.each<[string, Asked, string]>([
    ['no target', {}, `${oneWay}, got none`],
    ['no way of naming it', { target: {} }, `${oneWay}, got none`],
    ['pid 0, which is none', { target: { pid: 0 } }, `${oneWay}, got none`],
    ['two ways', { target: { pid: 1, node: true } }, `${oneWay}, got pid and node`],
    ['a negative pid', { target: { pid: -1 } }, 'target.pid: expected an integer from 1 to 4194304, got -1'],
    [
      'a pid too large',
      { target: { pid: 4194305 } },
      'target.pid: expected an integer from 1 to 4194304, got 4194305',
    ],
    [
      'a negative fd',
      { target: { pid: 1, fd: -1 } },
      'target.fd: expected an integer from 0 to 2147483647, got -1',
    ],
    [
      'a scope',
      { target: { pid: 1, scope: 'pod' } },
      'target.scope: expected "tree" or "process", got "pod"',
    ],
    [
      'a tree of an fd',
      { target: { pid: 1, fd: 1, scope: 'tree' } },
      'target.scope: expected "process" or none beside an fd, got "tree"',
    ],
    [
      'a runtime',
      { target: { pid: 1 }, runtime: 'docker' },
      'runtime: expected "runc" or "crun" or "podman" or "containerd" or "cri-o" or "none", got "docker"',
    ],
    [
      'show',
      { target: { pid: 1 }, show: 'some' },
      'show: expected "counts" or "blocking" or "all", got "some"',
    ],
  ])('refuses %s', (_, asked, want) => {
    expect(() => toQuestion(asked)).toThrow(new AgentError('InvalidArgument', want));
  });
});

describe('createAsk', () => {
  it('counts reports and errors, and lets nothing but an AgentError out', async () => {
    const deps = fakeDeps(async (request) => {
      if (pidOf(request) === 1) throw new TypeError('secret');
      return report;
    });
    const ask = createAsk(deps);
    const question = { target: { type: 'tree', pid: 1 }, options: [], show: 'blocking' } as const;
    await expect(ask(question, 1)).rejects.toMatchObject({ code: 'Internal', cause: { message: 'secret' } });
    await expect(ask(question, 1)).rejects.not.toThrow('secret');
    await ask({ ...question, target: { type: 'tree', pid: 2 } }, 1);
    const text = await deps.metrics.text();
    expect(text).toContain('checkpointable_checks_total{target="tree",verdict="error"} 2\n');
    expect(text).toContain('checkpointable_checks_total{target="tree",verdict="not-ready"} 1\n');
    expect(text).toContain('checkpointable_check_errors_total{code="Internal"} 2\n');
  });
});

describe('askAll', () => {
  const run = {
    deadlineAt: Number.POSITIVE_INFINITY,
    concurrency: 2,
    form: 'json',
    toBody: ({ target }: Report) => bodyOf(JSON.stringify(target.pid)),
    maxBytes: 1000,
    cancelled: () => false,
  } as const;
  const targets = (...pids: number[]): Asked[] => pids.map((pid) => ({ target: { pid } }));
  const codes = (results: Awaited<ReturnType<typeof askAll>>) =>
    results.map((one) => ('error' in one ? one.error.code : JSON.parse(String(one.body.chunks[0]))));

  it('answers in order, each on its own, and never more at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const check: Check = async (request) => {
      const pid = pidOf(request);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 30 - pid * 5));
      running--;
      if (pid === 3) throw new AgentError('ProcessNotFound', 'no process 3');
      return { ...readyReport, target: { ...readyReport.target, pid } };
    };
    const results = await askAll(check, targets(1, 2, 3, 0, 4, 5), run);
    expect(codes(results)).toEqual([1, 2, 'ProcessNotFound', 'InvalidArgument', 4, 5]);
    expect(most).toBe(2);
  });

  it('begins nothing once the time is over or the caller gone', async () => {
    const late = await askAll(async () => readyReport, targets(1, 2), {
      ...run,
      deadlineAt: performance.now() - 1,
    });
    expect(codes(late)).toEqual(['DeadlineExceeded', 'DeadlineExceeded']);
    const gone = await askAll(async () => readyReport, targets(1), { ...run, cancelled: () => true });
    expect(codes(gone)).toEqual(['DeadlineExceeded']);
  });

  it('has the time it was given, however the wall clock is set meanwhile', async () => {
    const hour = 3_600_000;
    const began = Date.now();
    const left: number[] = [];
    const check: Check = async (_, deadlineMs) => {
      left.push(deadlineMs);
      vi.spyOn(Date, 'now').mockReturnValue(began + (left.length % 2 ? hour : -hour));
      return readyReport;
    };
    const deadlineAt = performance.now() + 5000;
    const results = await askAll(check, targets(1, 2, 3, 4), { ...run, deadlineAt, concurrency: 1 });
    vi.restoreAllMocks();
    expect(results.every((one) => 'body' in one)).toBe(true);
    for (const ms of left) expect(ms).toSatisfy((one: number) => one > 0 && one <= 5000);
  });

  it('stops where the answer gets too large', async () => {
    const results = await askAll(async () => report, targets(1, 2, 3), {
      ...run,
      concurrency: 1,
      // two of them have eight
      maxBytes: 5,
    });
    expect(codes(results)).toEqual([4312, 'PayloadTooLarge', 'PayloadTooLarge']);
  });
});

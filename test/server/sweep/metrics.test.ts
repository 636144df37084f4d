import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/policy/report.ts';
import { AgentError } from '../../../src/server/errors.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import { createSweepMetrics, withSweep } from '../../../src/server/sweep/metrics.ts';
import type { NodeSweep } from '../../../src/server/sweep/result.ts';
import { code, page, rows } from '../../docs/page.ts';
import { criu, podReport, seed } from '../fixture.ts';

const pod = (name: string, verdict: Verdict) => ({
  pod: { uid: name, namespace: 'shop', name },
  verdict,
  reason: verdict === 'ready' ? 'Ready' : 'CharDevice',
});
const swept: NodeSweep = {
  observedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 1500,
  cpuMs: 250,
  report: podReport,
  tally: [
    { kind: 'regular', outcome: 'allowed', reason: '', files: 10 },
    { kind: 'chardev', outcome: 'refused', reason: 'CharDevice', files: 2 },
    { kind: 'chardev', outcome: 'refused', reason: 'made up', files: 1 },
    { kind: 'odd"\n', outcome: 'unknown', reason: 'Unread', files: 4 },
    { kind: 'regular', outcome: 'needs-option', reason: '', files: 5 },
  ],
  containers: ['ready', 'not-ready', 'not-ready'],
  pods: [pod('c', 'ready'), pod('b', 'not-ready'), pod('a', 'ready-with-options'), pod('d', 'unknown')],
  judged: 40,
  skipped: [{ reason: 'Gone', processes: 2 }],
  kernelThreads: 60,
  own: 3,
};
const setup = (podsMax = 0) =>
  createSweepMetrics({ policies: [criu, seed], kinds: ['regular', 'chardev'], podsMax });
const lines = async (metrics: { text(): Promise<string> }) =>
  (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('the gauges of a sweep', () => {
  it('before the first one there are none', async () => {
    expect(await lines(setup())).toEqual([
      'checkpointable_sweep_cpu_seconds_total 0',
      'checkpointable_sweeps_total{result="complete"} 0',
      'checkpointable_sweeps_total{result="partial"} 0',
      'checkpointable_sweeps_total{result="failed"} 0',
    ]);
  });

  it('say what is on the node', async () => {
    const metrics = setup();
    metrics.record(swept);
    expect(await lines(metrics)).toEqual([
      'checkpointable_files{kind="regular",outcome="allowed"} 10',
      'checkpointable_files{kind="chardev",outcome="refused"} 3',
      'checkpointable_files{kind="other",outcome="unknown"} 4',
      'checkpointable_files{kind="regular",outcome="needs-option"} 5',
      'checkpointable_containers{verdict="not-ready"} 2',
      'checkpointable_containers{verdict="unknown"} 0',
      'checkpointable_containers{verdict="ready-with-options"} 0',
      'checkpointable_containers{verdict="ready"} 1',
      'checkpointable_pods{verdict="not-ready"} 1',
      'checkpointable_pods{verdict="unknown"} 1',
      'checkpointable_pods{verdict="ready-with-options"} 1',
      'checkpointable_pods{verdict="ready"} 1',
      'checkpointable_blocked_files{reason="CharDevice"} 2',
      'checkpointable_blocked_files{reason="other"} 1',
      'checkpointable_blocked_files{reason="Unread"} 4',
      'checkpointable_blocked_pods{reason="Unread"} 0',
      'checkpointable_blocked_pods{reason="CharDevice"} 2',
      'checkpointable_sweep_duration_seconds 1.5',
      'checkpointable_sweep_cpu_seconds_total 0.25',
      'checkpointable_sweep_timestamp_seconds 1767323045',
      'checkpointable_sweep_processes{state="judged"} 40',
      'checkpointable_sweep_processes{state="skipped"} 2',
      'checkpointable_sweep_processes{state="left-out"} 63',
      'checkpointable_sweep_skipped_processes{reason="Gone"} 2',
      ...['Replaced', 'Moved', 'DeadlineExceeded', 'TooBusy', 'NotPermitted', 'Internal'].map(
        (reason) => `checkpointable_sweep_skipped_processes{reason="${reason}"} 0`,
      ),
      'checkpointable_sweeps_total{result="complete"} 1',
      'checkpointable_sweeps_total{result="partial"} 0',
      'checkpointable_sweeps_total{result="failed"} 0',
    ]);
  });

  it('what is gone is gone from them; a fault is told, and leaves what was seen before', async () => {
    const metrics = setup();
    metrics.record(swept);
    metrics.record({ ...swept, tally: [], skipped: [{ reason: 'Internal', processes: 1 }] });
    metrics.record(new AgentError('Internal', 'x'));
    const text = await metrics.text();
    expect(text).not.toMatch(/_files\{/);
    expect(text).toContain('sweep_skipped_processes{reason="Gone"} 0');
    for (const result of ['complete', 'partial', 'failed'])
      expect(text).toContain(`checkpointable_sweeps_total{result="${result}"} 1`);
    expect(text).toContain('checkpointable_sweep_cpu_seconds_total 0.5');
  });
});

describe('a series for each pod', () => {
  const podLines = async (metrics: ReturnType<typeof setup>) =>
    (await lines(metrics)).filter((line) => /checkpointable_pod_/.test(line));

  it('is there only where it is wanted', async () => {
    const metrics = setup();
    metrics.record(swept);
    expect(await podLines(metrics)).toEqual([]);
  });

  it('is cut where there are too many: those in the way stay, and the cut is told', async () => {
    const metrics = setup(2);
    const nameless = { pod: { uid: 'e' }, verdict: 'not-ready', reason: 'CharDevice' } as const;
    metrics.record({ ...swept, pods: [...swept.pods, nameless] });
    expect(await podLines(metrics)).toEqual([
      'checkpointable_pod_verdict{namespace="shop",pod="b",verdict="not-ready"} 1',
      'checkpointable_pod_verdict{namespace="shop",pod="d",verdict="unknown"} 1',
      'checkpointable_pod_series_dropped 3',
    ]);
    metrics.record({ ...swept, pods: [pod('b', 'ready')] });
    expect(await podLines(metrics)).toEqual([
      'checkpointable_pod_verdict{namespace="shop",pod="b",verdict="ready"} 1',
      'checkpointable_pod_series_dropped 0',
    ]);
  });
});

it('a scrape has all, and waits for a sweep where it is to begin one', async () => {
  const order: string[] = [];
  const scraped = async () => {
    order.push('scraped');
  };
  const counters = createMetrics({ policies: [criu], kinds: [], version: '1' });
  const text = await withSweep(counters, setup(), scraped).text();
  expect(order).toEqual(['scraped']);
  expect(text).toContain('checkpointable_build_info{version="1"} 1\n');
  expect(text).toContain('\n# HELP checkpointable_files ');
});

it('docs/metrics.md has each of them, with its labels', async () => {
  const metrics = setup(1);
  metrics.record(swept);
  const text = await metrics.text();
  const real = [...text.matchAll(/^# TYPE (checkpointable_\w+)/gm)].map(([, name = '']) => [
    name,
    [...(new RegExp(`^${name}\\{(.*)\\}`, 'm').exec(text)?.[1] ?? '').matchAll(/(\w+)="/g)].map(
      ([, label]) => label,
    ),
  ]);
  const documented = rows(page('docs/metrics.md'), 'What is on the node now').map(
    ([name = '', labels = '']) => [code(name)[0], code(labels)],
  );
  expect(documented).toEqual(real);
});

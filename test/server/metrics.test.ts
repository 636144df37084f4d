import { expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { criu, podReport, readyReport, report, seed } from './fixture.ts';

const metrics = () =>
  createMetrics({ policies: [criu, seed], kinds: ['regular', 'chardev'], version: '1.2.3' });

it('counts a report', async () => {
  const { recordReport, text } = metrics();
  recordReport(report);
  recordReport(readyReport);
  const lines = (await text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'checkpointable_rejected_files_total{policy="criu",kind="chardev",reason="CharDevice"} 1',
      'checkpointable_checked_files_total{policy="criu",outcome="allowed"} 4',
      'checkpointable_checked_files_total{policy="criu",outcome="needs-option"} 2',
      'checkpointable_checked_files_total{policy="criu",outcome="refused"} 1',
      'checkpointable_checked_files_total{policy="criu",outcome="unknown"} 1',
      'checkpointable_checks_total{target="tree",verdict="ready"} 1',
      'checkpointable_checks_total{target="tree",verdict="not-ready"} 1',
      'checkpointable_checks_total{target="process",verdict="error"} 0',
      'checkpointable_check_duration_seconds_count{target="tree"} 2',
      'checkpointable_check_duration_seconds_bucket{le="0.0025",target="tree"} 0',
      'checkpointable_check_duration_seconds_bucket{le="0.005",target="tree"} 2',
      'checkpointable_probe_errors_total{call="read",errno="EACCES"} 2',
      'checkpointable_probe_errors_total{call="readlink",errno="EPERM"} 1',
      'checkpointable_build_info{version="1.2.3"} 1',
    ]),
  );
  expect(lines.some((line) => line.startsWith('process_cpu_seconds_total'))).toBe(true);
});

it('counts each type of target, and who watches', async () => {
  const { recordReport, recordWatchEnd, setWatchers, text } = metrics();
  recordReport(podReport);
  setWatchers(3);
  recordWatchEnd('SlowReader');
  recordWatchEnd('Left');
  recordWatchEnd('x' as never);
  expect((await text()).split('\n')).toEqual(
    expect.arrayContaining([
      'checkpointable_checks_total{target="pod",verdict="not-ready"} 1',
      'checkpointable_checks_total{target="node",verdict="unknown"} 0',
      'checkpointable_watchers 3',
      'checkpointable_watch_ends_total{code="SlowReader"} 1',
      'checkpointable_watch_ends_total{code="Left"} 1',
      'checkpointable_watch_ends_total{code="other"} 1',
    ]),
  );
});

it('folds whatever it was not told of, so that no process can add a series', async () => {
  const { recordReport, recordError, text } = metrics();
  const odd = 'x"\n{}';
  const strange: Report = {
    ...report,
    target: { ...report.target, type: odd as never },
    policy: { ...report.policy, name: odd },
    verdict: odd as never,
    rejected: [{ kind: odd, reason: odd, files: 3 }],
    unread: [{ pid: 1, call: odd, errno: odd, facts: [] }],
  };
  recordReport(strange);
  recordError(odd, odd as never);
  const lines = (await text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'checkpointable_rejected_files_total{policy="other",kind="other",reason="other"} 3',
      'checkpointable_checks_total{target="other",verdict="other"} 1',
      'checkpointable_checks_total{target="other",verdict="error"} 1',
      'checkpointable_probe_errors_total{call="other",errno="other"} 1',
      'checkpointable_check_errors_total{code="other"} 1',
    ]),
  );
  expect(lines.join('\n')).not.toContain('x\\"');
});

it('keeps each registry to itself', async () => {
  metrics().recordReport(report);
  expect(await metrics().text()).not.toContain('reason="CharDevice"');
});

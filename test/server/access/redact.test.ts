import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileReport, Finding, Report } from '../../../src/policy/report.ts';
import { redact, wordsOf } from '../../../src/server/access/redact.ts';
import { redactError, sightOf } from '../../../src/server/access/sight.ts';
import { AgentError, errorTable } from '../../../src/server/errors.ts';
import { readyLine, reportText } from '../../../src/server/text.ts';
import { toWire } from '../../../src/server/wire.ts';
import { podReport, report } from '../fixture.ts';

const mark = 'SESAME';
/** Whatever it looks like, it has the mark in it. */
const secret = fc
  .tuple(
    fc.string({ maxLength: 8 }),
    fc.constantFrom('/data/', '10.0.0.7:443 → ', ' ', '[', '=', '--', 'read /'),
  )
  .map(([text, before]) => `${before}${mark}${text}`);
const option = fc
  .tuple(
    fc.constantFrom('external=mnt[', 'external=', 'ghost-limit=', '--inherit-fd=fd[1]:', 'root '),
    secret,
  )
  .map(([name, value]) => `${name}${value}`);
const facts = fc.dictionary(fc.constantFrom('path', 'peer', 'groups'), fc.oneof(secret, fc.array(secret)));

const fileOf = (base: FileReport): fc.Arbitrary<FileReport> =>
  fc.record({ path: secret, pathBase64: secret, facts }).map((rest) => ({ ...base, ...rest }));

const findingOf = (base: Finding): fc.Arbitrary<Finding> =>
  fc
    .record({
      message: secret,
      line: secret,
      comm: secret,
      lift: fc.array(option),
      path: secret,
      pathBase64: secret,
    })
    .map(({ path, pathBase64, ...rest }) => ({
      ...base,
      ...rest,
      ...(base.file === undefined ? {} : { file: { ...base.file, path, pathBase64 } }),
    }));

const base = (report.processes[0] as Report['processes'][number]).files[0] as FileReport;

const reportOf = (depth: number): fc.Arbitrary<Report> =>
  fc
    .record({
      message: secret,
      comm: secret,
      cgroup: secret,
      options: fc.record({
        given: fc.array(option),
        needed: fc.array(option),
        unrecognised: fc.array(option),
        effects: fc.array(option.map((one) => ({ option: one, effect: 'as it says' }))),
        where: fc.array(secret.map((put) => ({ runtime: 'runc', put }))),
      }),
      findings: fc.tuple(...report.findings.map(findingOf)),
      files: fc.array(fileOf(base), { maxLength: 3 }),
      facts,
      unread: fc.array(
        secret.map((call) => ({ pid: 1, call: `list ${call}`, errno: 'EACCES', facts: ['fsType'] })),
      ),
      runtime: fc.array(option),
      notes: fc.array(secret),
      parts: depth === 0 ? fc.constant([]) : fc.array(reportOf(depth - 1), { maxLength: 2 }),
    })
    .map(({ comm, cgroup, options, files, runtime, ...rest }) => ({
      ...report,
      ...rest,
      target: { ...report.target, comm, cgroup },
      options: { ...options, sufficient: false },
      processes: report.processes.map((process) => ({ ...process, comm, files, facts: rest.facts })),
      runtime: { name: 'runc', source: 'detected' as const, options: runtime },
    }));

describe('what a viewer sees', () => {
  it('no path, peer, name or value of the node survives, in any form of the answer', () => {
    fc.assert(
      fc.property(reportOf(1), (whole) => {
        expect(JSON.stringify(whole)).toContain(mark);
        const seen = redact(whole);
        const forms = [JSON.stringify(seen), JSON.stringify(toWire(seen)), reportText(seen), readyLine(seen)];
        for (const form of forms) expect(form).not.toContain(mark);
      }),
      { numRuns: 200 },
    );
  });

  it('is the verdict, with reasons, kinds, counts and the names of options', () => {
    const seen = redact(report);
    const { verdict, reason, counts, rejected, kernel, observedAt } = report;
    expect(seen).toMatchObject({
      verdict,
      reason,
      counts,
      rejected,
      kernel,
      observedAt,
      message: 'char device',
    });
    expect(seen.findings.map((one) => [one.outcome, one.phase, one.reason, one.pid])).toEqual(
      report.findings.map((one) => [one.outcome, one.phase, one.reason, one.pid]),
    );
    expect(seen.options.needed).toEqual(['tcp-established', 'file-locks']);
    expect(seen.options.where).toEqual([]);
    expect(seen.processes[0]?.files[0]).toEqual({
      via: 'fd',
      fd: 57,
      kind: 'chardev',
      path: '',
      fop: 'def_chr_fops',
      outcome: 'refused',
      facts: {},
      watchers: [],
      sharedWith: [],
    });
  });

  it('values of options are cut off, each name is said once', () => {
    const given = ['external=mnt[/a]:b', 'external=file[1]', '--inherit-fd=fd[3]:x', '/etc/passwd', 'v'];
    const { options } = redact({ ...report, options: { ...report.options, given } });
    expect(options.given).toEqual(['external', 'inherit-fd', 'v']);
  });

  it('of a pod each container, by its identity', () => {
    const seen = redact(podReport);
    expect(seen.parts.map(({ target }) => target.container?.name)).toEqual(['app', 'sidecar']);
    expect(seen.parts.map(({ target }) => [target.cgroup, target.comm])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect([seen.notes, seen.runtime.options]).toEqual([[], ['external', 'orphan-pts-master']]);
  });

  it('has every member that a whole report has: no reader breaks', () => {
    expect(Object.keys(redact(report)).sort()).toEqual(Object.keys(report).sort());
    expect(Object.keys(toWire(redact(report))).sort()).toEqual(Object.keys(toWire(report)).sort());
  });

  it('errors say what they are, not what was found', () => {
    const told = redactError(new AgentError('AmbiguousTarget', `two of them: /${mark}`));
    expect([told.code, told.message]).toEqual(['AmbiguousTarget', errorTable.AmbiguousTarget.title]);
    const own = new AgentError('InvalidArgument', 'pid: expected a whole number');
    expect(redactError(own)).toBe(own);
  });

  it('one event for all viewers, and the event itself for auditors', () => {
    const event = { type: 'report', report } as const;
    const { event: seen } = sightOf('viewer');
    expect(seen(event)).toBe(seen(event));
    expect(JSON.stringify(seen(event))).not.toContain('/dev/nvidia0');
    expect(sightOf('auditor').event(event)).toBe(event);
  });
});

it.each([
  ['CharDevice', 'char device'],
  ['TcpEstablished', 'tcp established'],
  ['Ready', 'ready'],
  ['UnsupportedMount2Fs', 'unsupported mount2 fs'],
])('%s in words: %s', (reason, words) => {
  expect(wordsOf(reason)).toBe(words);
});

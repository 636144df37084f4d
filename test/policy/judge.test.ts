import { describe, expect, it } from 'vitest';
import {
  ask,
  askFiles,
  file,
  mustParse,
  policyHead,
  processOf,
  smallPolicy,
  target,
} from '../support/policy.ts';

const policy = smallPolicy([
  '{ rule: r, reason: Refused, message: refused, when: { name: refused } }',
  '{ rule: o, reason: Option, message: option, when: { name: option }, lift: [tcp] }',
  '{ rule: u, reason: Unsure, message: unsure, when: { name: unsure }, as: unknown }',
  '{ rule: w, reason: Warned, message: warned, when: { name: warned }, as: warning }',
  '{ rule: h, reason: Hazard, message: hazard, when: { name: hazard }, phase: hazard }',
  '{ rule: many, kinds: [process], reason: Threads, message: "{threads} threads", when: { threads: { gt: 9 } } }',
]);
const named = (name: string, fd = 3) => file({ name }, { fd });

describe('verdict', () => {
  it.each([
    [[], 'ready', 'Ready', 'nothing stands in the way'],
    [['fine'], 'ready', 'Ready', 'nothing stands in the way'],
    [['warned'], 'ready', 'Ready', 'nothing stands in the way'],
    [['option', 'fine'], 'ready-with-options', 'Option', '1 lifted by an option'],
    [['option', 'unsure'], 'unknown', 'Unsure', '1 cannot be told, 1 lifted by an option'],
    [
      ['unsure', 'refused', 'option'],
      'not-ready',
      'Refused',
      '1 in the way, 1 cannot be told, 1 lifted by an option',
    ],
    [['refused', 'hazard'], 'not-ready', 'Hazard', '2 in the way'],
  ])('of %j is %s', (names, verdict, reason, message) => {
    const report = askFiles(
      policy,
      names.map((name, fd) => named(name, fd)),
    );
    expect(report).toMatchObject({ verdict, reason, message });
  });

  it('lists every finding, the gravest first, else in the order of the files', () => {
    const names = ['warned', 'option', 'refused', 'unsure', 'option', 'hazard', 'refused'];
    const report = askFiles(
      policy,
      names.map((name, fd) => named(name, fd)),
      { options: [] },
    );
    expect(report.findings.map(({ reason, file }) => [reason, file?.fd])).toEqual([
      ['Hazard', 5],
      ['Refused', 2],
      ['Refused', 6],
      ['Unsure', 3],
      ['Option', 1],
      ['Option', 4],
      ['Warned', 0],
    ]);
    expect(report.counts).toEqual({
      processes: 1,
      descriptions: 7,
      files: 7,
      allowed: 1,
      needsOption: 2,
      refused: 3,
      unknown: 1,
    });
    expect(report.rejected).toEqual([
      { kind: 'plain', reason: 'Option', files: 2 },
      { kind: 'plain', reason: 'Refused', files: 2 },
      { kind: 'plain', reason: 'Unsure', files: 1 },
      { kind: 'plain', reason: 'Hazard', files: 1 },
    ]);
  });

  it.each(['blocking', 'counts'] as const)('with show=%s it is the same but for what is shown', (show) => {
    const files = ['option', 'refused', 'unsure', 'fine'].map(named);
    const [all, shown] = [askFiles(policy, files), askFiles(policy, files, { show })];
    const rows = show === 'counts' ? [] : all.findings;
    const processes = show === 'counts' ? [] : all.processes.map((one) => ({ ...one, files: [] }));
    expect(shown).toEqual({ ...all, findings: rows, processes });
    expect([all.findings.length, all.processes[0]?.files.length]).toEqual([3, 4]);
  });

  it('lifted findings come last and count as allowed', () => {
    const report = askFiles(policy, [named('option')], { options: ['tcp', 'xyz'] });
    expect(report).toMatchObject({
      verdict: 'ready',
      reason: 'Ready',
      counts: { allowed: 1, needsOption: 0 },
    });
    expect(report.findings.map(({ outcome }) => outcome)).toEqual(['allowed']);
    expect(report.options).toEqual({
      given: ['tcp'],
      needed: [],
      where: [],
      sufficient: true,
      unrecognised: ['xyz'],
      effects: [{ option: 'tcp', effect: 'kept' }],
    });
  });
});

describe('the process itself', () => {
  it('is a subject: its finding has no file', () => {
    const report = ask(policy, target(processOf([named('fine')], { facts: { threads: 10 } })));
    expect(report).toMatchObject({ verdict: 'not-ready', counts: { files: 1, allowed: 1 } });
    expect(report.findings).toMatchObject([
      { reason: 'Threads', message: '10 threads', pid: 7, comm: 'job' },
    ]);
    expect(report.findings[0]).not.toHaveProperty('file');
    expect(report.processes[0]?.outcome).toBe('refused');
    expect(report.rejected).toEqual([{ kind: 'process', reason: 'Threads', files: 1 }]);
  });

  it('each process of a tree has its own outcome', () => {
    const report = ask(
      policy,
      target(processOf([named('fine')]), processOf([named('option')], { pid: 8, comm: 'child' })),
    );
    expect(report.processes.map(({ pid, outcome }) => [pid, outcome])).toEqual([
      [7, 'allowed'],
      [8, 'needs-option'],
    ]);
    expect(report.findings).toMatchObject([
      { pid: 8, comm: 'child', file: { via: 'fd', fd: 3, path: '/x' } },
    ]);
    expect(report.counts.processes).toBe(2);
  });

  it('a way of referring that the policy does not judge is left out', () => {
    const fds = mustParse(`${policyHead.replace(/judges: .*/, 'judges: [fd]')}accept: []\n`);
    const cwd = file({}, { via: 'cwd' });
    expect(askFiles(fds, [file(), cwd]).counts).toMatchObject({ files: 1, refused: 1 });
    expect(askFiles(fds, [cwd]).verdict).toBe('unknown');
  });
});

describe('blind', () => {
  const unread = (facts: readonly string[]) => ({ pid: 7, call: 'list fd', errno: 'EACCES', facts });

  it('a list that could not be read leaves nothing ready', () => {
    const report = ask(policy, target(processOf([named('fine')], { unread: [unread([])] })));
    expect(report).toMatchObject({
      verdict: 'unknown',
      reason: 'Unread',
      message: 'not everything could be read',
    });
    expect(report.unread).toEqual([unread([])]);
    expect(report.options.sufficient).toBe(false);
  });

  it('but what is refused stays refused', () => {
    const report = ask(policy, target(processOf([named('refused')], { unread: [unread([])] })));
    expect(report).toMatchObject({
      verdict: 'not-ready',
      message: '1 in the way, not everything could be read',
    });
  });

  it('nothing that was judged is nothing that is known', () => {
    expect(ask(policy, target()).verdict).toBe('unknown');
  });

  it('a missing fact that no rule asks for blinds nobody', () => {
    const one = { ...named('fine'), unread: [unread(['size'])] };
    const report = askFiles(policy, [one]);
    expect(report.verdict).toBe('ready');
    expect(report.unread).toHaveLength(1);
  });
});

describe('the rest of the answer', () => {
  it('names target, policy and whether something changed', () => {
    const report = ask(policy, target(processOf([]), processOf([], { pid: 8, changed: true })), {
      engineVersion: '4.1',
    });
    expect(report.target).toEqual({ type: 'tree', pid: 7, startTimeTicks: '5000', comm: 'job' });
    expect(report.policy).toEqual({
      name: 'test',
      engine: 'test',
      engineVersion: '4.1',
      versionSource: 'assumed',
    });
    expect(report.changedDuringCheck).toBe(true);
    expect(ask(policy, target(processOf([]))).changedDuringCheck).toBe(false);
  });

  it('files are listed with show=all only', () => {
    const one = file({ name: 'fine' }, { pathBase64: '/w==', watchers: [{ pid: 1, fd: 4, events: '19' }] });
    expect(askFiles(policy, [one]).processes[0]?.files).toEqual([
      {
        via: 'fd',
        sharedWith: [],
        fd: 3,
        kind: 'plain',
        path: '/x',
        pathBase64: '/w==',
        fop: 'ext4_file_operations',
        outcome: 'allowed',
        facts: { name: 'fine' },
        watchers: [{ pid: 1, fd: 4, events: '19' }],
      },
    ]);
    const blocking = askFiles(policy, [one], { show: 'blocking' });
    expect(blocking.processes[0]?.files).toEqual([]);
    expect(blocking.counts.files).toBe(1);
  });

  it('has no undefined members, and is the same twice', () => {
    const files = ['refused', 'option', 'unsure'].map((name, fd) => named(name, fd));
    const report = askFiles(policy, [...files, file({}, { via: 'cwd' })]);
    expect(JSON.parse(JSON.stringify(report))).toStrictEqual(report);
    expect(askFiles(policy, [...files, file({}, { via: 'cwd' })])).toStrictEqual(report);
  });
});

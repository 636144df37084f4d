import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { readyLine, reportText } from '../../src/server/text.ts';
import { policiesText, policyText } from '../../src/server/text-policy.ts';
import { describePolicy, listPolicies } from '../../src/server/wire-policy.ts';
import { criu, findings, podReport, readyReport, report, seed } from './fixture.ts';

const policies = { default: 'criu', list: () => [criu, seed] };
const show = (text: string) => `\n${text}`;

describe('reportText', () => {
  it('says everything, hazards first', () => {
    expect(show(reportText(report))).toMatchInlineSnapshot(`
      "
      NOT READY  tree 4312 java (1 process, 5 files)  policy criu 4.2 (assumed)  in 4 ms
        1 refused · 1 unknown · 2 need an option · 1 allowed

      DO NOT TRY: it does harm, not only fail
      PID   COMM  FD  KIND     WHY                                  FILE
      4312  java  3   chardev  serves a FUSE mount: the dump hangs  /dev/fuse

      PID   COMM  FD  KIND     WHY                                                             FILE
      4312  java  57  chardev  device 195:0 has no plugin                                      /dev/nvidia0
      4312  java  -   process  traced by pid 99
      4312  a\\tb  58  regular  cannot tell: not read: fsType                                   /tmp/a\\nb\\x1b[31m"c"'d'\\\\e\\u202ef 💾
      4312  java  31  tcp      established                    --tcp-established | --tcp-close  10.0.0.7:443 → 10.0.0.9:51244
      4312  java  12  regular  lock held                      --file-locks                     /tmp/\\xff\\xfe.log

      What would help
        CharDevice: close it first

      Where to put what is needed
        runc  in /etc/criu/runc.conf: tcp-established

      What the options do
        --tcp-established  the peer must not notice

      Warnings, which change no verdict
      PID   COMM  FD  KIND     WHY                           FILE
      4312  java  9   inotify  lost: queued events are lost  anon_inode:inotify

      Could not be read
        pid 4312  read fdinfo: EACCES  2 times  without it: fsType
        pid 4312  readlink: EPERM               a whole list is missing

      Every file
      PID   COMM  FD   KIND       OUTCOME       FILE
      4312  java  57   chardev    refused       /dev/nvidia0
      4312  java  12   regular    needs-option  /tmp/\\xff\\xfe.log
      4312  java  cwd  directory  allowed       /tmp/a\\nb\\x1b[31m"c"'d'\\\\e\\u202ef 💾

      It changed while it was read: ask again before relying on this.

      Not options of this policy: --no-such\\x07

      With --leave-running --tcp-established --file-locks, 2 files and 1 process still stand in the way.
      "
    `);
  });

  it('says how many of which kind where no finding is named', () => {
    const rejected = [
      { kind: 'tcp', reason: 'TcpEstablished', files: 12 },
      { kind: 'process', reason: 'Traced', files: 1 },
    ];
    const counts = { ...report, findings: [], processes: [], unread: [], rejected };
    const alone = { ...counts, options: readyReport.options };
    expect(show(`${reportText(counts)}${reportText(alone).split('\n').at(-2)}\n`)).toMatchInlineSnapshot(`
      "
      NOT READY  tree 4312 java (1 process, 5 files)  policy criu 4.2 (assumed)  in 4 ms
        1 refused · 1 unknown · 2 need an option · 1 allowed

      KIND     REASON          FILES
      tcp      TcpEstablished  12
      process  Traced          1

      Where to put what is needed
        runc  in /etc/criu/runc.conf: tcp-established

      What the options do
        --tcp-established  the peer must not notice

      It changed while it was read: ask again before relying on this.

      Not options of this policy: --no-such\\x07

      With --leave-running --tcp-established --file-locks, it is still not ready.
      No option lifts this.
      "
    `);
  });

  it('prints the log line of the policy under the table', () => {
    const line = "cr_check_file: can't checkpoint file 4312/57 (/dev/nvidia0\n), ->f_op = def_chr_fops";
    const text = reportText({
      ...readyReport,
      policy: {
        name: 'cr-check-file',
        engine: 'cr-check-file',
        engineVersion: '2009',
        versionSource: 'given',
      },
      verdict: 'not-ready',
      counts: { ...readyReport.counts, refused: 1, allowed: 2 },
      findings: [
        { ...findings.refused, line, advice: '' },
        { ...findings.refused, line, advice: '', reason: 'Second', message: 'and unlinked' },
      ],
    });
    expect(show(text)).toMatchInlineSnapshot(`
      "
      NOT READY  tree 4312 java (1 process, 3 files)  policy cr-check-file 2009  in 4 ms
        1 refused · 2 allowed

      PID   COMM  FD  KIND     WHY                         FILE
      4312  java  57  chardev  device 195:0 has no plugin  /dev/nvidia0
      4312  java  57  chardev  and unlinked                /dev/nvidia0

      cr_check_file: can't checkpoint file 4312/57 (/dev/nvidia0\\n), ->f_op = def_chr_fops

      No option lifts this: 1 file stands in the way.
      "
    `);
  });

  const lifted = { ...findings.tcp, outcome: 'allowed' } as const;
  it.each<[string, Partial<Report>, string]>([
    ['ready', {}, 'Ready.'],
    [
      'ready thanks to an option',
      { findings: [lifted], options: { ...readyReport.options, given: ['tcp-established'] } },
      'Ready with --tcp-established.',
    ],
    [
      'ready-with-options',
      {
        verdict: 'ready-with-options',
        findings: [findings.tcp],
        options: { ...readyReport.options, given: ['file-locks'], needed: ['tcp-established'] },
      },
      'Ready with --file-locks --tcp-established.',
    ],
    [
      'not-ready, and options for the rest',
      { verdict: 'not-ready', findings: [findings.refused, findings.tcp], options: report.options },
      'With --leave-running --tcp-established --file-locks, 1 file still stands in the way.',
    ],
    [
      'not-ready, two findings of one file, and the process',
      { verdict: 'not-ready', findings: [findings.refused, findings.refused, findings.process] },
      'No option lifts this: 1 file and 1 process stand in the way.',
    ],
    [
      'unknown',
      { verdict: 'unknown', findings: [findings.odd] },
      '1 file cannot be judged. Treat it as not ready.',
    ],
    [
      'unknown, the list of files itself unread',
      { verdict: 'unknown', message: 'not everything could be read' },
      'Cannot tell: not everything could be read. Treat it as not ready.',
    ],
  ])('closes: %s', (_, change, want) => {
    const lines = reportText({ ...readyReport, ...change })
      .trimEnd()
      .split('\n');
    expect(lines.at(-1)).toBe(want);
  });

  it('tells a pod by its containers', () => {
    expect(show(reportText(podReport))).toMatchInlineSnapshot(`
      "
      NOT READY  pod shop/cart-7f9c (2 processes, 5 files)  policy criu 4.2 (assumed)  in 4 ms
        1 refused · 1 needs an option · 3 allowed
        runtime containerd (detected): --external=mnt[]:m --orphan-pts-master
        note: 2 pods have this name: this is the one that runs, since 03:04

      CONTAINER  ID            VERDICT    PROCESSES  FILES  WHY
      app        aaaaaaaaaaaa  not-ready  1          2      CharDevice: 1 in the way, 1 lifted by an option
      sidecar    bbbbbbbbbbbb  ready      1          3

      CONTAINER  PID   COMM  FD  KIND     WHY                                                          FILE
      app        4312  java  57  chardev  device 195:0 has no plugin                                   /dev/nvidia0
      app        4312  java  31  tcp      established                 --tcp-established | --tcp-close  10.0.0.7:443 → 10.0.0.9:51244

      What would help
        CharDevice: close it first

      Where to put what is needed
        runc  in /etc/criu/runc.conf: tcp-established

      What the options do
        --tcp-established  the peer must not notice

      Every file
      CONTAINER  PID   COMM  FD   KIND       OUTCOME       FILE
      app        4312  java  57   chardev    refused       /dev/nvidia0
      app        4312  java  12   regular    needs-option  /tmp/\\xff\\xfe.log
      app        4312  java  cwd  directory  allowed       /tmp/a\\nb\\x1b[31m"c"'d'\\\\e\\u202ef 💾

      Not options of this policy: --no-such\\x07

      With --leave-running --tcp-established --file-locks, 1 file still stands in the way.
      "
    `);
  });

  it.each<[string, Partial<Report['target']>, string]>([
    ['pod', { pod: { uid: 'u-1' } }, 'pod u-1'],
    [
      'container',
      { container: { id: 'c'.repeat(64), runtime: 'docker', role: 'container' } },
      'container cccccccccccc',
    ],
    [
      'container',
      {
        container: { id: 'c'.repeat(64), name: 'app', runtime: 'cri-o', role: 'init' },
        pod: { uid: 'u', namespace: 'shop', name: 'cart' },
      },
      'container cccccccccccc app (init) of pod shop/cart',
    ],
    ['cgroup', { cgroup: '/a\n' }, 'cgroup /a\\n'],
    ['node', {}, 'node'],
    ['process', { pid: 7, comm: 'a\tb' }, 'process 7 a\\tb'],
  ])('names a %s', (type, target, want) => {
    const named = { ...readyReport, target: { type, ...target } as Report['target'] };
    expect(reportText(named)).toContain(`READY  ${want} (1 process, 3 files)  policy`);
    expect(readyLine(named)).toContain(`ready  ${want}  policy`);
  });

  it.each<[Report['runtime'], string | undefined]>([
    [{ name: 'none', source: 'none', options: [] }, undefined],
    [{ name: 'none', source: 'given', options: [] }, 'runtime none (given): adds no options'],
    [
      { name: 'runc', source: 'detected', options: ['a', 'external=mnt[/etc/hosts]:x'] },
      'runtime runc (detected): --a --external=mnt[/etc/hosts]:x',
    ],
    [
      { name: 'runc', source: 'given', options: ['a', '--b', 'c', 'd', 'e'] },
      'runtime runc (given): --a --b --c and 2 more',
    ],
  ])('runtime %j', (runtime, want) => {
    const [, , line] = reportText({ ...readyReport, runtime }).split('\n');
    expect(line).toBe(want === undefined ? '' : `  ${want}`);
  });

  it('has colours only when asked', () => {
    expect(reportText(report)).not.toContain('\x1b');
    expect(reportText(report, { color: true })).toContain('\x1b[1;31mNOT READY\x1b[0m  tree 4312');
  });

  it('never lets a name forge a row', () => {
    expect(reportText(report)).not.toMatch(/^b/m);
  });
});

describe('readyLine', () => {
  it('is one line, with the first thing in the way', () => {
    expect(readyLine(readyReport)).toBe('ready  tree 4312 java  policy criu 4.2 (assumed)\n');
    expect(readyLine({ ...report, findings: [findings.odd] })).toMatchInlineSnapshot(`
      "not-ready  tree 4312 java  policy criu 4.2 (assumed)  CharDevice: 2 in the way, 1 cannot be told, 2 lifted by an option (4312/58 /tmp/a\\nb\\x1b[31m"c"'d'\\\\e\\u202ef 💾: cannot tell: not read: fsType)
      "
    `);
  });
});

describe('policies', () => {
  it('lists them', () => {
    expect(show(policiesText(listPolicies(policies)))).toMatchInlineSnapshot(`
      "
      POLICY          ENGINE  WHAT IT SAYS
      criu (default)  4.2     what CRIU does
      cr-check-file   2009    the seed
      "
    `);
  });

  it('shows one', () => {
    expect(show(policyText(describePolicy(policies, 'criu')))).toMatchInlineSnapshot(`
      "
      criu (default)  engine criu 4.2
      what CRIU does

      Accepted
        plain  regular

      Refused, unless an option lifts it; anything not accepted is too
        chardev  CharDevice  every kind    --external={path}  device {major}:{minor}

      Options
        --tcp-established  the peer must not notice
        --ghost-limit=10M  deleted files are copied
        and 1 more that change no verdict
      "
    `);
  });
});

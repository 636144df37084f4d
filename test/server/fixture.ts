import { pino } from 'pino';
import type { Policy } from '../../src/policy/policy.ts';
import type { Finding, Report } from '../../src/policy/report.ts';
import { createAccess } from '../../src/server/access/access.ts';
import { createClients } from '../../src/server/access/clients.ts';
import { createAsk } from '../../src/server/ask.ts';
import type { Check, CheckRequest } from '../../src/server/check.ts';
import { defaultLimits, type ServerDeps } from '../../src/server/deps.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { createWatchHub } from '../../src/server/watch.ts';

/** A name with all that hurts: newline, escape sequence, quotes, a backslash, a right-to-left override, an emoji. */
export const oddPath = '/tmp/a\nb\x1b[31m"c"\'d\'\\e\u202ef \u{1f4be}';
/** `/tmp/\xff\xfe.log`: no UTF-8. */
export const oddBytes = {
  path: '/tmp/\ufffd\ufffd.log',
  pathBase64: Buffer.from('/tmp/\xff\xfe.log', 'latin1').toString('base64'),
};

const finding = {
  outcome: 'refused',
  phase: 'dump',
  rule: 'chardev',
  reason: 'CharDevice',
  message: 'device 195:0 has no plugin',
  lift: [],
  effect: '',
  advice: 'close it first',
  source: 'criu/files.c',
  line: '',
  pid: 4312,
  comm: 'java',
  file: { via: 'fd', fd: 57, kind: 'chardev', path: '/dev/nvidia0', fop: 'def_chr_fops' },
} as const satisfies Finding;

const { file: _, ...bare } = finding;

export const findings = {
  refused: finding,
  odd: {
    ...finding,
    outcome: 'unknown',
    rule: 'unread',
    reason: 'Unread',
    message: 'cannot tell: not read: fsType',
    advice: '',
    comm: 'a\tb',
    file: { via: 'fd', fd: 58, kind: 'regular', path: oddPath, fop: 'ext4_file_operations' },
  },
  bytes: {
    ...finding,
    outcome: 'needs-option',
    rule: 'lock',
    reason: 'FileLock',
    message: 'lock held',
    lift: ['file-locks'],
    effect: 'locks are taken again',
    advice: '',
    file: { via: 'fd', fd: 12, kind: 'regular', ...oddBytes, fop: 'ext4_file_operations' },
  },
  tcp: {
    ...finding,
    outcome: 'needs-option',
    rule: 'tcp',
    reason: 'Established',
    message: 'established',
    lift: ['tcp-established', 'tcp-close'],
    effect: 'the peer must not notice',
    advice: '',
    file: { via: 'fd', fd: 31, kind: 'tcp', path: '10.0.0.7:443 → 10.0.0.9:51244', fop: 'socket_file_ops' },
  },
  hazard: {
    ...finding,
    phase: 'hazard',
    rule: 'fuse-own',
    reason: 'OwnFuse',
    message: 'serves a FUSE mount: the dump hangs',
    advice: '',
    file: { via: 'fd', fd: 3, kind: 'chardev', path: '/dev/fuse', fop: 'fuse_dev_operations' },
  },
  warning: {
    ...finding,
    outcome: 'warning',
    phase: 'loss',
    rule: 'inotify',
    reason: 'InotifyQueue',
    message: 'queued events are lost',
    advice: '',
    file: { via: 'fd', fd: 9, kind: 'inotify', path: 'anon_inode:inotify', fop: 'inotify_fops' },
  },
  process: {
    ...bare,
    rule: 'traced',
    reason: 'Traced',
    message: 'traced by pid 99',
    advice: '',
  },
} as const satisfies Record<string, Finding>;

/** One process with every odd thing in it, as `show=all` has it. */
export const report: Report = {
  target: { type: 'tree', pid: 4312, startTimeTicks: '18446744073709551615', comm: 'java' },
  policy: { name: 'criu', engine: 'criu', engineVersion: '4.2', versionSource: 'assumed' },
  verdict: 'not-ready',
  reason: 'CharDevice',
  message: '2 in the way, 1 cannot be told, 2 lifted by an option',
  options: {
    given: ['leave-running'],
    needed: ['tcp-established', 'file-locks'],
    sufficient: false,
    unrecognised: ['--no-such\x07'],
    effects: [{ option: 'tcp-established', effect: 'the peer must not notice' }],
    where: [{ runtime: 'runc', put: 'in /etc/criu/runc.conf: tcp-established' }],
  },
  counts: { processes: 1, files: 5, allowed: 1, needsOption: 2, refused: 1, unknown: 1, descriptions: 4 },
  rejected: [
    { kind: 'chardev', reason: 'CharDevice', files: 1 },
    { kind: 'process', reason: 'Traced', files: 1 },
  ],
  findings: [
    findings.hazard,
    findings.refused,
    findings.process,
    findings.odd,
    findings.tcp,
    findings.bytes,
    findings.warning,
  ],
  processes: [
    {
      pid: 4312,
      startTimeTicks: '18446744073709551615',
      comm: 'java',
      outcome: 'refused',
      facts: { state: 'S', threads: 2, traced: true, label: null, groups: ['0', '27'], none: [] },
      files: [
        {
          ...findings.refused.file,
          outcome: 'refused',
          facts: {
            major: 195,
            minor: 0,
            offset: '9223372036854775807',
            deleted: false,
            fsType: null,
            ratio: 0.5,
          },
          watchers: [{ pid: 4312, fd: 7, events: '80000019' }],
          sharedWith: [{ pid: 4313, fd: 57 }],
        },
        { ...findings.bytes.file, outcome: 'needs-option', facts: {}, watchers: [], sharedWith: [] },
        {
          via: 'cwd',
          kind: 'directory',
          path: oddPath,
          fop: '',
          outcome: 'allowed',
          facts: {},
          watchers: [],
          sharedWith: [],
        },
      ],
    },
  ],
  changedDuringCheck: true,
  unread: [
    { pid: 4312, call: 'read fdinfo', errno: 'EACCES', facts: ['fsType'] },
    { pid: 4312, call: 'read fdinfo', errno: 'EACCES', facts: ['fsType'] },
    { pid: 4312, call: 'readlink', errno: 'EPERM', facts: [] },
  ],
  observedAt: '2026-01-02T03:04:05.678Z',
  durationMs: 4.1234567,
  kernel: '6.12.0',
  runtime: { name: 'none', source: 'none', options: [] },
  parts: [],
  notes: [],
};

export const readyReport: Report = {
  ...report,
  verdict: 'ready',
  reason: 'Ready',
  message: 'nothing stands in the way',
  options: { given: [], needed: [], sufficient: true, unrecognised: [], effects: [], where: [] },
  counts: { processes: 1, files: 3, allowed: 3, needsOption: 0, refused: 0, unknown: 0, descriptions: 2 },
  rejected: [],
  findings: [],
  processes: [],
  changedDuringCheck: false,
  unread: [],
};

const pod = { uid: '0f6a8a4c-7a0e-4c0f-9b1c-2d3e4f5a6b7c', namespace: 'shop', name: 'cart-7f9c' };
const containerOf = (digit: string, name: string) => ({
  type: 'container' as const,
  cgroup: `/kubepods.slice/cri-containerd-${digit.repeat(64)}.scope`,
  container: { id: digit.repeat(64), name, runtime: 'containerd', role: 'container' as const },
  pod,
});

const app: Report = {
  ...report,
  target: { ...containerOf('a', 'app'), pid: 4312, startTimeTicks: '883120', comm: 'java' },
  counts: { processes: 1, files: 2, allowed: 0, needsOption: 1, refused: 1, unknown: 0, descriptions: 2 },
  message: '1 in the way, 1 lifted by an option',
  findings: [findings.refused, findings.tcp],
  changedDuringCheck: false,
  unread: [],
  runtime: { name: 'containerd', source: 'detected', options: ['orphan-pts-master'] },
};
const sidecar: Report = {
  ...readyReport,
  target: { ...containerOf('b', 'sidecar'), pid: 4400, startTimeTicks: '883121', comm: 'envoy' },
  processes: [
    { pid: 4400, startTimeTicks: '883121', comm: 'envoy', outcome: 'allowed', facts: {}, files: [] },
  ],
  runtime: app.runtime,
};

/** A pod of two containers, one of them in the way. */
export const podReport: Report = {
  ...app,
  target: { type: 'pod', cgroup: '/kubepods.slice/pod.slice', pod },
  counts: { processes: 2, files: 5, allowed: 3, needsOption: 1, refused: 1, unknown: 0, descriptions: 4 },
  processes: [],
  runtime: { name: 'containerd', source: 'detected', options: ['external=mnt[]:m', 'orphan-pts-master'] },
  parts: [app, sidecar],
  notes: ['2 pods have this name: this is the one that runs, since 03:04'],
};

const rule = { kinds: ['regular'], when: { all: [] } };

export const criu: Policy = {
  name: 'criu',
  description: 'what CRIU does',
  engine: 'criu',
  engineVersion: '4.2',
  runtimes: [],
  judges: ['fd', 'process'],
  options: [
    { name: 'tcp-established', effect: 'the peer must not notice', takes: 'flag', alias: [], inert: false },
    { name: 'ghost-limit', effect: 'deleted files are copied', takes: 'size', alias: [], inert: false },
    { name: 'verbosity', effect: '', takes: 'optional', alias: ['v'], inert: true },
  ],
  accept: [{ rule: 'plain', ...rule, since: '3.0' }],
  refuse: [
    {
      rule: 'chardev',
      ...rule,
      kinds: [],
      reason: 'CharDevice',
      message: 'device {major}:{minor}',
      phase: 'dump',
      as: 'refused',
      lift: ['external={path}'],
      advice: '',
      source: 'criu/files.c',
      line: '',
    },
  ],
  otherwise: { reason: 'NotSupported', message: 'not supported', phase: 'dump' },
  line: '',
  asksOfKind: new Map(),
  asks: new Set(),
};

export const seed: Policy = {
  ...criu,
  name: 'cr-check-file',
  description: 'the seed',
  engine: 'cr-check-file',
  engineVersion: '2009',
  options: [],
};

/** The fake's answer depends on the pid that is asked about; 0 where it is no process. */
export const pidOf = ({ target }: CheckRequest): number => ('pid' in target ? target.pid : 0);

export interface Fake extends ServerDeps {
  /** What was asked, with the milliseconds left; in which form the answer is wanted is no part of it. */
  readonly asked: { readonly request: CheckRequest; readonly deadlineMs: number }[];
  readonly logged: Record<string, unknown>[];
}

/** Whoever asks is an auditor, as often as it likes. */
const openAccess = () =>
  createAccess({
    secrets: {},
    anonymousRole: 'auditor',
    clients: createClients({ rate: 0, checks: 0, watches: 10_000, remembered: 10_000 }, () =>
      performance.now(),
    ),
  });

/** A server's dependencies around a check that always answers `report`, or what the test says. */
export function fakeDeps(check: Check = async () => report, more: Partial<ServerDeps> = {}): Fake {
  const asked: Fake['asked'] = [];
  const logged: Fake['logged'] = [];
  const metrics = createMetrics({ policies: [criu, seed], kinds: ['regular', 'chardev'], version: '1.2.3' });
  const limits = more.limits ?? defaultLimits;
  const recorded: Check = (request, deadlineMs) => {
    const { render: _, ...question } = request;
    asked.push({ request: question, deadlineMs });
    return check(request, deadlineMs);
  };
  return {
    asked,
    logged,
    access: openAccess(),
    site: { host: '127.0.0.1' },
    check: recorded,
    watch: createWatchHub({ ask: createAsk({ check: recorded, metrics }), limits, metrics }),
    policies: { default: 'criu', list: () => [criu, seed] },
    readiness: async () => [
      { name: 'procfs', ok: true, critical: true, message: 'readable' },
      { name: 'capabilities', ok: false, critical: false, message: 'no CAP_SYS_PTRACE' },
    ],
    metrics,
    log: pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) }),
    version: '1.2.3',
    limits: defaultLimits,
    ...more,
  };
}

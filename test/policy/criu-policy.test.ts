import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../src/facts.ts';
import { factsOf } from '../../src/policy/condition.ts';
import { compilePolicy } from '../../src/policy/evaluate.ts';
import type { RuleFinding } from '../../src/policy/finding.ts';
import { readOptions } from '../../src/policy/options.ts';
import { type Subject, valuesOf } from '../../src/policy/subject.ts';
import { builtin } from '../support/policy.ts';
import type { Case } from './criu/case.ts';
import { fileCases } from './criu/files.ts';
import { objectCases } from './criu/objects.ts';
import { processCases } from './criu/processes.ts';
import { socketCases } from './criu/sockets.ts';

const policy = builtin('criu');
const cases: readonly Case[] = [...processCases, ...fileCases, ...objectCases, ...socketCases];

type Overlay = Readonly<Record<string, FactValue | undefined>>;

function subjectOf(kind: string, facts: Overlay): Subject {
  const known = Object.entries(facts).filter((entry): entry is [string, FactValue] => entry[1] !== undefined);
  const names = () => ({ pid: 7, ref: 'fd 57', path: '/x', fop: 'f' });
  return { kind, facts: Object.fromEntries(known), names };
}

function judge(kind: string, facts: Overlay, options: readonly string[] = []) {
  const evaluate = compilePolicy(policy, readOptions(options, policy.options), policy.engineVersion);
  return evaluate(subjectOf(kind, facts));
}

const findings = (one: Case, overlay: Overlay = {}, options = one.options): readonly RuleFinding[] =>
  judge(one.kind, { ...one.facts, ...overlay }, options).findings.filter(({ rule }) => rule === one.rule);

describe('every refuse rule', () => {
  it.each(cases.map((one) => [`${one.rule}: ${one.kind} ${JSON.stringify(one.facts)}`, one] as const))(
    '%s',
    (_, one) => {
      expect(findings(one).map(({ outcome }) => outcome)).toEqual([one.outcome]);
      for (const overlay of one.but) expect(findings(one, overlay), JSON.stringify(overlay)).toEqual([]);
      for (const options of one.butOptions ?? [])
        expect(findings(one, {}, options), options.join()).toEqual([]);
    },
  );

  it('each option it names lifts it, and the message has no gap', () => {
    for (const one of cases) {
      const [finding] = findings(one);
      const words = finding?.message(valuesOf(subjectOf(one.kind, one.facts)));
      expect(words, one.rule).not.toMatch(/[{}]|undefined|null/);
      for (const option of finding?.lift ?? []) {
        const [lifted] = findings(one, {}, [...(one.options ?? []), option]);
        expect(lifted?.outcome ?? 'allowed', `${one.rule} ${option}`).toBe('allowed');
      }
    }
  });

  it('is in the tables, and so is each fact it asks for', () => {
    for (const { rule, when, reason, source } of policy.refuse) {
      const own = cases.filter((one) => one.rule === rule);
      const changed = new Set(own.flatMap(({ but }) => but.flatMap((overlay) => Object.keys(overlay))));
      // an option stands for it where a rule compares the fact with what was given
      const byOption = own.some(({ butOptions }) => butOptions !== undefined) ? ['watchedMount'] : [];
      const missing = factsOf(when).filter((fact) => !changed.has(fact) && !byOption.includes(fact));
      expect({ rule, cases: own.length > 0, missing }).toEqual({ rule, cases: true, missing: [] });
      expect(
        [reason, source].every((text) => text !== ''),
        rule,
      ).toBe(true);
    }
  });

  it('has one name', () => {
    const names = [...policy.refuse, ...policy.accept].map(({ rule }) => rule);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe('phases', () => {
  const inPhase = (phase: string) => policy.refuse.filter((rule) => rule.phase === phase);
  const names = (phase: string) => inPhase(phase).map(({ rule }) => rule);

  it('what makes CRIU itself dangerous is a hazard', () => {
    const freezing = ['frozen-levels', 'stopped-in-freezer', 'outsiders-in-freezer'];
    const hazards = ['frozen-v2', 'frozen-v1', 'uninterruptible', 'fuse-server-inside', 'mapped-socket'];
    expect(names('hazard').toSorted()).toEqual(
      [...hazards, ...freezing, 'write-lease', 'mapped-device', 'proc-in-cwd'].toSorted(),
    );
  });

  it('what is lost is a warning, but where files of the tree itself are', () => {
    const refused = inPhase('loss').filter((rule) => rule.as !== 'warning');
    expect(refused.map(({ rule }) => rule)).toEqual(['thread-with-own-files', 'terminal-index-twice']);
  });

  it('what dumps and does not come back is told as such', () => {
    for (const rule of [
      'tcp-was-connected',
      'unix-pending-outside',
      'session-leader-outside',
      'scheduling-deadline',
    ])
      expect(names('restore')).toContain(rule);
  });
});

describe('accept rules', () => {
  const accepted: readonly (readonly [rule: string, kind: string, facts: Overlay, but: Overlay])[] = [
    ['memory-device', 'chardev', { major: 1, minor: 3 }, { major: 2 }],
    ['autofs-device', 'chardev', { major: 10, minor: 235 }, { minor: 236 }],
    ['autofs-device', 'chardev', { major: 10, minor: 235 }, { major: 11 }],
    [
      'tun-device',
      'chardev',
      { major: 10, minor: 200, rootOwnNamespaces: ['net'], tunDevice: 'tun' },
      { minor: 201 },
    ],
    ['not-looked-at', 'unknown', { fileType: null }, { fileType: 'none' }],
    ['protocol-not-read', 'socket', { protocol: null }, { protocol: 'AF_VSOCK' }],
  ];

  it.each(accepted)('%s: %s', (_, kind, facts, but) => {
    expect(['allowed', 'unknown']).toContain(judge(kind, facts).outcome);
    expect(judge(kind, { ...facts, ...but }).outcome).toBe('refused');
  });

  const plain = [
    ...['process', 'regular', 'directory', 'symlink', 'fifo', 'tty', 'pipe', 'mqueue', 'mount'],
    ...['unix', 'tcp', 'udp', 'raw', 'netlink', 'packet', 'eventfd', 'eventpoll', 'signalfd', 'inotify'],
    ...['fanotify', 'pidfd', 'memfd', 'shmem', 'aio', 'namespace'],
  ];
  const harmless: Readonly<Record<string, Overlay>> = {
    tty: { ttyRole: 'master' },
    process: { sessionLeader: 'self' },
    mount: { isRootMount: true },
    timerfd: { clockId: 1 },
    'sysv-shm': { rootOwnNamespaces: ['ipc'] },
    'network-device': { linkKind: 'bridge' },
  };

  it.each([...plain, 'timerfd', 'sysv-shm', 'network-device'])('%s with nothing wrong', (kind) => {
    expect(judge(kind, { via: 'fd', ...harmless[kind] })).toEqual({ outcome: 'allowed', findings: [] });
  });

  it.each(['blockdev', 'io_uring', 'anon_inode', 'perf_event', 'secretmem', 'dma-buf', 'unknown'])(
    'none is for %s',
    (kind) => expect(judge(kind, { via: 'fd' }).outcome).toBe('refused'),
  );
});

import { describe, expect, it } from 'vitest';
import type { TargetFacts } from '../../src/facts.ts';
import { joinJudgements, type Part, unjudged } from '../../src/policy/join.ts';
import { judge, type Question } from '../../src/policy/judge.ts';
import { readOptions } from '../../src/policy/options.ts';
import type { Judgement } from '../../src/policy/report.ts';
import { builtin } from '../support/policy.ts';

const policy = builtin('cr-check-file');
const question: Question = {
  policy,
  options: readOptions([], policy.options),
  engineVersion: '1',
  versionSource: 'assumed',
  show: 'blocking',
};
const target = { type: 'pod', pod: { uid: 'u', namespace: 'shop', name: 'cart' } } as const;

/** A process whose one fd is of that kind: a socket is accepted by the seed, a pipe is not. */
function judged(kind: 'unix' | 'pipe', pid = 7): Judgement {
  const fileType = kind === 'unix' ? 'socket' : 'fifo';
  const facts = { via: 'fd', fileType, deleted: false, epollWatched: false };
  const file = {
    via: 'fd',
    fd: 3,
    kind,
    path: 'x',
    fop: 'f',
    facts,
    unread: [],
    watchers: [],
    sharedWith: [],
  } as const;
  const process = {
    pid,
    startTimeTicks: '1',
    comm: 'job',
    facts: {},
    files: [file],
    unread: [],
    changed: false,
  };
  const read: TargetFacts = { type: 'tree', pid, startTimeTicks: '1', comm: 'job', processes: [process] };
  return judge(read, question);
}

const good: Part = { name: 'web', judgement: judged('unix') };
const bad: Part = { name: 'log', judgement: judged('pipe', 8) };
const blind: Part = {
  name: 'gone',
  judgement: unjudged({ type: 'container' }, question, 'ProcessNotFound', 'no process 9'),
};

describe('a target of several trees', () => {
  it.each<[string, readonly [Part, ...Part[]], string, string, string]>([
    ['all ready', [good, good], 'ready', 'Ready', 'nothing stands in the way'],
    ['one refused', [good, bad], 'not-ready', 'Fifo', '1 of 2: log: 1 in the way'],
    ['one unknown', [good, blind], 'unknown', 'ProcessNotFound', '1 of 2: gone: no process 9'],
    ['refused beats unknown', [blind, bad], 'not-ready', 'Fifo', '1 of 2: log: 1 in the way'],
    [
      'no more are named than can be read',
      [bad, bad, bad, bad, bad],
      'not-ready',
      'Fifo',
      '5 of 5: log: 1 in the way; log: 1 in the way; log: 1 in the way; 2 more',
    ],
  ])('%s', (_, parts, verdict, reason, message) => {
    expect(joinJudgements(target, parts, [])).toMatchObject({ target, verdict, reason, message });
  });

  it('has the sums and all findings of its parts', () => {
    const joined = joinJudgements(target, [good, bad, bad], []);
    expect(joined.counts).toEqual({
      processes: 3,
      files: 3,
      descriptions: 3,
      allowed: 1,
      needsOption: 0,
      refused: 2,
      unknown: 0,
    });
    expect(joined.findings.map(({ pid, outcome }) => [pid, outcome])).toEqual([
      [8, 'refused'],
      [8, 'refused'],
    ]);
    expect(joined.rejected).toEqual([{ kind: 'pipe', reason: 'Fifo', files: 2 }]);
    expect(joined.options.sufficient).toBe(false);
    expect(joined.processes).toEqual([]);
  });

  it('is unknown where processes could not be looked at on the way, never ready', () => {
    const unread = [{ pid: 1, call: 'list', errno: 'ENOENT', facts: ['cgroup'] }];
    expect(joinJudgements(target, [good], unread)).toMatchObject({
      verdict: 'unknown',
      reason: 'Unread',
      message: 'not everything could be read',
      unread,
    });
    expect(joinJudgements(target, [bad], unread).verdict).toBe('not-ready');
  });
});

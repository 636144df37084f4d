import { describe, expect, it } from 'vitest';
import type { RuntimeDeps } from '../../src/probe/runtime/index.ts';
import { type Asked, lookUp } from '../../src/server/asked.ts';
import type { CheckRequest } from '../../src/server/check.ts';
import { type TreeUnit, unitJudge } from '../../src/server/judge-unit.ts';
import type { UnitQuestion } from '../../src/server/judged-before.ts';
import { builtin } from '../support/policy.ts';

const deps = {
  policies: [builtin('criu'), builtin('cr-check-file')],
  defaultPolicy: 'criu',
  detectedVersions: {},
};
const asking = (more: Partial<CheckRequest> = {}): Asked =>
  lookUp(deps, { target: { type: 'tree', pid: 7 }, options: [], show: 'blocking', ...more });
const container = { id: 'a'.repeat(64), runtime: 'runc', role: 'container' } as const;
const unit: TreeUnit = {
  name: '7',
  target: { type: 'tree' },
  pid: 7,
  members: [7, 8],
  ref: { type: 'tree', pid: 7 },
};

/** What is asked for, in the words of whoever remembers judgements. */
function questionOf(asked: Asked, one: TreeUnit): UnitQuestion {
  let question: UnitQuestion | undefined;
  const judgeUnit = unitJudge({
    judge: (given) => {
      question = given;
      throw new Error('not judged');
    },
    runtimes: {} as RuntimeDeps,
  });
  expect(() => judgeUnit(asked, one)).toThrow('not judged');
  return question as UnitQuestion;
}
const keyOf = (asked: Asked, one: TreeUnit) => questionOf(asked, one).key;

describe('the key of a question', () => {
  it('is the same of the same', () => {
    expect(keyOf(asking(), { ...unit })).toBe(keyOf(asking(), unit));
    // in which bytes it is wanted, and whether a sweep has to be new, changes no judgement
    expect(keyOf(asking({ fresh: true, render: { form: 'text' } }), unit)).toBe(keyOf(asking(), unit));
  });

  const others: Readonly<Record<string, readonly [Asked, TreeUnit]>> = {
    'another policy': [asking({ policy: 'cr-check-file', engineVersion: '3.19' }), unit],
    'an option': [asking({ options: ['tcp-established'] }), unit],
    'an option with another value': [asking({ options: ['ghost-limit=5'] }), unit],
    'another version': [asking({ engineVersion: '3.19' }), unit],
    'a runtime': [asking({ runtime: 'runc' }), unit],
    'no runtime at all': [asking({ runtime: 'none' }), unit],
    'every file': [asking({ show: 'all' }), unit],
    'another process': [asking(), { ...unit, pid: 8 }],
    'a process alone': [asking(), { ...unit, ref: { type: 'process', pid: 7 } }],
    'one fd': [asking(), { ...unit, ref: { type: 'process', pid: 7, fd: 3 } }],
    'a start time': [asking(), { ...unit, ref: { type: 'tree', pid: 7, startTimeTicks: '1' } }],
    'other members': [asking(), { ...unit, members: [7] }],
    'a cgroup': [asking(), { ...unit, target: { type: 'tree', cgroup: '/a' } }],
    'a container': [asking(), { ...unit, target: { type: 'container', container }, container }],
    'a container it is in': [asking(), { ...unit, container }],
  };

  it('is another for anything that the judgement depends on', () => {
    const keys = [keyOf(asking(), unit), ...Object.values(others).map(([asked, one]) => keyOf(asked, one))];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

it('a unit none of whose processes may be read is not asked about', () => {
  const { pid: _, ...hidden } = unit;
  const judgeUnit = unitJudge({
    judge: () => {
      throw new Error('it was asked about');
    },
    runtimes: {} as RuntimeDeps,
  });
  expect(() => judgeUnit(asking(), hidden)).toThrow('none of its processes may be read');
});

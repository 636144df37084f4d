import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/policy/policy.ts';
import { builtin, mustParse, policyHead, smallPolicy } from '../support/policy.ts';

const refuse = (more: string) => smallPolicy([`{ rule: r, reason: R, message: m, ${more} }`]);
const asked = ({ asksOfKind }: Policy) =>
  Object.fromEntries([...asksOfKind].map(([kind, facts]) => [kind, [...facts].sort()]));

describe('what a policy asks of the probe', () => {
  it.each<[name: string, policy: Policy, asks: string[], ofKinds: Record<string, string[]>]>([
    ['nothing', smallPolicy([]), [], { '': ['kind'], process: [] }],
    [
      'a condition, of its kind',
      refuse('kinds: [net], when: { state: up }'),
      ['state'],
      { '': ['kind'], process: [], net: ['state'] },
    ],
    [
      'a condition of every kind',
      refuse('when: { size: 1 }'),
      ['size'],
      { '': ['kind', 'size'], process: [] },
    ],
    [
      'words that show a fact: the costly ones are not read for it',
      smallPolicy([
        '{ rule: r, reason: R, kinds: [net], when: { state: up }, message: "{size} {pid}", lift: ["ghost={inode}"] }',
      ]),
      ['state'],
      { '': ['kind'], process: [], net: ['inode', 'pid', 'size', 'state'] },
    ],
    [
      'what accepts',
      smallPolicy([], ['{ rule: a, kinds: [plain], when: { good: true } }']),
      ['good'],
      { '': ['kind'], process: [], plain: ['good'] },
    ],
    [
      'the words where no rule accepts, and of the line',
      mustParse(
        `${policyHead.replace('no rule for {kind}', 'no rule for {name}')}line: "can't {size}"\naccept: [{ rule: any }]\n`,
      ),
      [],
      { '': ['name', 'size'] },
    ],
  ])('%s', (_, policy, asks, ofKinds) => {
    expect([...policy.asks].sort()).toEqual(asks);
    expect(asked(policy)).toEqual(ofKinds);
  });

  it.each(['criu', 'cr-check-file'])('%s: each fact that is asked for is asked of some kind', (name) => {
    const { asks, asksOfKind } = builtin(name);
    expect(asks.size).toBeGreaterThan(3);
    const ofKinds = new Set([...asksOfKind.values()].flatMap((facts) => [...facts]));
    expect([...asks].filter((fact) => !ofKinds.has(fact))).toEqual([]);
  });
});

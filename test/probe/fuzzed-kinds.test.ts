import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/policy/evaluate.ts';
import { readOptions } from '../../src/policy/options.ts';
import type { Outcome, Policy } from '../../src/policy/policy.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { failed } from '../../src/probe/proc.ts';
import { anything, loud, showing } from '../support/damage.ts';
import { fakeProc, type Tree } from '../support/fake-proc.ts';
import { fakeNative, fdinfoHead, fdTree } from '../support/fake-process.ts';
import { netTables } from '../support/net-tables.ts';
import { builtin } from '../support/policy.ts';
import { type Sample, samples, statOf } from '../support/samples.ts';

/** One file of each kind in a whole proc tree, some of which is damaged; judged by the policies that are shipped. */
const policies = [builtin('criu'), builtin('cr-check-file')];
const parts = ['texts', 'links', 'stats', 'lists'] as const;
type Spot = readonly [part: (typeof parts)[number], path: string];

function treeOf({ link, fdinfo = fdinfoHead(), ...sample }: Sample): Tree {
  const net = Object.fromEntries(Object.entries(netTables).map(([name, text]) => [`7/net/${name}`, text]));
  const named = { '7/fd/3': statOf({ link, ...sample }), [`1/root${link}`]: statOf({ link, ...sample }) };
  return fdTree(3, link, fdinfo, { stats: named, texts: net });
}

const spots = (tree: Tree): readonly Spot[] =>
  parts.flatMap((part) => Object.keys(tree[part] ?? {}).map((path): Spot => [part, path]));

function damagedTree(tree: Tree, damage: readonly (readonly [Spot, unknown])[]): Tree {
  const out = { ...tree } as Record<string, Record<string, unknown>>;
  for (const [[part, path], answer] of damage) out[part] = { ...out[part], [path]: loud(answer) };
  return out as Tree;
}

function damages(tree: Tree, how: (spot: Spot, answer: unknown) => fc.Arbitrary<unknown>, most: number) {
  return fc
    .uniqueArray(fc.constantFrom(...spots(tree)), { minLength: 1, maxLength: most })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((spot) => how(spot, tree[spot[0]]?.[spot[1]]).map((answer) => [spot, answer] as const)),
      ),
    );
}

interface Said {
  readonly outcome: Outcome | 'absent';
  readonly changed: boolean;
}
/** Of fd 3; or why nothing was read at all. */
function say(tree: Tree, { protocol }: Sample, policy: Policy): Said | { readonly errno: string } {
  const native = fakeNative({ protocols: protocol === undefined ? {} : { '/fake/7/fd/3': protocol } });
  const facts = createProbe(fakeProc(tree), native)({ pid: 7, type: 'process', asks: policy.asks });
  if (facts === 'kernel-thread') return { errno: facts };
  if (failed(facts)) return facts;
  const [process] = facts.processes;
  const file = process?.files.find(({ via, fd }) => via === 'fd' && fd === 3);
  const changed =
    process?.changed === true || process?.unread.some(({ facts: lost }) => lost.length === 0) === true;
  if (file === undefined) return { outcome: 'absent', changed };
  const evaluate = compilePolicy(policy, readOptions([], policy.options), policy.engineVersion);
  return { outcome: evaluate({ kind: file.kind, facts: file.facts, names: () => ({}) }).outcome, changed };
}

const cases = samples.flatMap((sample) =>
  policies.map((policy) => ({
    sample,
    policy,
    name: `${sample.kind} ${sample.link}, ${policy.name}`,
    tree: treeOf(sample),
  })),
);

describe('a proc tree that is damaged', () => {
  it('is of files that are allowed, and of files that are not', () => {
    const outcomes = cases.map(({ tree, sample, policy }) => say(tree, sample, policy));
    const number = (wanted: string) =>
      outcomes.filter((said) => 'outcome' in said && said.outcome === wanted).length;
    expect(number('allowed')).toBeGreaterThan(10);
    expect(number('refused')).toBeGreaterThan(20);
  });

  it.each(cases)('$name: damage that shows allows nothing', ({ tree, sample, policy }) => {
    const whole = say(tree, sample, policy);
    fc.assert(
      fc.property(
        damages(tree, ([part], answer) => showing(part === 'texts', answer), 3),
        (damage) => {
          const said = say(damagedTree(tree, damage), sample, policy);
          if (failed(said)) return;
          if (said.outcome === 'allowed') expect(whole).toMatchObject({ outcome: 'allowed' });
          if (said.outcome === 'absent') expect(said.changed).toBe(true);
        },
      ),
      { numRuns: 80 },
    );
  });

  it.each(cases)('$name: whatever is there, it is read to the end', ({ tree, sample, policy }) => {
    fc.assert(
      fc.property(
        damages(tree, (_, answer) => anything(answer), 8),
        (damage) => {
          const said = say(damagedTree(tree, damage), sample, policy);
          if (failed(said)) expect(said.errno).toMatch(/^(E[A-Z]+|kernel-thread)$/);
          else expect(['absent', 'allowed', 'needs-option', 'unknown', 'refused']).toContain(said.outcome);
        },
      ),
      { numRuns: 30 },
    );
  });
});

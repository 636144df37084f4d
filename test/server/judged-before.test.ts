import { describe, expect, it } from 'vitest';
import type { ProbeAnswer } from '../../src/probe/probe.ts';
import type { Trace } from '../../src/probe/trace/trace.ts';
import type { Judged } from '../../src/server/judge-unit.ts';
import { type BeforeSetup, judgedBefore } from '../../src/server/judged-before.ts';

/** A machine on which every unit has a state; `did` is what was done to tell of it, in order. */
function machine(setup: Partial<BeforeSetup> = {}, words = 100) {
  const did: string[] = [];
  const states = new Map<string, string>();
  const world = { preset: 'runc', stuck: false, changing: false, traceable: true };
  const stateOf = (key: string) => states.get(key) ?? 'as it was';
  const of = (key: string): ProbeAnswer => ({ errno: `${key} ${stateOf(key)}` });
  let asked = '';
  const trace = (): Trace => ({
    words: new Int32Array(words),
    texts: [`${asked} ${stateOf(asked)}`],
    readers: [],
    lists: [],
  });
  const judge = judgedBefore({
    tracer: {
      probe: () => {
        did.push('probed');
        return of(asked);
      },
      traced: () => {
        did.push('traced');
        return { answer: of(asked), trace: world.traceable ? trace() : undefined };
      },
      isUnchanged: ({ texts: [text] }) => {
        const same = text === `${asked} ${stateOf(asked)}`;
        did.push(same ? 'same' : 'other');
        return same;
      },
    },
    recurs: true,
    most: 1_000_000,
    avoids: () => world.stuck,
    ...setup,
  });
  const ask = (key = 'a'): string => {
    asked = key;
    const { preset } = world;
    const { judgement, notes } = judge({
      key,
      request: { pid: 1, type: 'tree', asks: new Set() },
      judge: (facts) => {
        if (stateOf(key) === 'gone') throw new Error('it is gone');
        const said = { processes: [], findings: [], changedDuringCheck: world.changing, said: facts };
        return { judgement: said, notes: [preset], tally: [] } as unknown as Judged;
      },
      holds: (judged) => judged.notes[0] === world.preset,
    });
    const { errno } = (judgement as unknown as { said: { errno: string } }).said;
    return `${errno} ${notes[0]}`;
  };
  const done = () => did.splice(0);
  return { ask, done, states, world };
}

describe('what was judged before', () => {
  it('is told again where what it rests on answers the same, and judged anew where not', () => {
    const { ask, done, states } = machine();
    expect([ask(), ask(), ask()]).toEqual(Array(3).fill('a as it was runc'));
    expect(done()).toEqual(['traced', 'same', 'same']);
    states.set('a', 'changed');
    expect([ask(), ask()]).toEqual(['a changed runc', 'a changed runc']);
    expect(done()).toEqual(['other', 'traced', 'same']);
  });

  it('is written down the second time, where it is not known that it recurs', () => {
    const { ask, done } = machine({ recurs: false });
    for (const _ of [1, 2, 3, 4]) ask();
    expect(done()).toEqual(['probed', 'traced', 'same', 'same']);
  });

  it('is of each unit by itself', () => {
    const { ask, done, states } = machine();
    for (const key of ['a', 'b', 'a', 'b']) ask(key);
    states.set('b', 'changed');
    expect([ask('a'), ask('b')]).toEqual(['a as it was runc', 'b changed runc']);
    expect(done()).toEqual(['traced', 'traced', 'same', 'same', 'same', 'other', 'traced']);
  });

  it('does not hold where its runtime gives other options', () => {
    const { ask, done, world } = machine();
    ask();
    world.preset = 'crun';
    expect(ask()).toBe('a as it was crun');
    expect(done()).toEqual(['traced', 'same', 'traced']);
  });

  it('is not looked for where something is left out of a probe, and holds again afterwards', () => {
    const { ask, done, world } = machine();
    ask();
    world.stuck = true;
    ask();
    world.stuck = false;
    ask();
    expect(done()).toEqual(['traced', 'probed', 'same']);
  });

  it('is not kept where it changed while it was read, where nothing can tell, or where it was an error', () => {
    const { ask, done, world, states } = machine();
    world.changing = true;
    ask();
    world.changing = false;
    world.traceable = false;
    ask();
    world.traceable = true;
    ask();
    ask();
    expect(done()).toEqual(['traced', 'traced', 'traced', 'same']);
    states.set('a', 'gone');
    expect(() => ask()).toThrow('it is gone');
    expect(() => ask()).toThrow('it is gone');
    states.delete('a');
    ask();
    expect(ask()).toBe('a as it was runc');
    expect(done().at(-1)).toBe('same');
  });

  it('is looked for less and less often where it keeps changing, and as always once it does not', () => {
    const { ask, done, states } = machine();
    const rounds = (number: number, change: boolean) => {
      for (let i = 0; i < number; i++) {
        if (change) states.set('a', String(i));
        ask();
      }
      return done();
    };
    const changing = rounds(200, true);
    expect(changing.filter((one) => one === 'probed').length).toBeGreaterThan(160);
    expect(changing.filter((one) => one === 'other').length).toBeLessThan(20);
    const calm = rounds(40, false);
    expect(calm.slice(20)).toEqual(Array(20).fill('same'));
    states.set('a', 'once more');
    ask();
    expect([ask(), done()]).toEqual(['a once more runc', ['other', 'traced', 'same']]);
  });

  it('has so many words, and what is asked for no more makes room', () => {
    // two have room
    const { ask, done } = machine({ most: 1000 });
    for (const key of ['a', 'b', 'c', 'a', 'b', 'c']) ask(key);
    expect(done()).toEqual(['traced', 'traced', 'traced', 'same', 'same', 'traced']);
    for (let i = 0; i < 80; i++) ask('c');
    done();
    ask('c');
    expect(done()).toEqual(['same']);
  });

  it('keeps no unit larger than all the room, and stays right', () => {
    const { ask, done, states } = machine({}, 2_000_000);
    ask();
    ask();
    states.set('a', 'changed');
    expect(ask()).toBe('a changed runc');
    expect(done()).toEqual(['traced', 'traced', 'traced']);
  });
});

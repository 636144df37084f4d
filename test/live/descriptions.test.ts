import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { FileFacts, TargetFacts } from '../../src/facts.ts';
import { loadNative } from '../../src/probe/native/koffi.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { failed, realProc } from '../../src/probe/proc.ts';
import { isRoot } from '../support/live.ts';

const { native, missing } = loadNative();

const passed = 20;
const own = 20;
const firstFd = 3;
const fdsPassed = passed * 3;
/** Which of the parent's descriptions the nth inherited fd is: each thrice, and none of them side by side. */
const descriptionOf = (nth: number): number => (nth * 7) % passed;

/** Opens more of the same file. */
const childScript = `
const fs = require('node:fs');
const own = Array.from({ length: ${own} }, () => fs.openSync('/dev/null', 'r'));
console.log(JSON.stringify(own));
process.stdin.resume();
`;

describe('fds of one open file description, by kcmp(2)', () => {
  const ofParent: number[] = [];
  let child: ChildProcess;
  let ofChild: readonly number[];
  beforeAll(async () => {
    for (let i = 0; i < passed; i++) ofParent.push(openSync('/dev/null', 'r'));
    const inherited = Array.from({ length: fdsPassed }, (_, nth) => ofParent[descriptionOf(nth)] as number);
    child = spawn(process.execPath, ['-e', childScript], {
      stdio: ['pipe', 'pipe', 'inherit', ...inherited],
    });
    if (child.stdout === null) throw new Error('no stdout');
    const [line] = await once(createInterface(child.stdout), 'line');
    ofChild = JSON.parse(String(line)) as number[];
  });
  afterAll(async () => {
    const ended = once(child, 'exit');
    child.stdin?.end();
    await ended;
    for (const fd of ofParent) closeSync(fd);
  });

  function probe({ skip }: TestContext, withNative: boolean): (fd: number) => FileFacts {
    const reason = !isRoot ? 'needs root' : withNative ? missing : undefined;
    if (reason !== undefined) {
      console.log(`skipped: open file descriptions: ${reason}`);
      skip(reason);
    }
    const ask = createProbe(realProc(), withNative ? native : undefined);
    const answer = ask({ pid: child.pid ?? 0, type: 'process', asks: new Set(['sharedOutside']) });
    if (answer === 'kernel-thread' || failed(answer)) throw new Error(JSON.stringify(answer));
    return (fd) => fileIn(answer, fd);
  }

  it('names each by the fds that are of it, in the process and in those above it', (context) => {
    const file = probe(context, true);
    for (let nth = 0; nth < fdsPassed; nth++) {
      const { sharedWith, facts } = file(firstFd + nth);
      const mine = sharedWith.filter(({ pid }) => pid === child.pid).map(({ fd }) => fd);
      const above = sharedWith.filter(({ pid }) => pid === process.pid).map(({ fd }) => fd);
      const same = Array.from({ length: fdsPassed }, (_, other) => other)
        .filter((other) => other !== nth && descriptionOf(other) === descriptionOf(nth))
        .map((other) => firstFd + other);
      expect({ nth, mine, above }).toEqual({ nth, mine: same, above: [ofParent[descriptionOf(nth)]] });
      expect(facts).toMatchObject({ sharedOutside: true, sharingInferred: false });
    }
  });

  it('leaves what it opened itself alone', (context) => {
    const file = probe(context, true);
    expect(ofChild).toHaveLength(own);
    for (const fd of ofChild)
      expect(file(fd)).toMatchObject({ sharedWith: [], facts: { sharedOutside: false } });
  });

  it('without kcmp: says that it infers, and not whether another process has it', (context) => {
    const { sharedWith, facts } = probe(context, false)(firstFd);
    // the same file, offset and flags: every one of them looks the same
    expect(sharedWith.length).toBeGreaterThanOrEqual(fdsPassed - 1);
    expect(facts).toMatchObject({ sharedOutside: null, sharingInferred: true });
  });
});

function fileIn({ processes }: TargetFacts, fd: number): FileFacts {
  const found = processes[0]?.files.find((file) => file.fd === fd);
  if (found === undefined) throw new Error(`no fd ${fd}`);
  return found;
}

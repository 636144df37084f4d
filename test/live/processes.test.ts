import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { type Built, build } from '../support/built.ts';
import { type Held, hold } from '../support/held.ts';
import { ask, isRoot, koffiMissing, outcomeOf, withNative, withoutNative } from '../support/live.ts';

const nobody = 65534;
const bothAssess = [
  ['with native calls', withNative],
  ['without', withoutNative],
] as const;

let held: Held;
beforeAll(async () => {
  held = await hold('zombie', 'pipe');
});
afterAll(() => held?.stop());

const kernelThread = (() => {
  try {
    return /\(kthreadd\)/.test(readFileSync('/proc/2/stat', 'latin1'));
  } catch {
    return false;
  }
})();

describe.each(bothAssess)('answers, %s', (_, assess) => {
  it('a pid that never was', () => {
    expect(outcomeOf(assess, 4_194_304)).toBe('ProcessNotFound');
  });

  it('a process that has ended', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    expect(outcomeOf(assess, child.pid ?? 0)).toBe('ProcessNotFound');
    expect(outcomeOf(assess, child.pid ?? 0, 'tree')).toBe('ProcessNotFound');
  });

  it.skipIf(!kernelThread)('a kernel thread (skipped where pid 2 is none that can be seen)', () => {
    expect(outcomeOf(assess, 2)).toBe('KernelThread');
  });

  it('a zombie: known to have no files, and nothing of it can be judged by the seed', (context) => {
    const { pid = 0 } = held.of(context, 'zombie');
    const report = ask(assess, pid);
    expect(report).toMatchObject({ verdict: 'unknown', counts: { processes: 1, files: 0 } });
    expect(report.processes[0]?.facts.state).toBe('Z');
  });

  it('itself, and its tree', () => {
    const report = ask(assess, process.pid);
    expect(report.target).toMatchObject({ type: 'process', pid: process.pid });
    expect(report.counts.files).toBeGreaterThan(5);
    expect(report.target.startTimeTicks).toBe(
      readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ')[19],
    );
  });

  it('a tree: the process and its children', (context) => {
    const { child } = held.of(context, 'pipe');
    const report = ask(assess, held.pid, 'tree');
    expect(report.processes.map(({ pid }) => pid)).toEqual(expect.arrayContaining([held.pid, child]));
    expect(report.processes[0]?.pid).toBe(held.pid);
  });

  it('processes that end while they are read: a report or "no such process", never a fault', async () => {
    const seen = { reports: 0, gone: 0 };
    const script = 'i=0; while [ $i -lt 200 ]; do /bin/true & i=$((i+1)); done; wait';
    const parent = spawn('/bin/sh', ['-c', script], { stdio: 'ignore' });
    const ended = once(parent, 'exit').then(() => true);
    for (
      let done = false;
      !done;
      done = await Promise.race([ended, new Promise<false>((r) => setImmediate(r, false))])
    ) {
      const pid = parent.pid ?? 0;
      const children = childrenOf(pid);
      for (const each of [...children.slice(-3), pid]) {
        const answer = outcomeOf(assess, each, each === pid ? 'tree' : 'process');
        if (typeof answer === 'string') expect(answer).toBe('ProcessNotFound');
        else expect(['ready', 'not-ready', 'unknown']).toContain(answer.verdict);
        seen[typeof answer === 'string' ? 'gone' : 'reports']++;
      }
    }
    expect(seen.reports + seen.gone).toBeGreaterThan(0);
  });
});

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

interface Answers {
  readonly answers: readonly (
    | { readonly report: Report; readonly code?: undefined }
    | { readonly code: string }
  )[];
  readonly nativeMissing?: string;
  readonly uid: number;
}

describe('without privileges', () => {
  let built: Built;
  beforeAll(() => {
    built = build({ koffi: true });
  });
  afterAll(() => built?.remove());

  it('the process of another user is unknown, and what could not be read is told', async () => {
    const other = isRoot ? held.pid : 1;
    const argument = { pids: [other, 4_194_304] };
    const { answers, uid } = await built.run<Answers>(
      'assess-once.js',
      argument,
      isRoot ? nobody : undefined,
    );
    expect(uid).not.toBe(0);
    const [foreign, missing] = answers;
    expect(missing).toMatchObject({ code: 'ProcessNotFound' });
    if (foreign === undefined || !('report' in foreign)) {
      // hidepid: it cannot even be seen
      expect(foreign?.code).toMatch(/^(ProcessNotFound|NotPermitted)$/);
      return;
    }
    const { report } = foreign;
    expect(report.verdict).toBe('unknown');
    expect(report.unread).toContainEqual({ pid: other, call: 'list fd', errno: 'EACCES', facts: [] });
    expect(report.processes[0]?.files.every(({ outcome }) => outcome !== 'allowed')).toBe(true);
    expect(report.reason).toBe('Unread');
  });

  it('its own processes are read', async () => {
    const { answers } = await built.run<Answers>('assess-once.js', { pids: [process.pid] });
    expect(answers[0]).toMatchObject({ report: { target: { pid: process.pid } } });
  });

  it('says why the native calls are missing where they are', async () => {
    const plain = build({ koffi: false });
    try {
      const { nativeMissing } = await plain.run<Answers>('assess-once.js', { pids: [process.pid] });
      expect(nativeMissing).toMatch(/koffi/);
      const there = await built.run<Answers>('assess-once.js', { pids: [] });
      expect(there.nativeMissing).toBe(koffiMissing);
    } finally {
      plain.remove();
    }
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { type Answer, type Daemon, get, type Holding, holding, startDaemon, until } from '../e2e/support.ts';
import { remove, temporary } from '../support/held.ts';
import { agentPid, helper, needsRoot, seen, tellSkipped } from './support/agent.ts';

const seconds = Number(process.env.HOSTILE_SECONDS ?? 20);
/** Once they have been given out Linux begins anew at 300 (RESERVED_PIDS): each pid is another's some tens of milliseconds later. */
const pidMax = 400;
const skip = tellSkipped('processes that come and go', needsRoot);

interface Pin {
  readonly pid: number;
  readonly startTimeTicks: string;
}

/** Two populations, each process of which has files of its own sort only; and what was heard of them. */
describe.skipIf(skip)('thousands of processes and files that come and go every second', () => {
  const heard = new Map<string, number>();
  const mixed: string[] = [];
  const strangers: string[] = [];
  const pins = { kept: 0, replaced: 0, gone: 0, wrong: 0 };
  /** Pids that were of a population when a tree was read. */
  const known: number[] = [];
  const seenOf = { checks: 0, trees: 0, sweeps: 0, processes: 0 };
  let dir: string;
  let daemon: Daemon;
  let before: Holding;
  let after: Holding;

  const count = (kind: keyof typeof seenOf, answer: Answer) => {
    seenOf[kind] += 1;
    const key = seen(answer);
    heard.set(key, (heard.get(key) ?? 0) + 1);
  };
  const ask = (path: string) => get(`${daemon.http}/v1/${path}`);

  /** Whatever a process is called, it has no file of the other sort. */
  function lookAt({ processes }: Report): void {
    for (const { pid, comm, files } of processes) {
      seenOf.processes += 1;
      const sort = /^(?:pop|zygote)-(.)$/.exec(comm)?.[1];
      const sorts = new Set(files.map(({ path }) => /\/([ab])-\d$/.exec(path)?.[1]).filter(Boolean));
      if ([...sorts].some((other) => other !== sort)) mixed.push(`${pid} ${comm}: ${[...sorts]}`);
    }
  }

  async function one(remembered: Pin[]): Promise<void> {
    const pid = known.pop() ?? 1;
    const answer = await ask(`processes/${pid}?scope=process&show=all`);
    count('checks', answer);
    if (answer.status !== 200) return;
    lookAt(answer.json);
    if (answer.json.target.comm.startsWith('pop-')) remembered.push(answer.json.target);
  }

  async function again({ pid, startTimeTicks }: Pin): Promise<void> {
    const answer = await ask(`processes/${pid}?scope=process&show=all&startTimeTicks=${startTimeTicks}`);
    count('checks', answer);
    if (answer.status === 412) pins.replaced += 1;
    else if (answer.status === 404) pins.gone += 1;
    else if (answer.json?.target?.startTimeTicks === startTimeTicks) pins.kept += 1;
    else pins.wrong += 1;
    if (answer.status === 200) lookAt(answer.json);
  }

  async function tree(zygote: number, sort: string): Promise<void> {
    const answer = await ask(`processes/${zygote}?show=all`);
    count('trees', answer);
    if (answer.status !== 200) return;
    lookAt(answer.json);
    const { processes } = answer.json as Report;
    known.splice(0, known.length, ...processes.slice(1).map(({ pid }) => pid));
    const others = processes.filter(({ comm }) => comm !== `pop-${sort}` && comm !== `zygote-${sort}`);
    strangers.push(...others.map(({ pid, comm }) => `${pid} ${comm} in the tree of zygote-${sort}`));
  }

  async function node(): Promise<void> {
    const answer = await ask('node?fresh=true&show=all&timeoutSeconds=60');
    count('sweeps', answer);
    if (answer.status !== 200) return;
    for (const part of [answer.json, ...answer.json.parts]) lookAt(part);
  }

  beforeAll(
    async () => {
      dir = temporary();
      const within = ['unshare', '-pf', '--kill-child', '--mount-proc', 'python3', helper('crowd.py')];
      daemon = await startDaemon({ within: [...within, String(pidMax), dir, '--'] });
      const zygotes = /^zygotes (\d+) (\d+)$/m.exec(daemon.output.stdout)?.slice(1).map(Number) ?? [];
      const agent = agentPid(daemon);
      const ends = performance.now() + seconds * 1000;
      const during = async (act: () => Promise<void>) => {
        while (performance.now() < ends) await act();
      };
      await Promise.all([one([]), one([]), node()]);
      before = holding(agent);
      const remembered: Pin[] = [];
      const pinned = async () => {
        const pin = remembered.shift();
        // its pid has been used again by then, or it is still there
        await (pin === undefined ? sleep(20) : again(pin));
      };
      await Promise.all([
        during(() => one(remembered)),
        during(() => one(remembered)),
        during(pinned),
        during(async () => {
          await tree(zygotes[0] as number, 'a');
          await tree(zygotes[1] as number, 'b');
        }),
        during(node),
      ]);
      await until(() => holding(agent).fds <= before.fds, 'no descriptor more than before').catch(() => {});
      after = holding(agent);
    },
    (seconds + 60) * 1000,
  );

  afterAll(async () => {
    daemon?.kill('SIGKILL');
    await daemon?.ended();
    if (dir) remove(dir);
  });

  it('it is as many as said, and pids are used again', () => {
    const [forks = 0, opened = 0] = ['1', '2'].map((at) =>
      [...daemon.output.stdout.matchAll(/^churn (\d+) (\d+)$/gm)]
        .slice(-2)
        .reduce((sum, match) => sum + Number(match[Number(at)]), 0),
    );
    const [noise = 0] = [...daemon.output.stdout.matchAll(/^noise (\d+)$/gm)]
      .map(([, at]) => Number(at))
      .slice(-1);
    const rates = { forks: Math.round((forks + noise) / seconds), opened: Math.round(opened / seconds) };
    console.log(
      JSON.stringify({ seconds, perSecond: rates, ...seenOf, pins, heard: Object.fromEntries(heard) }),
    );
    expect(rates.forks).toBeGreaterThan(200);
    expect(rates.opened).toBeGreaterThan(2000);
    expect(pins.replaced).toBeGreaterThan(0);
    expect(seenOf.sweeps).toBeGreaterThan(1);
    expect(seenOf.processes).toBeGreaterThan(100);
  });

  it('each answer is a report, or says that the process is gone or another one', () => {
    const expected = /^(200 .*|404 ProcessNotFound|412 TargetReplaced)$/;
    expect([...heard.keys()].filter((key) => !expected.test(key))).toEqual([]);
  });

  it('no report mixes two processes, no tree holds one of another', () => {
    expect(mixed).toEqual([]);
    expect(strangers).toEqual([]);
    expect(pins.wrong).toBe(0);
  });

  it('no descriptor, thread or child is left over, and it answers as ever', async () => {
    console.log(JSON.stringify({ before, after }));
    expect(after.fds).toBeLessThanOrEqual(before.fds);
    expect(after.threads).toBe(before.threads);
    // two that check, and one that sweeps
    expect(after.children.length).toBeLessThanOrEqual(3);
    expect((await get(`${daemon.http}/livez`)).status).toBe(200);
    expect((await ask('processes/1?scope=process')).status).toBe(200);
  });
});

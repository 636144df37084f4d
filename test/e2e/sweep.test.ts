import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { cgroupMaker } from '../support/cgroupfs.ts';
import { remove, temporary } from '../support/held.ts';
import { type Daemon, get, holding, isRoot, project, until, withDaemon } from './support.ts';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

async function scrape({ http }: Daemon): Promise<readonly Sample[]> {
  const { text } = await get(`${http}/metrics`);
  return [...text.matchAll(/^checkpointable_(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value]) => ({
      name,
      labels: Object.fromEntries(
        [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text]),
      ),
      value: Number(value),
    }),
  );
}

const sum = (
  samples: readonly Sample[],
  name: string,
  wanted: (labels: Sample['labels']) => boolean = () => true,
) =>
  samples
    .filter((one) => one.name === name && wanted(one.labels))
    .reduce((total, { value }) => total + value, 0);

const node = async ({ http }: Daemon, query = ''): Promise<Report> =>
  (await get(`${http}/v1/node${query}`)).json as Report;

const pids = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;
const seldom = ['--sweep-interval-seconds', '3600'];

describe('the whole node', () => {
  it('gauges and /v1/node say the same, of every process of the node', () =>
    withDaemon({ flags: seldom }, async (daemon) => {
      const before = pids();
      const [one, other] = await Promise.all([node(daemon), node(daemon)]);
      const after = pids();
      expect(one).toEqual(other);
      expect(one.target).toEqual({ type: 'node' });
      const samples = await scrape(daemon);
      const isFile = ({ kind }: Sample['labels']) => kind !== 'process';
      const { counts } = one;
      for (const [outcome, number] of [
        ['allowed', counts.allowed],
        ['needs-option', counts.needsOption],
        ['refused', counts.refused],
        ['unknown', counts.unknown],
      ] as const) {
        const is = sum(samples, 'files', (labels) => isFile(labels) && labels.outcome === outcome);
        expect([outcome, is]).toEqual([outcome, number]);
      }
      expect(sum(samples, 'blocked_files')).toBe(
        sum(samples, 'files', ({ outcome = '' }) => ['refused', 'unknown'].includes(outcome)),
      );
      const state = (wanted: string) => sum(samples, 'sweep_processes', (labels) => labels.state === wanted);
      expect(state('judged')).toBe(counts.processes);
      expect(one.parts.reduce((total, part) => total + part.counts.processes, 0)).toBe(counts.processes);
      const all = state('judged') + state('skipped') + state('left-out');
      // processes come and go on a machine that tests run on
      expect(all).toBeGreaterThan(Math.min(before, after) - 15);
      expect(all).toBeLessThan(Math.max(before, after) + 15);
      expect(sum(samples, 'sweep_timestamp_seconds')).toBeCloseTo(Date.parse(one.observedAt) / 1000, 2);
      expect(await node(daemon)).toEqual(one);
      expect(sum(await scrape(daemon), 'sweeps_total')).toBe(1);
    }));

  it('asked otherwise, it is another sweep, of as many processes; a wrong question is refused', () =>
    withDaemon({ flags: seldom }, async (daemon) => {
      const [usual, other] = await Promise.all([node(daemon), node(daemon, '?policy=cr-check-file')]);
      expect([usual.policy.name, other.policy.name]).toEqual(['criu', 'cr-check-file']);
      expect(Math.abs(usual.counts.processes - other.counts.processes)).toBeLessThan(15);
      expect(await node(daemon, '?option=file-locks')).toMatchObject({ options: { given: ['file-locks'] } });
      expect((await get(`${daemon.http}/v1/node?policy=none`)).json).toMatchObject({
        code: 'PolicyNotFound',
      });
      expect(sum(await scrape(daemon), 'sweeps_total')).toBe(1);
    }));

  it('interval 0: a scrape sweeps, and the next one does not at once', () =>
    withDaemon({ flags: ['--sweep-interval-seconds', '0', '--sweep-cpu-percent', '1'] }, async (daemon) => {
      await sleep(1000);
      // the first may have to start a probing process
      await until(async () => sum(await scrape(daemon), 'files') > 0, 'a scrape has swept');
      const first = await scrape(daemon);
      expect(sum(await scrape(daemon), 'sweep_timestamp_seconds')).toBe(
        sum(first, 'sweep_timestamp_seconds'),
      );
      expect(sum(first, 'sweeps_total')).toBe(1);
    }));

  it('no time for it: 504 that says how far it is, and the sweep goes on', () =>
    withDaemon({ flags: [...seldom, '--workers', '1'] }, async (daemon) => {
      await get(`${daemon.http}/v1/processes/${process.pid}?scope=process`);
      const [checker] = holding(daemon.pid).children;
      const asked = get(`${daemon.http}/v1/node?timeoutSeconds=0.5`);
      // it is started for the sweep, and takes longer for that than this
      const sweeper = () => holding(daemon.pid).children.find((child) => child !== checker);
      await until(() => sweeper() !== undefined, 'a process that sweeps');
      const child = sweeper() ?? 0;
      process.kill(child, 'SIGSTOP');
      const late = await asked;
      expect(late.json).toMatchObject({ status: 504, code: 'DeadlineExceeded' });
      expect(late.json.detail).toContain('the node is not listed yet; no sweep has ended yet');
      process.kill(child, 'SIGCONT');
      expect((await node(daemon)).counts.processes).toBeGreaterThan(0);
    }));

  it('keeps to its share of one core', () =>
    withDaemon(
      { flags: ['--sweep-interval-seconds', '1', '--sweep-cpu-percent', '5', '--workers', '1'] },
      async (daemon) => {
        await node(daemon);
        const children = holding(daemon.pid).children;
        // one for checks, and one for sweeps
        const [, child = 0] = children;
        const spent = () => {
          const fields = readFileSync(`/proc/${child}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
          return (Number(fields[11]) + Number(fields[12])) * 10;
        };
        const said = async () => sum(await scrape(daemon), 'sweep_cpu_seconds_total') * 1000;
        const [cpuBefore, began] = [spent(), performance.now()];
        const saidBefore = await said();
        await sleep(25_000);
        const share = (spent() - cpuBefore) / (performance.now() - began);
        console.log(
          `sweeps took ${(share * 100).toFixed(1)} % of one core, ${Math.round((await said()) - saidBefore)} of ${spent() - cpuBefore} ms said`,
        );
        expect(share).toBeLessThan(0.1);
        expect(holding(daemon.pid).children).toEqual(children);
        expect(children).toHaveLength(2);
      },
    ));
});

/** Processes that process 1 takes over: each is a tree of its own. */
async function orphans(number: number): Promise<readonly number[]> {
  const script = `for i in $(seq ${number}); do setsid sleep 600 >/dev/null 2>&1 & echo $!; done`;
  const pids = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trim().split('\n').map(Number);
  const parent = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[1];
  await until(() => pids.every((pid) => parent(pid) === '1'), 'process 1 has taken them over');
  return pids;
}

describe('a part that hangs', () => {
  const built = <T>(name: string) => import(join(project, 'dist/server', name)) as Promise<T>;

  it('costs its deadline and is unknown; the rest is judged, and others are answered meanwhile', async () => {
    const { Engine } = await built<typeof import('../../src/server/engine.ts')>('engine.js');
    const { createSweep } = await built<typeof import('../../src/server/sweep/sweep.ts')>('sweep/sweep.js');
    const { unjudgedBy } = await built<typeof import('../../src/server/sweep/setup.ts')>('sweep/setup.js');
    const { createLocalAssess } = await built<typeof import('../../src/server/local.ts')>('local.js');
    const setup = { procRoot: '/proc', policyFolders: [], defaultPolicy: 'criu', detectedVersions: {} };
    const engine = new Engine({ workers: 2, maxWaiting: 10, setup });
    const trees = await orphans(8);
    const [victim] = trees.slice(-1);
    let other: Promise<Report> | undefined;
    const sweep = createSweep({
      request: { target: { type: 'node' }, options: [], show: 'blocking' },
      intervalMs: 0,
      cpuShare: 1,
      lanes: 1,
      sliceTimeoutMs: 3000,
      unjudged: unjudgedBy({ ...setup, policies: createLocalAssess(setup).policies }),
      ended: () => {},
      ask: (request, deadlineMs) => {
        const names = request.sweep === 'judge' ? request.slices.map(({ name }) => name) : [];
        const hangs = names.includes(`process ${victim}`);
        for (const child of hangs ? holding(process.pid).children : []) process.kill(child, 'SIGSTOP');
        const reply = engine.sweep(request, deadlineMs);
        if (hangs) {
          other ??= engine.check(
            { target: { type: 'tree', pid: process.pid }, options: [], show: 'blocking' },
            30_000,
          );
        }
        return reply;
      },
    });
    try {
      const { report, skipped } = await sweep.now(50_000);
      expect(skipped.filter(({ reason }) => reason === 'DeadlineExceeded')).toHaveLength(1);
      const late = report.parts.filter(({ reason }) => reason === 'DeadlineExceeded');
      expect(late).toMatchObject([{ verdict: 'unknown', counts: { processes: 0 } }]);
      const judged = report.parts
        .filter(({ counts }) => counts.processes > 0)
        .map(({ target }) => target.pid);
      expect(trees.filter((pid) => !judged.includes(pid))).toEqual([victim]);
      expect((await other)?.target.pid).toBe(process.pid);
    } finally {
      engine.stop();
      for (const pid of trees) process.kill(pid);
    }
  });
});

const cgroups = cgroupMaker();
const missing = isRoot ? cgroups.missing : 'needs root to make cgroups';
if (missing) console.log(`skipped: pods in the gauges: ${missing}`);

describe.skipIf(missing !== undefined)(`pods${missing ? ` (${missing})` : ''}`, () => {
  const hex = process.pid.toString(16).padStart(12, '0');
  const children: ChildProcess[] = [];
  let dir: string;
  let flags: readonly string[];

  async function start(uid: string, id: string, script: string): Promise<ChildProcess> {
    const child = spawn('setsid', ['sh', '-c', script], { stdio: 'ignore', cwd: '/' });
    children.push(child);
    await once(child, 'spawn');
    const cgroup = `${cgroups.root}/kubepods/burstable/pod${uid}/${id}`;
    cgroups.make(cgroup);
    cgroups.enter(cgroup, child.pid ?? 0);
    return child;
  }

  const uidOf = (digit: string) => `5b9a3d7e-${digit.repeat(4)}-4222-8333-${hex}`;
  const idOf = (digit: string) => `${digit.repeat(8)}${hex}`.padEnd(64, '0');
  let held: ChildProcess;

  beforeAll(async () => {
    dir = temporary();
    const [logs, links] = [join(dir, 'pods'), join(dir, 'containers')];
    mkdirSync(links, { recursive: true });
    for (const [name, digit] of [
      ['free', '7'],
      ['held', '8'],
    ] as const) {
      mkdirSync(join(logs, `sweep_${name}_${uidOf(digit)}`, 'web'), { recursive: true });
      symlinkSync('/dev/null', join(links, `${name}_sweep_web-${idOf(digit)}.log`));
    }
    await start(uidOf('7'), idOf('7'), 'exec sleep 600');
    held = await start(uidOf('8'), idOf('8'), 'exec 3</dev/loop-control; exec sleep 600');
    flags = ['--pod-logs', logs, '--container-logs', links, '--kubelet', join(dir, 'kubelet')];
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await sleep(300);
    cgroups.remove();
    remove(dir);
  });

  it('have their verdicts, each a series where it is wanted, and none once they are gone', () =>
    withDaemon(
      {
        flags: [
          ...flags,
          '--sweep-interval-seconds',
          '1',
          '--sweep-cpu-percent',
          '100',
          '--pod-metrics',
          'true',
        ],
      },
      async (daemon) => {
        const ours = async () =>
          (await scrape(daemon)).flatMap(({ name, labels }) =>
            name === 'pod_verdict' && labels.namespace === 'sweep' ? [`${labels.pod} ${labels.verdict}`] : [],
          );
        await until(async () => (await ours()).length === 2, 'both are seen');
        expect((await ours()).sort()).toEqual(['free ready', 'held not-ready']);
        const samples = await scrape(daemon);
        expect(sum(samples, 'pods', ({ verdict }) => verdict === 'not-ready')).toBeGreaterThan(0);
        expect(sum(samples, 'containers')).toBeGreaterThanOrEqual(2);
        expect(sum(samples, 'pod_series_dropped')).toBeLessThan(sum(samples, 'pods'));
        held.kill('SIGKILL');
        await until(async () => (await ours()).length === 1, 'one is gone');
        expect(await ours()).toEqual(['free ready']);
      },
    ));
});

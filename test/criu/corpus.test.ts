import { mkdtemp, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { loadNative } from '../../src/probe/native/koffi.ts';
import { createProbe, type Probe, scanner } from '../../src/probe/probe.ts';
import { realProc } from '../../src/probe/proc.ts';
import { createTracer } from '../../src/probe/trace/tracer.ts';
import { type Assess, createAssess } from '../../src/server/assess.ts';
import { AgentError } from '../../src/server/errors.ts';
import { defaultHost, hostDeps } from '../../src/server/host.ts';
import { type JudgeQuestion, judgedAnew, judgedBefore } from '../../src/server/judged-before.ts';
import { createLocalAssess } from '../../src/server/local.ts';
import { aheadInTurn } from '../support/ahead-in-turn.ts';
import { iterating, iteratorMissing } from '../support/iterating.ts';
import {
  agrees,
  type Prediction,
  predictionOf,
  reasonRight,
  refusedBy,
  saidBy,
  type Trial,
} from './compare.ts';
import { dump, findCriu, type Run, restore } from './criu.ts';
import { fill, type Holder, killTree, startHolder } from './holder.ts';
import { printTable, summarize } from './results.ts';
import { situations } from './situations/index.ts';
import type { Situation } from './situations/situation.ts';

const setup = { procRoot: '/proc', policyFolders: [], defaultPolicy: 'criu', detectedVersions: {} };
const { proc, policies } = createLocalAssess(setup);
const { native } = loadNative();
const assessBy = (probe: Probe): Assess => assessJudgedBy(judgedAnew(probe));
const assessJudgedBy = (judge: JudgeQuestion): Assess =>
  createAssess({ ...setup, policies, judge, ...hostDeps(defaultHost, proc) });
// as little is read of each file as of those of a large target
const assess = assessBy(createProbe(proc, native, scanner(proc, native, { fewFds: 0 })));
// or fdinfo of each, as a second thread reads it
const assessAhead = assessBy(createProbe(native?.proc(realProc(), aheadInTurn()) ?? proc, native));
// or what the kernel's iterator tells of them
const assessTold = assessBy(createProbe(iterating?.proc(realProc()) ?? proc, iterating));
if (iteratorMissing !== undefined)
  console.log(`files are not told by the kernel's iterator: ${iteratorMissing}`);
// or what was judged before, where everything it rests on answers the same
const again = { asked: 0, same: 0 };
const tracer = createTracer(iterating?.proc(realProc()) ?? proc, iterating, 1);
const assessAgain = assessJudgedBy(
  judgedBefore({
    tracer: {
      ...tracer,
      isUnchanged: (...trace) => {
        const same = tracer.isUnchanged(...trace);
        again.asked += 1;
        again.same += same ? 1 : 0;
        return same;
      },
    },
    recurs: true,
    most: 2 ** 24,
    avoids: () => false,
  }),
);
const chosen = situations.filter(({ name }) => name.includes(process.env.SITUATION ?? ''));

/** What is no target at all (a kernel thread) is refused by an error, which counts as a report that refuses. */
function ask(
  pid: number,
  options: readonly string[],
  show: 'blocking' | 'all' = 'blocking',
  by: Assess = assess,
): Report {
  try {
    return by({ target: { type: 'tree', pid }, options, show });
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return refusedBy(error, pid);
  }
}

/** What is found where only what the policy needs is read, and not where more is, or the other way round. */
function differently(holder: Holder, options: readonly string[]): readonly string[] {
  const lines = (report: Report) =>
    report.findings.map(({ rule, outcome, pid, file, message }) =>
      JSON.stringify([rule, outcome, pid, file?.via, file?.fd, file?.path, message]),
    );
  const less = lines(ask(holder.pid, options));
  const more = [
    ask(holder.pid, options, 'all'),
    ask(holder.pid, options, 'blocking', assessAhead),
    ask(holder.pid, options, 'blocking', assessTold),
    ...[1, 2].map(() => ask(holder.pid, options, 'blocking', assessAgain)),
  ].map(lines);
  return more.flatMap((all) => [
    ...less.filter((line) => !all.includes(line)),
    ...all.filter((line) => !less.includes(line)),
  ]);
}

async function inFolder<T>(run: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'checkpointable-criu-'));
  try {
    return await run(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

interface Tried {
  readonly trials: Trial[];
  readonly different: readonly string[];
  readonly skipped?: string;
}

/** One situation: asked and dumped bare, then with the options we name, then with those that were seen to help. */
async function tryOne(situation: Situation): Promise<Tried> {
  const holder = await startHolder(situation.name);
  if ('skip' in holder) return { trials: [], different: [], skipped: holder.skip };
  try {
    const given = fill(situation.options ?? [], holder.vars);
    let different = differently(holder, given);
    // a holder may still be closing what it was started with
    for (let again = 0; different.length > 0 && again < 3; again++) {
      await sleep(200);
      different = differently(holder, given);
    }
    const lift = situation.lift === undefined ? undefined : fill(situation.lift, holder.vars);
    const bare = ask(holder.pid, given);
    const trials = [await trial(situation, holder, given, bare, lift)];
    if (situation.dump === 'hazard') return { trials, different };
    if (bare.verdict === 'ready-with-options') {
      const named = [...given, ...bare.options.needed];
      trials.push(await trial(situation, holder, named, ask(holder.pid, named), undefined));
    }
    if (lift !== undefined) {
      const known = [...given, ...lift];
      trials.push(await trial(situation, holder, known, ask(holder.pid, known), undefined));
    }
    const restored = await tryRestore(situation, holder, [...given, ...(lift ?? [])]);
    return { trials: [...trials, ...restored], different };
  } finally {
    await holder.stop();
  }
}

async function trial(
  situation: Situation,
  { pid, blame }: Holder,
  options: readonly string[],
  report: Report,
  lift: readonly string[] | undefined,
): Promise<Trial> {
  const link =
    blame.fd === undefined ? undefined : await readlink(`/proc/${pid}/fd/${blame.fd}`).catch(() => undefined);
  const run: Run | 'hazard' =
    situation.dump === 'hazard' ? 'hazard' : await inFolder((dir) => dump(pid, options, dir));
  const actual = run === 'hazard' ? 'hazard' : run.ok ? 'ok' : 'refused';
  const prediction: Prediction = predictionOf(report);
  const bareRefusal = actual === 'refused' && situation.dump === 'refused' && lift !== undefined;
  const compare =
    actual !== 'ok' &&
    agrees({ prediction, actual }) === true &&
    (bareRefusal || situation.liftFails === true);
  return {
    name: situation.name,
    options,
    prediction,
    actual,
    ...(compare
      ? { reasonRight: reasonRight(report, blame, lift, link, run === 'hazard' ? [] : run.errors) }
      : {}),
    said: `we: ${saidBy(report) || report.verdict} | criu: ${run === 'hazard' ? 'not tried' : run.errors.slice(0, 3).join(' / ') || 'ok'}`,
  };
}

/** Dumps for good and restores; what we said of the restore is compared with what happens. */
async function tryRestore(
  situation: Situation,
  holder: Holder,
  options: readonly string[],
): Promise<Trial[]> {
  // an external file needs --inherit-fd, an own mount namespace --root: a matter of the restore's command line
  const elsewhere =
    options.some((option) => option.startsWith('external=')) || situation.rows.includes('B4.17');
  if (situation.restore === undefined || elsewhere) return [];
  const report = ask(holder.pid, options);
  return inFolder(async (dir) => {
    const dumped = await dump(holder.pid, options, dir, 'killed');
    if (!dumped.ok) return [];
    await killTree(holder.pid);
    const restored = await restore(options, dir);
    if (restored.ok) await killTree(holder.pid);
    const failsSaid = report.findings.some(
      ({ phase, outcome }) => phase === 'restore' && outcome !== 'warning',
    );
    return [
      {
        name: `${situation.name} (restore)`,
        options,
        prediction: failsSaid ? 'refused' : 'ok',
        actual: restored.ok ? 'ok' : 'refused',
        said: `we: ${saidBy(report) || report.verdict} | criu: ${restored.errors.slice(0, 3).join(' / ') || 'ok'}`,
      },
    ];
  });
}

it(`agrees with criu on ${chosen.length} situations`, async () => {
  console.log(`criu: ${findCriu()}`);
  const queue = [...chosen];
  const trials: Trial[] = [];
  const broken: string[] = [];
  const different: string[] = [];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const result = await tryOne(next).catch((error: Error) => {
        broken.push(`${next?.name}: ${error.message}`);
        return { trials: [], different: [], skipped: undefined };
      });
      if (result.different.length > 0) different.push(`${next.name}: ${result.different.join(' ')}`);
      trials.push(...result.trials);
      if (result.skipped !== undefined) console.log(`skipped ${next.name}: ${result.skipped}`);
    }
  };
  await Promise.all([worker(), worker()]);
  const summary = summarize(trials);
  printTable(summary, trials);
  console.log(`judged before: of ${again.asked} asked again ${again.same} answered the same`);
  expect(broken, 'situations that could not be tried').toEqual([]);
  expect(different, 'judged by less than all there is to read').toEqual([]);
  expect(summary.wrongReady, 'said ready, and the dump failed').toEqual([]);
  if (chosen.length < situations.length) return; // the shares are of the whole
  expect(again.same).toBeGreaterThan(0.8 * again.asked);
  expect(summary.falseRefusals.length).toBeLessThanOrEqual(0.02 * summary.refusals);
  expect(summary.reasonsRight).toBeGreaterThanOrEqual(0.98 * summary.reasons);
  expect(summary.unknown.length).toBeLessThanOrEqual(0.03 * summary.dumps);
});

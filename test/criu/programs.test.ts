import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLocalAssess } from '../../src/server/local.ts';
import { agrees, predictionOf, saidBy, type Trial } from './compare.ts';
import { dump } from './criu.ts';
import { type Program, programs, type Running, runs } from './programs.ts';
import { printTable, summarize } from './results.ts';

const { assess } = createLocalAssess({
  procRoot: '/proc',
  policyFolders: [],
  defaultPolicy: 'criu',
  detectedVersions: {},
});
const chosen = programs.filter(({ name }) => name.includes(process.env.PROGRAM ?? ''));

/** What runc gives to CRIU by RPC in every checkpoint. */
const runcOptions = ['orphan-pts-master'];

async function inFolder<T>(run: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'checkpointable-program-'));
  try {
    return await run(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Asked and dumped bare, and with the options we name; a container is dumped by its runtime. */
async function tryProgram(program: Program, running: Running): Promise<Trial[]> {
  const trials: Trial[] = [];
  const fixed = running.dump === undefined ? [] : runcOptions;
  const one = async (options: readonly string[]) => {
    const { pid } = running;
    const report = assess({
      target: { type: 'tree', pid },
      options: [...fixed, ...options],
      show: 'blocking',
    });
    const run = await inFolder((dir) => running.dump?.(options, dir) ?? dump(pid, options, dir));
    const errors = 'errors' in run ? (run as { errors: readonly string[] }).errors : [run.log.slice(-300)];
    trials.push({
      name: program.name,
      options,
      prediction: predictionOf(report),
      actual: run.ok ? 'ok' : 'refused',
      said: `we: ${saidBy(report) || report.verdict} | criu: ${run.ok ? 'ok' : errors.slice(0, 3).join(' / ')}`,
    });
    return report;
  };
  const bare = await one([]);
  if (bare.verdict === 'ready-with-options') await one(bare.options.needed);
  return trials;
}

it(`agrees with criu on ${chosen.length} real programs`, async () => {
  const trials: Trial[] = [];
  for (const program of chosen) {
    if (!(await runs(program.binary))) {
      console.log(`skipped ${program.name}: no ${program.binary}, from ${program.packages.join(' ')}`);
      continue;
    }
    await inFolder(async (dir) => {
      const running = await program.start(dir);
      try {
        trials.push(...(await tryProgram(program, running)));
      } finally {
        await running.stop();
      }
    });
  }
  printTable(summarize(trials), trials);
  const enough = Math.min(12, chosen.length);
  expect(trials.length, 'programs that could be started').toBeGreaterThanOrEqual(enough);
  const wrong = trials.filter((trial) => agrees(trial) !== true).map(({ name, said }) => `${name}: ${said}`);
  expect(wrong).toEqual([]);
});

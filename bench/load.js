import { existsSync, readFileSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { evaluationUs } from './evaluation.js';
import { paceOf } from './floor.js';
import { table } from './print.js';
import { ask, population, startAgent } from './processes.js';
import { median, percentile } from './stats.js';

const processes = Number(process.env.BENCH_PROCESSES ?? 200);
const seconds = Number(process.env.BENCH_LOAD_SECONDS ?? 15);
const perSecond = 20;

/** One target of 1,000 files, asked about 20 times a second while the node is swept; 200 who ask at once; and the start. */
export async function benchLoad({ dir, keep }) {
  keep(await population(processes, 500, dir));
  const one = keep(await population(1, 1000, dir));
  const pace = paceOf(dir);
  const paced = (number, digits) => `${number.toFixed(digits)} (${(number / pace).toFixed(digits)})`;
  const delayFile = join(dir, 'loop-delay');
  process.env.NODE_OPTIONS = `--import ${fileURLToPath(new URL('./loop-delay.js', import.meta.url))}`;
  process.env.BENCH_LOOP_DELAY = delayFile;
  const agent = keep(await startAgent());
  delete process.env.NODE_OPTIONS;
  const url = `${agent.http}/v1/processes/${one.pids[0]}`;
  const loopDelay = async () => {
    rmSync(delayFile, { force: true });
    process.kill(agent.pid, 'SIGUSR2');
    for (let i = 0; i < 200 && !existsSync(delayFile); i++) await sleep(10);
    return JSON.parse(readFileSync(delayFile, 'utf8'));
  };
  for (let i = 0; i < 40; i++) await ask(url);
  await loopDelay();

  const rows = [];
  const during = async (what, run) => {
    const times = await run();
    const { max } = await loopDelay();
    rows.push([
      what,
      paced(median(times), 1),
      paced(percentile(times, 99), 1),
      String(times.length),
      paced(max, 1),
    ]);
  };
  const steadily = () => atRate(url, perSecond, seconds);
  await during(`${perSecond} requests a second, alone`, steadily);
  const sweeps = sweepOn(agent.http);
  await during(`${perSecond} requests a second, while the node is swept`, steadily);
  await sweeps.stop();
  await during('200 at once for the same', () => atOnce(url, 200));
  console.log(
    table([['one target of 1,000 files', 'p50 ms', 'p99 ms', 'answers', 'loop held up, most ms'], ...rows]),
  );

  const starts = [];
  for (let i = 0; i < 5; i++) {
    const other = await startAgent();
    starts.push(other.startMs);
    await other.stop();
  }
  console.log(`start until it listens: ${paced(median(starts), 0)} ms, goal 300 ms`);
  for (const [policy, us] of evaluationUs(one.pids[0]))
    console.log(`${policy}: ${paced(us, 2)} µs a file to evaluate, goal 0.5 µs`);
  console.log('in brackets: at the pace of the machine that the goals were set on');
}

/** Milliseconds of each answer, asked for at its time whether those before have come or not. */
async function atRate(url, rate, forSeconds) {
  const by = new Agent({ keepAlive: true });
  const answers = [];
  for (let i = 0; i < rate * forSeconds; i++) {
    const begun = performance.now();
    answers.push(ask(url, by).then(() => performance.now() - begun));
    await sleep(1000 / rate);
  }
  const times = await Promise.all(answers);
  by.destroy();
  return times;
}

async function atOnce(url, many) {
  const by = new Agent({ keepAlive: true });
  const begun = performance.now();
  const times = await Promise.all(
    Array.from({ length: many }, () => ask(url, by).then(() => performance.now() - begun)),
  );
  by.destroy();
  return times;
}

/** One sweep after the other, as fast as they go. */
function sweepOn(http) {
  let on = true;
  const by = new Agent({ keepAlive: true });
  const running = (async () => {
    while (on) await ask(`${http}/v1/node?fresh=true&timeoutSeconds=60`, by);
  })();
  return {
    stop: async () => {
      on = false;
      await running;
      by.destroy();
    },
  };
}

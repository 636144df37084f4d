import { peers } from './peers.js';
import { table } from './print.js';
import { ask, population, startAgent } from './processes.js';
import { median, percentile, sample } from './stats.js';

const processes = Number(process.env.BENCH_PROCESSES ?? 200);
const files = Number(process.env.BENCH_FILES ?? 500);
const requests = Number(process.env.BENCH_REQUESTS ?? 300);
const goalMs = 15;
const policies = ['criu', 'cr-check-file'];

/** How long one process of 500 files takes, alone and among 100,000 others, and what its peers take for it. */
export async function benchCheck({ dir, keep, stopAll }) {
  const measure = async (title, many) => {
    const held = keep(await population(many, files, dir));
    const agent = keep(await startAgent());
    const pid = held.pids[Math.floor(held.pids.length / 2)];
    const rows = [];
    for (const policy of policies) {
      const url = `${agent.http}/v1/processes/${pid}?policy=${policy}`;
      await sample(30, () => ask(url));
      const inside = [];
      const times = await sample(requests, async () => {
        inside.push((await ask(url)).durationMs);
      });
      rows.push({ title, what: `checkpointable, ${policy}`, times, inside });
    }
    for (const { what, run, times } of peers(pid))
      rows.push({ title, what, times: await sample(times, run) });
    await stopAll();
    return rows;
  };
  const small = await measure(`1 process, ${files} files`, 1);
  const big = await measure(`${processes} processes, ${processes * files} files`, processes);
  const isReference = ({ what }) => /^(lsfd|loop)/.test(what);
  const rows = [small, big].flatMap((part) =>
    part.map(({ title, what, times, inside }) => [
      title,
      what,
      median(times).toFixed(1),
      percentile(times, 99).toFixed(1),
      inside ? median(inside).toFixed(1) : '',
      (median(times) / median(part.find(isReference).times)).toFixed(2),
    ]),
  );
  const reference = small.find(isReference).what;
  console.log(
    table([['machine', 'what', 'median ms', 'p99 ms', 'of it probing', `× ${reference}`], ...rows]),
  );
  const ms = median(big[0].times);
  console.log(
    `criu, among them all: ${ms.toFixed(1)} ms, goal < ${goalMs} ms: ${ms < goalMs ? 'met' : 'MISSED'}`,
  );
}

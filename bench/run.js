// How long the agent takes for one process of 500 files, alone and among 200 processes with 100,000 open files, and
// how that compares with lsfd, lsof and a bare loop in the same run:   npm run build && npm run bench
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peers } from './peers.js';
import { describeMachine, table } from './print.js';
import { ask, population, startAgent } from './processes.js';
import { median, percentile, sample } from './stats.js';

const processes = Number(process.env.BENCH_PROCESSES ?? 200);
const files = Number(process.env.BENCH_FILES ?? 500);
const requests = Number(process.env.BENCH_REQUESTS ?? 300);
const goalMs = 15;
const policies = ['criu', 'cr-check-file'];

const dir = mkdtempSync(join(tmpdir(), 'checkpointable-bench-'));
const started = [];
const end = () => {
  for (const one of started.splice(0).reverse()) one.stop();
  rmSync(dir, { recursive: true, force: true });
};
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    end();
    process.exit(1);
  });
}

/** Everything that is measured on one machine, small or full. */
async function measure(title, many) {
  const held = await population(many, files, dir);
  started.push(held);
  const agent = await startAgent();
  started.push(agent);
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
  for (const { what, run, times: many } of peers(pid))
    rows.push({ title, what, times: await sample(many, run) });
  for (const one of started.splice(0).reverse()) one.stop();
  return rows;
}

try {
  console.log(describeMachine());
  const small = await measure(`1 process, ${files} files`, 1);
  const big = await measure(`${processes} processes, ${processes * files} files`, processes);
  const reference = (rows) =>
    median(rows.find(({ what }) => what.startsWith('lsfd') || what.startsWith('loop')).times);
  const rows = [small, big].flatMap((part) =>
    part.map(({ title, what, times, inside }) => [
      title,
      what,
      median(times).toFixed(1),
      percentile(times, 99).toFixed(1),
      inside ? median(inside).toFixed(1) : '',
      (median(times) / reference(part)).toFixed(2),
    ]),
  );
  const first = small.concat(big).find(({ what }) => /^(lsfd|loop)/.test(what)).what;
  console.log(table([['machine', 'what', 'median ms', 'p99 ms', 'of it probing', `× ${first}`], ...rows]));
  for (const { what, times } of big.filter(({ inside }) => inside)) {
    const ms = median(times);
    console.log(
      `${what}: median ${ms.toFixed(1)} ms, goal < ${goalMs} ms: ${ms < goalMs ? 'met' : 'MISSED'}`,
    );
  }
} finally {
  end();
}

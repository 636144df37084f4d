import { readFileSync, writeFileSync } from 'node:fs';
import { plot } from './plot.js';
import { table } from './print.js';
import { ask, population, residentMb, startAgent } from './processes.js';
import { median } from './stats.js';

const sizes = (process.env.BENCH_SIZES ?? '1000,10000,100000,1000000').split(',').map(Number);
const single = Math.min(Number(process.env.BENCH_SINGLE ?? 500_000), fdLimit() - 100);
const filesEach = 500;
const runs = 3;

/** A sweep that takes longer than anyone may wait goes on, and is asked for again. */
async function askPatiently(url) {
  for (let times = 1; ; times++) {
    try {
      return await ask(url);
    } catch (error) {
      if (times === 5) throw error;
    }
  }
}

/** What one process may have here: only CAP_SYS_RESOURCE raises it. */
function fdLimit() {
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
}

/** How a sweep grows with the files there are, in time and memory; and one process with as many as it may have, up to half a million. */
export async function benchGrowth({ dir, keep, stopAll }) {
  const rows = [];
  const measure = async (what, processes, files) => {
    keep(await population(processes, files, dir));
    const agent = keep(await startAgent());
    const sweep = async () => {
      const { counts, durationMs } = await askPatiently(`${agent.http}/v1/node?fresh=true&timeoutSeconds=60`);
      return { ms: durationMs, files: counts.files };
    };
    await sweep();
    const later = [];
    for (let i = 0; i < runs; i++) later.push(await sweep());
    const ms = median(later.map((one) => one.ms));
    const found = later[0].files;
    rows.push({ what, found, ms, resident: residentMb(agent.pid) });
    await stopAll();
  };
  for (const size of sizes) await measure(`${size / filesEach} processes`, size / filesEach, filesEach);
  if (single > 0) await measure(`1 process of ${single}`, 1, single);
  console.log(
    table([
      ['what', 'files', 'ms', 'µs a file', 'resident MB: daemon + probing'],
      ...rows.map(({ what, found, ms, resident }) => [
        what,
        String(found),
        ms.toFixed(0),
        ((ms * 1000) / found).toFixed(1),
        resident.join(' + '),
      ]),
    ]),
  );
  if (process.env.BENCH_PLOT) {
    const points = rows.filter(({ what }) => what.includes('processes')).map(({ found, ms }) => [found, ms]);
    writeFileSync(process.env.BENCH_PLOT, plot(points, 'files on the node', 'ms for a sweep'));
  }
}

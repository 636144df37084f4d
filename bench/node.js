import { compileFloor } from './floor.js';
import { timesOf, toolThere } from './peers.js';
import { table } from './print.js';
import { ask, population, residentMb, startAgent } from './processes.js';
import { median } from './stats.js';

const processes = Number(process.env.BENCH_PROCESSES ?? 200);
const files = Number(process.env.BENCH_FILES ?? 500);
const runs = 5;
const policies = ['criu', 'cr-check-file'];

/**
 * Judging every file of the node: the first sweep of a new agent and later ones, for the counts of each part and with all
 * findings; lsfd, lsof, and the bare calls in C.
 */
export async function benchNode({ dir, keep }) {
  keep(await population(processes, files, dir));
  const rows = [];
  const add = (what, found, ms) => {
    rows.push({ what, found, ms });
  };
  for (const policy of policies) {
    const agent = keep(await startAgent());
    const sweep = async (show) => {
      const begun = performance.now();
      const url = `${agent.http}/v1/node?fresh=true&timeoutSeconds=60&policy=${policy}&show=${show}`;
      const { counts } = await ask(url);
      return { ms: performance.now() - begun, files: counts.files };
    };
    const several = async (show) => {
      const later = [];
      for (let i = 0; i < runs; i++) later.push(await sweep(show));
      return { files: later[0].files, ms: median(later.map(({ ms }) => ms)) };
    };
    const first = await sweep('counts');
    add(`checkpointable, ${policy}, first`, first.files, first.ms);
    const later = await several('counts');
    add(`checkpointable, ${policy}, later`, later.files, later.ms);
    console.log(
      `${policy}: resident ${residentMb(agent.pid).join(' + ')} MB (the daemon, and each that probes)`,
    );
    const whole = await several('blocking');
    add(`checkpointable, ${policy}, later, with findings`, whole.files, whole.ms);
    await agent.stop();
  }
  for (const [name, args] of [
    ['lsfd', []],
    ['lsof', ['-n', '-P', '-w']],
  ]) {
    if (!toolThere(name)) {
      console.log(`left out: ${name} is not there`);
      continue;
    }
    const { lines, ms } = await timesOf(name, args, runs);
    add([name, ...args].join(' '), lines - 1, ms);
  }
  const floor = compileFloor(dir);
  for (const mode of floor === undefined ? [] : ['links', 'reads']) {
    const { files: found, ms } = floor(mode, runs);
    add(`C, ${mode} alone, one thread`, found, ms);
  }
  const perFile = ({ found, ms }) => (ms * 1000) / found;
  const of = (pattern) => rows.find(({ what }) => pattern.test(what));
  const [lsfd, reads] = [of(/^lsfd/), of(/reads/)];
  const ratio = (row, other) => (other === undefined ? '' : (perFile(row) / perFile(other)).toFixed(2));
  console.log(
    table([
      ['what', 'files', 'ms', 'µs a file', '× lsfd', '× C reads'],
      ...rows.map((row) => [
        row.what,
        String(row.found),
        row.ms.toFixed(0),
        perFile(row).toFixed(1),
        ratio(row, lsfd),
        ratio(row, reads),
      ]),
    ]),
  );
  for (const policy of policies) {
    const [first, later] = [of(RegExp(`${policy}, first`)), of(RegExp(`${policy}, later$`))];
    const share = ((100 * later.ms) / first.ms).toFixed(0);
    const faster = lsfd
      ? `, ${(perFile(lsfd) / perFile(later)).toFixed(1)} times as fast as lsfd (goal 5)`
      : '';
    const floor = reads ? `, ${ratio(later, reads)} times the reads in C (goal 1.3)` : '';
    console.log(`${policy}: a later sweep takes ${share} % of the first (goal 40)${faster}${floor}`);
  }
}

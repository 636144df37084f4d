// Asks an engine the same thing several times, and tells what the process held before and after:
//   node engine-run.js '{"pid": 1, "times": 10, "deadlineMs": 1500, "procRoot": "/proc"}'
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Engine } from '../dist/server/engine.js';

const { pid, times, deadlineMs, procRoot } = JSON.parse(process.argv[2] ?? '{}');
const setup = { procRoot, policyFolders: [], defaultPolicy: 'cr-check-file', detectedVersions: {} };
const engine = new Engine({ workers: 2, maxWaiting: 10, setup });

const held = () => ({
  fds: readdirSync('/proc/self/fd').length,
  threads: readdirSync('/proc/self/task').length,
  children: readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').split(' ').filter(Boolean)
    .length,
});

const question = { target: { type: 'process', pid }, options: [], show: 'all' };

async function once() {
  const started = performance.now();
  const said = await engine.check(question, deadlineMs).then(
    (report) => ({ report }),
    (error) => ({ code: error.code }),
  );
  return { ...said, ms: performance.now() - started };
}

const answers = [await once()];
await sleep(200);
const before = held();
for (let i = 1; i < times; i++) answers.push(await once());
await sleep(300);
const after = held();
// another request, meanwhile, is not delayed: two at once
const [first, second] = await Promise.all([once(), once()]);
engine.stop();
process.stdout.write(JSON.stringify({ answers, before, after, together: [first.ms, second.ms] }), () =>
  process.exit(0),
);

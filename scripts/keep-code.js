// The other half of a start is compiling: the programs are run once, and the code that V8 makes of them is kept in
// dist/bundled/code for `src/bundled.ts`. It is of use to the same node under the same flags, those of `npm start`.
// Without it a start takes longer, and that is all.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const code = 'dist/bundled/code';
const hook = new URL('./keep-code-hook.js', import.meta.url).href;
/** Each program that was told to has a file here once it is done. */
const done = mkdtempSync(join(tmpdir(), 'checkpointable-code-'));
const env = { ...process.env, NODE_OPTIONS: `--import ${hook}`, KEEP_CODE_DONE: done };
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const flags = scripts.start.split(' ').filter((word) => word.startsWith('--'));
const withinMs = 30_000;

async function runDaemon() {
  const quiet = '--log-level silent --sweep-interval-seconds 0';
  const free = '--http 127.0.0.1:0 --grpc 127.0.0.1:0 --grpc-socket none';
  const all = [...flags, 'dist/main.js', 'serve', ...`${free} ${quiet}`.split(' ')];
  const daemon = spawn(process.execPath, all, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(daemon, 'exit');
  const late = setTimeout(() => daemon.kill('SIGKILL'), withinMs);
  try {
    const http = await addressOf(daemon);
    const own = `v1/processes/${process.pid}`;
    for (const path of [
      own,
      `${own}?show=all`,
      'v1/node?fresh=true',
      'v1/policies',
      'readyz?verbose',
      'metrics',
    ])
      await (await fetch(`${http}/${path}`)).text();
    // the agent, and who probes for checks and for sweeps
    const programs = [daemon.pid, ...childrenOf(daemon.pid)];
    for (const pid of programs) process.kill(pid, 'SIGUSR2');
    while (readdirSync(done).length < programs.length) {
      if (daemon.killed || daemon.exitCode !== null) throw new Error('not all programs have written theirs');
      await sleep(50);
    }
  } finally {
    clearTimeout(late);
    daemon.kill('SIGTERM');
    await ended;
  }
}

async function addressOf(daemon) {
  for await (const line of createInterface(daemon.stdout)) {
    const http = /REST (\S+)/.exec(line)?.[1];
    if (http) return http;
  }
  throw new Error('the agent does not start');
}

const childrenOf = (pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

function runCommand(...args) {
  try {
    execFileSync(process.execPath, ['dist/main.js', ...args], { env, timeout: withinMs, stdio: 'ignore' });
  } catch (error) {
    // a verdict, as 1 for not ready
    if (error.signal || error.status === null || error.status >= 64) throw error;
  }
}

rmSync(code, { recursive: true, force: true });
try {
  await runDaemon();
  // of this process: it ends with the status of the verdict
  runCommand('check', String(process.pid));
  runCommand('policies');
  console.log(`code of ${readdirSync(code).length} programs is kept`);
} catch (error) {
  rmSync(code, { recursive: true, force: true });
  console.log(`no code is kept, so starts take longer: ${error.message}`);
} finally {
  rmSync(done, { recursive: true, force: true });
}

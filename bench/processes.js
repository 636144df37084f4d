import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const hold = fileURLToPath(new URL('./hold.py', import.meta.url));
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** So many processes with so many open files each. */
export async function population(processes, files, parent) {
  const dir = mkdtempSync(join(parent, 'files-'));
  const child = spawn('/usr/bin/python3', [hold, String(processes), String(files), dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => {
      throw new Error('the population did not come about');
    }),
  ]);
  const pids = JSON.parse(line);
  const stop = async () => {
    child.stdin.end();
    await ended;
    // they end when they see that it has: the last of their files may take a while
    for (let i = 0; i < 2400 && pids.some(holds); i++) await sleep(50);
    rmSync(dir, { recursive: true, force: true });
  };
  return { pids, stop };
}

/** Whether a process still has files; a zombie has none. */
function holds(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`).length > 0;
  } catch {
    return false;
  }
}

/** Flags of node that `npm start` starts it with. */
const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const nodeFlags = scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** The built daemon, on free ports. It sweeps when it is asked to. */
export async function startAgent(...more) {
  const flags = ['--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0', '--grpc-socket', 'none'];
  flags.push('--log-level', 'silent', '--client-rate', '0', '--client-checks', '0');
  flags.push('--sweep-interval-seconds', '0', ...more);
  // node would read certificates of this workplace before anything else, for 30 to 60 ms
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const begun = performance.now();
  const child = spawn(process.execPath, [...nodeFlags, main, 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  for await (const line of createInterface(child.stdout)) {
    const http = /REST (\S+)/.exec(line)?.[1];
    if (http) return { http, pid: child.pid, startMs: performance.now() - begun, stop };
  }
  throw new Error('the daemon does not start: npm run build');
}

/** Resident memory in MB: of the daemon, then of each of its children. */
export function residentMb(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return [pid, ...children].map((one) => {
    const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1];
    return Math.round(Number(kb) / 1024);
  });
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** The report, over a connection that is kept. */
export const ask = (url, by = agent) =>
  new Promise((resolve, reject) => {
    get(url, { agent: by }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (part) => {
        text += part;
      });
      reply.on('end', () => {
        if (reply.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${reply.statusCode}: ${text}`));
      });
    }).on('error', reject);
  });

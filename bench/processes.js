import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const hold = fileURLToPath(new URL('./hold.py', import.meta.url));
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** So many processes with so many open files each. */
export async function population(processes, files, dir) {
  const child = spawn('/usr/bin/python3', [hold, String(processes), String(files), dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(() => {
      throw new Error('the population did not come about');
    }),
  ]);
  return { pids: JSON.parse(line), stop: () => child.stdin.end() };
}

/** The built daemon, on free ports. */
export async function startAgent() {
  const flags = [
    '--http',
    '127.0.0.1:0',
    '--grpc',
    '127.0.0.1:0',
    '--grpc-socket',
    'none',
    '--log-level',
    'silent',
    '--client-rate',
    '0',
  ];
  const child = spawn(process.execPath, [main, 'serve', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) {
    const http = /REST (\S+)/.exec(line)?.[1];
    if (http) return { http, pid: child.pid, stop: () => child.kill('SIGTERM') };
  }
  throw new Error('the daemon does not start: npm run build');
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** The report, over a connection that is kept. */
export function ask(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (reply) => {
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
}

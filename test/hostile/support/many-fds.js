// Holds so many fds, in as many processes as it takes, until stdin ends.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

const [wanted, each] = process.argv.slice(2).map(Number);
const own = Math.min(wanted, each);
for (let at = 0; at < own; at++) openSync('/etc/passwd', 'r');
if (wanted > own) {
  const args = [process.argv[1], String(wanted - own), String(each)];
  const next = spawn(process.execPath, args, { stdio: ['inherit', 'pipe', 'inherit'] });
  next.stdout.once('data', () => console.log(process.pid));
} else console.log(process.pid);
process.stdin.resume().once('end', () => process.exit(0));

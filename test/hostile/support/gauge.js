// Loaded into the daemon by --import. On SIGUSR2 it collects garbage, and writes what the process holds and the longest
// time its main loop was busy since the last one.
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// a probing process inherits NODE_OPTIONS
if (process.argv[2] === 'serve') {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  const everyMs = 5;
  let longestMs = 0;
  let at = performance.now();
  let cpu = process.cpuUsage();
  setInterval(() => {
    const { user, system } = process.cpuUsage(cpu);
    const gapMs = performance.now() - at;
    // what others took of the CPU is not its doing
    const busyMs = Math.min(gapMs - everyMs, (user + system) / 1000);
    longestMs = Math.max(longestMs, busyMs);
    at += gapMs;
    cpu = process.cpuUsage();
  }, everyMs).unref();
  process.on('SIGUSR2', () => {
    const busyMs = longestMs;
    gc();
    gc();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    const handles = process.getActiveResourcesInfo().length;
    const path = process.env.HOSTILE_GAUGE;
    writeFileSync(`${path}.new`, JSON.stringify({ rss, heapUsed, arrayBuffers, handles, busyMs }));
    renameSync(`${path}.new`, path);
    longestMs = 0;
    at = performance.now();
    cpu = process.cpuUsage();
  });
}

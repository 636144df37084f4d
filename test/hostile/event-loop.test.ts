import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { get } from '../e2e/support.ts';
import { knock } from './support/sockets.ts';
import {
  answersOthers,
  type Level,
  levelAtRest,
  settled,
  startWatched,
  type WatchedDaemon,
} from './support/watched-daemon.ts';

const openFiles = Number(/^Max open files +\S+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
const fds = 100_000;
/** In one process. */
const each = Math.min(fds, openFiles - 500);

/**
 * The promise is 20 ms, and is what is measured where nothing else runs. Before the answer was made where the check
 * runs it was 2,100 ms: a test among others only has to tell these two apart.
 */
const mostMs = 200;

describe(`a tree that holds ${fds} files`, () => {
  let holder: ChildProcess;
  let daemon: WatchedDaemon;
  let before: Level;
  let url: string;
  beforeAll(async () => {
    holder = spawn(
      process.execPath,
      [join(import.meta.dirname, 'support/many-fds.js'), String(fds), String(each)],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    daemon = await startWatched({ flags: ['--workers', '3'] });
    const [pid] = await once(holder.stdout as NonNullable<typeof holder.stdout>, 'data');
    url = `${daemon.http}/v1/processes/${Number(String(pid))}`;
    before = await levelAtRest(daemon);
  });
  afterAll(async () => {
    holder?.stdin?.end();
    await daemon?.stop();
  });

  it('its report is told whole, and nobody is kept waiting, not by one who does not read it either', async () => {
    const whole = `${url}?show=all&format=json&timeoutSeconds=60`;
    const request = `GET ${whole.replace(daemon.http, '')} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const small = `${daemon.http}/v1/processes/${daemon.target}?scope=process&format=json&timeoutSeconds=60`;
    // connections of their own end with their answers
    const ask = (from: string) => get(from, { headers: { connection: 'close' } });
    // one question, and one who does not read the answer
    const { socket } = knock({ host: '127.0.0.1', port: daemon.httpPort }, request);
    socket.once('data', () => socket.pause());
    const [json, text, ...others] = await Promise.all([
      ask(whole),
      // of one of its processes
      ask(`${url}?show=all&format=text&scope=process&timeoutSeconds=60`),
      ...Array.from({ length: 200 }, (_, at) => ask(`${small}&option=ghost-limit%3D${at + 1}`)),
    ]);
    expect([json.status, text.status]).toEqual([200, 200]);
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([200]));
    const { busyMs, heapMiB } = await daemon.level();
    console.log(
      `the main loop was busy for ${busyMs} ms at most, with an answer of ${json.text.length} bytes`,
    );
    expect(busyMs).toBeLessThan(mostMs);

    const report = json.json as Report;
    expect(report.counts.files).toBeGreaterThanOrEqual(fds);
    expect(report.processes.reduce((sum, { files }) => sum + files.length, 0)).toBe(report.counts.files);
    const lines = text.text.split('\n').filter((line) => line.includes('/etc/passwd'));
    expect(lines.length).toBeGreaterThanOrEqual(each);

    // a node is joined in the agent
    const node = await ask(`${daemon.http}/v1/node?show=all&fresh=true&format=json&timeoutSeconds=60`);
    expect(node.status).toBe(200);
    const swept = node.json as Report;
    // where much else runs it may miss its deadline
    expect(swept.notes.join()).toMatch(
      /findings and files of \d+ parts are left out here|not judged: .*Deadline/,
    );
    const { busyMs: sweepMs } = await daemon.level();
    console.log(`the main loop was busy for ${sweepMs} ms at most, with a node of ${node.text.length} bytes`);
    expect(sweepMs).toBeLessThan(mostMs);

    // it is held for who does not read it, beside whom others are answered
    expect(heapMiB).toBeGreaterThan(before.heapMiB + 20);
    expect(await answersOthers(daemon)).toEqual([200, 200]);
    socket.destroy();
    expect(await settled(daemon, before)).toBe('as before');
  }, 150_000);
});

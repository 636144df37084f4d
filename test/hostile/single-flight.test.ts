import { afterAll, beforeAll, expect, it } from 'vitest';
import { get, holding, until } from '../e2e/support.ts';
import { connectTo } from '../server/grpc/client.ts';
import { startWatched, type WatchedDaemon } from './support/watched-daemon.ts';

const askers = 200;
let daemon: WatchedDaemon;
beforeAll(async () => {
  daemon = await startWatched({ flags: ['--workers', '1', '--max-waiting', '1'] });
});
afterAll(() => daemon?.stop());

const workers = async () => (await get(`${daemon.http}/readyz?verbose`)).text;

it(`${askers} requests at the same time for the same process cost one probe`, async () => {
  const url = `${daemon.http}/v1/processes/${daemon.target}?scope=process&format=json&timeoutSeconds=60`;
  await get(url);
  // the only probing process waits, so all of them are there before it answers
  const [probe = 0] = holding(daemon.pid).children;
  process.kill(probe, 'SIGSTOP');
  const running = Array.from({ length: askers }, () => get(url));
  await until(async () => /1 of 1 probing, 0 checks waiting/.test(await workers()), 'it probes');
  // over gRPC it is another question: the one check that may wait, and no third
  const client = connectTo(daemon.grpc);
  const message = { target: { pid: daemon.target, scope: 'process' } };
  const calls = Array.from({ length: askers }, () =>
    client.call('Check', message, { deadline: Date.now() + 60_000 }),
  );
  await until(async () => /1 of 1 probing, 1 checks waiting/.test(await workers()), 'another one waits');
  const third = await get(`${url}&option=file-locks`);
  expect(third.json).toMatchObject({ status: 429, code: 'TooBusy' });
  process.kill(probe, 'SIGCONT');
  const answers = await Promise.all(running);
  expect(answers.map(({ status }) => status)).toEqual(Array(askers).fill(200));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  const told = (await Promise.all(calls)).map(
    ({ message: report }) => `${report.observedAt} ${report.durationMs}`,
  );
  expect(told).toHaveLength(askers);
  expect(new Set(told).size).toBe(1);
  client.close();
});

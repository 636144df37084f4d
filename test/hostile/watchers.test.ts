import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../e2e/support.ts';
import { connectTo } from '../server/grpc/client.ts';
import { type Knock, knock } from './support/sockets.ts';
import {
  answersOthers,
  type Level,
  levelAtRest,
  metric,
  settled,
  startWatched,
  type WatchedDaemon,
} from './support/watched-daemon.ts';

/** Of one caller; who comes over the unix socket is another one than who comes over TCP. */
const ofOneCaller = 250;

describe('500 watchers, half of them SSE, half of them gRPC', () => {
  let daemon: WatchedDaemon;
  let before: Level;
  let streams: readonly Knock[] = [];
  let client: ReturnType<typeof connectTo>;
  let calls: ReturnType<typeof client.stream>[] = [];
  beforeAll(async () => {
    daemon = await startWatched();
    before = await levelAtRest(daemon);
  });
  afterAll(() => daemon?.stop());

  const request = () =>
    `GET /v1/processes/${daemon.target}/watch?scope=process&intervalSeconds=2 HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const watchers = () => metric(daemon, 'checkpointable_watchers');
  const watch = () =>
    client.stream('Watch', {
      check: { target: { pid: daemon.target, scope: 'process' } },
      intervalSeconds: 2,
    });

  it('each has its report, and all together cost one look', async () => {
    const looks = () => metric(daemon, 'checkpointable_checks_total{target="process"');
    const counted = await looks();
    const started = performance.now();
    client = connectTo(`unix:${daemon.socket}`);
    calls = Array.from({ length: ofOneCaller }, watch);
    let reports = 0;
    for (const call of calls) call.on('error', () => {}).once('data', () => (reports += 1));
    streams = Array.from({ length: ofOneCaller }, () =>
      knock({ host: '127.0.0.1', port: daemon.httpPort }, request()),
    );
    for (const { socket } of streams) socket.once('data', () => (reports += 1));
    await until(() => reports === 2 * ofOneCaller, 'all have their report');
    // one each two seconds, and one more for who came just before the next
    const most = 2 + (performance.now() - started) / 2000;
    expect((await looks()) - counted).toBeLessThanOrEqual(most);
    expect(await watchers()).toBe(2 * ofOneCaller);
  });

  it('one more of the same caller is told so, over both; others are answered meanwhile', async () => {
    const more = knock({ host: '127.0.0.1', port: daemon.httpPort }, request());
    more.socket.end();
    expect(await more.closed).toMatch(/^HTTP\/1\.1 429 [\s\S]*"code":"TooManyWatchers"/);
    const [error] = await once(watch().resume(), 'error').catch((thrown) => [thrown]);
    expect(error.metadata.get('checkpointable-code')).toEqual(['TooManyWatchers']);
    expect(await answersOthers(daemon)).toEqual([200, 200]);
  });

  it('when they leave, all is as before', async () => {
    for (const { socket } of streams) socket.destroy();
    client.close();
    for (const call of calls) call.cancel();
    await until(async () => (await watchers()) === 0, 'none of them is left');
    expect(await settled(daemon, before)).toBe('as before');
  });
});

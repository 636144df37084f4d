import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../e2e/support.ts';
import { connectTo } from '../server/grpc/client.ts';
import { type Crowd, crowd } from './support/sockets.ts';
import {
  answersOthers,
  eventually,
  type Level,
  levelAtRest,
  metric,
  settled,
  startWatched,
  type WatchedDaemon,
} from './support/watched-daemon.ts';

/** node raises its soft limit to the hard one by itself: ours and the daemon's. */
const openFiles = Number(/^Max open files +\S+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
const size = 10_000;
const missing =
  openFiles > size + 1000 ? undefined : `needs ${size + 1000} open files, may have ${openFiles}`;
if (missing) console.log(`skipped: ${size} connections: ${missing}`);

const limits = { connections: 2000, ofOne: 500 };
const servers = [
  ['REST', 'rest', (daemon: WatchedDaemon) => daemon.httpPort],
  ['gRPC', 'grpc', (daemon: WatchedDaemon) => daemon.grpcPort],
] as const;

describe.skipIf(missing !== undefined)(`idle connections${missing ? ` (${missing})` : ''}`, () => {
  let daemon: WatchedDaemon;
  let before: Level;
  let crowds: Crowd[] = [];
  beforeAll(async () => {
    daemon = await startWatched();
    before = await levelAtRest(daemon);
  });
  afterAll(async () => {
    for (const one of crowds) one.leave();
    await daemon?.stop();
  });

  const refusedBy = (server: string) =>
    metric(daemon, `checkpointable_refused_connections_total{server="${server}"}`);
  const listPolicies = async () => {
    const client = connectTo(daemon.grpc);
    const { error } = await client.call('ListPolicies', {}, { deadline: Date.now() + 10_000 });
    client.close();
    return error?.message ?? 'answered';
  };

  it.each(servers)(
    '10,000 idle connections to %s of one address leave room for others',
    async (_, server, portOf) => {
      const refused = await refusedBy(server);
      const many = await crowd(portOf(daemon), '127.0.0.2', size);
      crowds.push(many);
      expect((await refusedBy(server)) - refused).toBeGreaterThanOrEqual(size - 2 * limits.ofOne);
      // those that are refused are connected for a moment
      await eventually(() => many.open() <= limits.ofOne, 'the limit holds');
      expect(await answersOthers(daemon)).toEqual([200, 200]);
      expect(await listPolicies()).toBe('answered');
    },
  );

  it('of many addresses: as many as may be in all, and those who say nothing make room in ten seconds', async () => {
    const addresses = Array.from({ length: 6 }, (_, at) => `127.0.1.${at + 1}`);
    const enter = async (port: number) => {
      for (const address of addresses) crowds.push(await crowd(port, address, limits.ofOne));
    };
    await Promise.all(servers.map(([, , portOf]) => enter(portOf(daemon))));
    const open = () => crowds.reduce((sum, one) => sum + one.open(), 0);
    await eventually(() => open() <= 2 * limits.connections, 'the limit holds');
    expect(open()).toBeGreaterThan(limits.connections);
    // its own connection is one of those that find no room before
    await sleep(10_000);
    await until(
      async () => (await answersOthers(daemon).catch(() => [])).length === 2,
      'there is room again',
    );
    await eventually(() => crowds.every((one) => one.open() === 0), 'all who said nothing are closed');
    expect(await listPolicies()).toBe('answered');
    crowds = [];
    expect(await settled(daemon, before)).toBe('as before');
  });
});

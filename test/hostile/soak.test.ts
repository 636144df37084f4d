import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post } from '../e2e/support.ts';
import { connectTo } from '../server/grpc/client.ts';
import { type Held, hold } from '../support/held.ts';
import { knock } from './support/sockets.ts';
import { type Level, levelAtRest, startWatched, type WatchedDaemon } from './support/watched-daemon.ts';

/** By hand: CHECKPOINTABLE_SOAK_SECONDS=600 npm run test:hostile -- soak. */
const seconds = Number(process.env.CHECKPOINTABLE_SOAK_SECONDS ?? 25);
const warmUp = 0.2;

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

describe(`mixed load for ${seconds} s`, () => {
  let daemon: WatchedDaemon;
  let held: Held;
  beforeAll(async () => {
    [daemon, held] = await Promise.all([
      startWatched({ flags: ['--sweep-interval-seconds', '5'] }),
      hold('tcp', 'null', 'pipe'),
    ]);
    await levelAtRest(daemon);
  });
  afterAll(async () => {
    await Promise.all([daemon?.stop(), held?.stop()]);
  });

  const statuses = new Map<string, number>();
  const count = (status: string | number) =>
    statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1);
  let over = false;
  /** One after the other, until it is over: the load follows what the daemon can do. */
  const keep = async (pauseMs: number, one: (turn: number) => Promise<unknown>) => {
    for (let turn = 0; !over; turn++) {
      await one(turn);
      await sleep(pauseMs);
    }
  };

  it(
    'memory, handles, fds, children, threads and latency stay where they are, and nothing fails',
    async () => {
      const { http, target } = daemon;
      const client = connectTo(daemon.grpc);
      const targets = [
        `processes/${target}?`,
        `processes/${held.pid}?`,
        `processes/${held.pid}?scope=process&`,
        `processes/${held.pid}/ready?`,
      ];
      const policies = ['criu', 'cr-check-file'];
      const forms = ['format=json', 'format=text', 'format=json&show=all', 'format=text&show=all'];
      const pick = <T>(list: readonly T[], turn: number): T => list[turn % list.length] as T;
      const latencies: { readonly at: number; readonly ms: number }[] = [];
      const levels: (Level & { readonly at: number })[] = [];
      const began = performance.now();
      const share = () => (performance.now() - began) / (seconds * 1000);

      const check = async (turn: number) => {
        const started = performance.now();
        const url = `${http}/v1/${pick(targets, turn)}policy=${pick(policies, turn >> 2)}&${pick(forms, turn >> 3)}&timeoutSeconds=60`;
        const { status, type } = await get(url);
        // a gate says 503 of what is unknown, which is no failure
        if (status < 500 || type.includes('problem')) count(status);
        latencies.push({ at: share(), ms: performance.now() - started });
      };
      const overGrpc = async (turn: number) => {
        const check = { target: { pid: pick([target, held.pid], turn) }, policy: pick(policies, turn) };
        const { error } = await client.call('Check', check, { deadline: Date.now() + 60_000 });
        count(`gRPC ${error?.code ?? 0}`);
      };
      const watch = async (turn: number) => {
        const path = `/v1/processes/${pick([target, held.pid], turn)}/watch?intervalSeconds=1`;
        const { socket, closed } = knock(
          { host: '127.0.0.1', port: daemon.httpPort },
          `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
        );
        const stream = client.stream('Watch', { check: { target: { pid: held.pid } }, intervalSeconds: 1 });
        stream.on('error', () => {}).resume();
        await sleep(300 + (turn % 5) * 200);
        stream.cancel();
        socket.destroy();
        count((await closed).slice(9, 12) || 'no answer yet');
      };
      const wrong = async (turn: number) => {
        const urls = [
          '/v1/processes/0',
          '/v1/processes/4194304',
          '/v1/nothing',
          '/v1/policies/none',
          `/v1/processes/${target}?show=none`,
        ];
        count((await get(http + pick(urls, turn))).status);
        count((await post(`${http}/v1/check`, { requests: [{}, { target: { pid: target } }] })).status);
        await knock({ host: '127.0.0.1', port: daemon.httpPort }, 'no HTTP\r\n\r\n').closed;
      };
      const look = async () => {
        levels.push({ ...(await daemon.level()), at: share() });
        over = share() >= 1;
      };
      const metrics = async () => count((await get(`${http}/metrics`)).status);
      const batch = async () => {
        const requests = [target, held.pid, process.pid].map((pid) => ({ target: { pid } }));
        count((await post(`${http}/v1/check?timeoutSeconds=60`, { requests })).status);
      };
      await Promise.all([
        ...[
          keep(5, check),
          keep(5, (turn) => check(turn + 5)),
          keep(20, overGrpc),
          keep(50, watch),
          keep(50, watch),
        ],
        ...[keep(200, wrong), keep(1000, metrics), keep(500, batch), keep(seconds * 20, look)],
      ]);
      client.close();

      const third = <T extends { readonly at: number }>(rows: readonly T[], last: boolean) =>
        rows.filter(
          ({ at }) => at > warmUp && (last ? at > 1 - (1 - warmUp) / 3 : at < warmUp + (1 - warmUp) / 3),
        );
      const both = (what: (rows: boolean) => number) => [what(false), what(true)] as const;
      const level = (what: keyof Level) =>
        both((last) => median(third(levels, last).map((one) => one[what])));
      const latency = both(
        (last) => Math.round(median(third(latencies, last).map(({ ms }) => ms)) * 10) / 10,
      );
      const figures = {
        latencyMs: latency,
        ...Object.fromEntries(
          (['rssMiB', 'heapMiB', 'handles', 'fds', 'threads', 'children', 'busyMs'] as const).map((what) => [
            what,
            level(what),
          ]),
        ),
      };
      console.log(
        `first and last third: ${JSON.stringify(figures)}; answers: ${JSON.stringify(Object.fromEntries(statuses))}`,
      );

      const failed = [...statuses.keys()].filter((status) => /^5|^gRPC (2|13|14)$/.test(status));
      expect(failed).toEqual([]);
      expect(statuses.get('200')).toBeGreaterThan(seconds);
      expect(daemon.output.stdout).not.toContain('"msg":"fault"');
      const grew = (what: keyof Level) => level(what)[1] - level(what)[0];
      // the heap still finds its size in the first minute, some watches more are open at one moment than at another
      expect(grew('rssMiB')).toBeLessThan(30);
      expect(grew('heapMiB')).toBeLessThan(8);
      for (const what of ['handles', 'fds'] as const) expect(grew(what)).toBeLessThan(12);
      expect(grew('children')).toBeLessThan(1);
      expect(grew('threads')).toBeLessThan(2);
      // a short one runs beside tests that come and go: only the long one can tell what gets slower
      const mostMs = seconds < 120 ? Math.max(10 * latency[0], 10_000) : 2 * latency[0] + 50;
      expect(latency[1]).toBeLessThan(mostMs);
    },
    (seconds + 60) * 1000,
  );
});

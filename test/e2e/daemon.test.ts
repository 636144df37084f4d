import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remove, temporary } from '../support/held.ts';
import { cli, type Daemon, get, holding, startDaemon, until, withDaemon } from './support.ts';

/** A request whose probing process is stopped: it is answered after `go`, or never. */
async function slowRequest(daemon: Daemon) {
  const url = `${daemon.http}/v1/processes/${process.pid}?scope=process&timeoutSeconds=60`;
  await get(url);
  const { children } = holding(daemon.pid);
  for (const child of children) process.kill(child, 'SIGSTOP');
  const running = get(url).then(
    ({ status }) => status,
    () => 'cut off' as const,
  );
  await sleep(200);
  const go = () => {
    for (const child of children) process.kill(child, 'SIGCONT');
  };
  return { running, go };
}

describe('start and end', () => {
  it('says where it listens and what to try; the try works', () =>
    withDaemon({}, async ({ http, grpc, socket, output, pid }) => {
      expect(output.stdout).toMatch(/^checkpointable \d+\.\d+\.\d+ listens: REST /);
      expect(output.stdout).toContain(`gRPC ${grpc}  unix:${socket}`);
      const [, url = ''] = /^Try: curl (\S+)$/m.exec(output.stdout) ?? [];
      expect(url).toBe(`${http}/v1/processes/${pid}`);
      expect((await get(url)).status).toBe(200);
    }));

  it('its unix socket is for its owner and group', () =>
    withDaemon({}, async ({ socket }) => {
      const { mode } = lstatSync(socket);
      expect((mode & 0o777).toString(8)).toBe('660');
    }));

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: what runs is answered, nothing new is taken, exit 0',
    async (signal) => {
      const daemon = await startDaemon({ flags: ['--workers', '1'] });
      const { running, go } = await slowRequest(daemon);
      daemon.kill(signal);
      await until(() => daemon.output.stdout.includes('stopping'), 'the daemon says that it stops');
      const late = await get(`${daemon.http}/livez`).then(
        ({ status }) => status,
        () => 'refused',
      );
      expect(['refused', 503]).toContain(late);
      const told = performance.now();
      go();
      expect(await running).toBe(200);
      expect(await daemon.ended()).toMatchObject({ code: 0, signal: null });
      // and not only once the drain is over, or the client drops its connection
      expect(performance.now() - told).toBeLessThan(5000);
    },
  );

  it('what hangs does not keep it: exit 0 once the drain is over', async () => {
    const daemon = await startDaemon({ flags: ['--workers', '1'] });
    const { running } = await slowRequest(daemon);
    expect(await daemon.stop()).toMatchObject({ code: 0, signal: null });
    expect(await running).not.toBe(200);
  });

  it('a second signal ends it at once', async () => {
    const daemon = await startDaemon({ flags: ['--workers', '1'] });
    const { running } = await slowRequest(daemon);
    daemon.kill('SIGTERM');
    await until(() => daemon.output.stdout.includes('stopping'), 'the daemon says that it stops');
    const told = performance.now();
    daemon.kill('SIGTERM');
    expect(await daemon.ended()).toMatchObject({ code: 1 });
    expect(performance.now() - told).toBeLessThan(3000);
    expect(await running).toBe('cut off');
  });

  it('a killed one leaves no probing process behind, and its socket is taken over', async () => {
    const first = await startDaemon();
    await get(`${first.http}/v1/processes/${process.pid}`);
    first.kill('SIGKILL');
    await first.ended();
    const dir = temporary();
    const socket = join(dir, 'agent.sock');
    const one = await startDaemon({ flags: ['--grpc-socket', socket] });
    one.kill('SIGKILL');
    await one.ended();
    expect(lstatSync(socket).isSocket()).toBe(true);
    await withDaemon({ flags: ['--grpc-socket', socket] }, async ({ output }) => {
      expect(output.stdout).toContain(`unix:${socket}`);
    });
    remove(dir);
  });
});

describe('what stops the start', () => {
  let taken: HttpServer;
  let port: number;
  let dir: string;
  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    port = (taken.address() as AddressInfo).port;
    dir = temporary();
  });
  afterAll(() => {
    taken.close();
    remove(dir);
  });
  const serve = (...flags: string[]) =>
    cli(['serve', '--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0', '--grpc-socket', 'none', ...flags]);

  it.each(['http', 'grpc'])('a port in use for %s: said, with what to do, exit 1', async (name) => {
    const { code, stderr } = await serve(`--${name}`, `127.0.0.1:${port}`);
    expect(code).toBe(1);
    expect(stderr).toContain('EADDRINUSE');
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(stderr).toContain('--http and --grpc choose other ports');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    [['--no-such'], /no-such/],
    [['--workers', 'many'], /workers: expected a whole number from 1 to 64, got "many"/],
    [
      ['--http', '0.0.0.0:1'],
      /can be reached from other machines: expected a loopback address, or insecure=true/,
    ],
    [['--policy', 'none'], /policy: expected one of cr-check-file, criu, got "none"/],
    [['--http', 'x', '--log-level', 'loud'], /http: expected host:port[\s\S]*log-level: expected trace/],
  ])('bad flags %j: exit 64', async (flags, said) => {
    const { code, stderr, stdout } = await serve(...flags);
    expect(stderr).toMatch(said);
    expect(stdout).toBe('');
    expect(code).toBe(64);
  });

  it('a wrong policy: file, line and what was expected, exit 78', async () => {
    const folder = join(dir, 'policies');
    mkdirSync(folder);
    const text =
      'policy: own\nengineVersion: "1.0"\njudges: [fd]\naccept:\n  - { rule: a, when: { colour: red } }\notherwise: { reason: No, message: no }\n';
    writeFileSync(join(folder, 'own.yaml'), text);
    const { code, stderr } = await serve('--policy-dir', folder);
    expect(stderr).toMatch(/own\.yaml:5: .*unknown fact "colour"/);
    expect(code).toBe(78);
    expect((await cli(['policies', '--policy-dir', folder])).code).toBe(78);
  });

  it('a setting may come from the environment; a flag wins', () =>
    withDaemon(
      { environment: { CHECKPOINTABLE_POLICY: 'criu', CHECKPOINTABLE_LOG_LEVEL: 'silent' } },
      async ({ http, output }) => {
        const { json } = await get(`${http}/v1/processes/${process.pid}?scope=process`);
        expect(json.policy.name).toBe('criu');
        expect(output.stdout.trim().split('\n')).toHaveLength(2);
      },
    ));
});

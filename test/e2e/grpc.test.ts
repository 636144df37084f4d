import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/policy/report.ts';
import { connectTo, plain } from '../server/grpc/client.ts';
import { type Held, hold, remove, temporary } from '../support/held.ts';
import { type Daemon, get, project, run, startDaemon, timeless } from './support.ts';

const python = '/usr/bin/python3';
const pythonMissing = await missingPython();
if (pythonMissing) console.log(`skipped: a client in Python: ${pythonMissing}`);

async function missingPython(): Promise<string | undefined> {
  const tried = await run(python, ['-c', 'import grpc, google.protobuf']).catch(() => undefined);
  if (tried?.code !== 0) return 'needs Debian’s python3-grpcio and python3-protobuf';
  const protoc = await run('protoc', ['--version']).catch(() => undefined);
  return protoc?.code === 0 ? undefined : 'needs Debian’s protobuf-compiler and libprotobuf-dev';
}

let daemon: Daemon;
let held: Held;
let dir: string;
beforeAll(async () => {
  [daemon, held] = await Promise.all([startDaemon(), hold('tcp', 'null', 'names', 'pipe', 'watched')]);
  // all that a stranger has: the .proto files, grpc-js, and a script of their own
  dir = temporary();
  cpSync(join(project, 'proto'), join(dir, 'proto'), { recursive: true });
  for (const file of ['health.proto', 'grpc-client.mjs', 'grpc_client.py']) {
    cpSync(join(import.meta.dirname, file), join(dir, file.endsWith('.proto') ? 'proto' : '.', file));
  }
  mkdirSync(join(dir, 'node_modules'));
  symlinkSync(join(project, 'node_modules/@grpc'), join(dir, 'node_modules/@grpc'));
});
afterAll(async () => {
  await Promise.all([daemon?.stop(), held?.stop()]);
  if (dir) remove(dir);
});

const notFound = { status: 5, code: 'ProcessNotFound' };

describe('gRPC, to those who only know the .proto file', () => {
  it.each([
    ['TCP', () => daemon.grpc],
    ['the unix socket', () => `unix:${daemon.socket}`],
  ])('grpc-js from a fresh folder, over %s', async (_, address) => {
    const args = [join(dir, 'grpc-client.mjs'), address(), String(held.pid)];
    const { stdout, stderr } = await run(process.execPath, args, { cwd: dir });
    expect(stderr).toBe('');
    const said = JSON.parse(stdout);
    expect(said.check.reply.target).toMatchObject({ type: 'tree', pid: held.pid });
    expect(said.gone).toEqual(notFound);
    expect(said.batch.reply.results[1].error).toMatchObject({ code: 'ProcessNotFound', status: 404 });
    expect(said.policies.reply.policies.map(({ name }: { name: string }) => name)).toContain('criu');
    expect(said.health.reply).toEqual({ status: 1 });
  });

  it.skipIf(pythonMissing !== undefined)(
    `Debian's python3-grpcio${pythonMissing ? ` (${pythonMissing})` : ''}`,
    async () => {
      const protos = ['checkpointable/v1/readiness.proto', 'health.proto'];
      const made = await run('protoc', [
        '-I',
        join(dir, 'proto'),
        '-I',
        '/usr/include',
        `--python_out=${dir}`,
        ...protos,
      ]);
      expect(made.stderr).toBe('');
      const args = [join(dir, 'grpc_client.py'), daemon.grpc, String(held.pid)];
      const { stdout, stderr } = await run(python, args, { cwd: dir });
      expect(stderr).toBe('');
      const said = JSON.parse(stdout);
      const { json } = await get(`${daemon.http}/v1/processes/${held.pid}?show=all`);
      expect(said.check.reply).toMatchObject({ verdict: json.verdict, reason: json.reason });
      expect(said.check.reply.findings).toHaveLength(json.findings.length);
      expect(said.gone).toEqual(notFound);
      expect(said.batch.reply.results[1].error).toMatchObject({ code: 'ProcessNotFound' });
      expect(said.policies.reply.policies).toHaveLength(2);
      expect(said.health.reply).toEqual({ status: 'SERVING' });
    },
  );
});

describe('Watch', () => {
  it('gives the report that Check does, at once; and a watch of nothing fails as Check does', async () => {
    const client = connectTo(daemon.grpc);
    const target = { pid: held.pid };
    const stream = client.stream('Watch', { check: { target } });
    const [event] = await once(stream, 'data');
    stream.on('error', () => {}).cancel();
    const { message } = await client.call('Check', { target });
    const told = plain(event).report as Report;
    expect(told).toMatchObject({ verdict: message.verdict, target: plain(message.target) });
    expect(told.findings).toHaveLength(message.findings.length);
    const none = client.stream('Watch', { check: { target: { pid: 4_194_304 } } });
    const [error] = await once(none, 'error').catch((thrown) => [thrown]);
    expect(error.metadata.get('checkpointable-code')).toEqual(['ProcessNotFound']);
    client.close();
  });
});

describe('REST and gRPC give the same answer', () => {
  it.each(['cr-check-file', 'criu'])('for the same process: %s', async (policy) => {
    const client = connectTo(daemon.grpc);
    const overRest = await get(
      `${daemon.http}/v1/processes/${held.pid}?show=all&policy=${policy}&option=tcp-established`,
    );
    const { message } = await client.call('Check', {
      target: { pid: held.pid },
      policy,
      options: ['tcp-established'],
      show: 'all',
    });
    client.close();
    expect(timeless(plain(message) as Report)).toEqual(timeless(overRest.json as Report));
    expect(overRest.json.findings.length).toBeGreaterThan(0);
  });
});

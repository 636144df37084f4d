import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remove, temporary } from '../support/held.ts';
import {
  ask,
  auditor,
  certificateOf,
  grpcTo,
  listen,
  makeCertificate,
  type Pair,
  viewer,
  writeTokens,
} from './secure.ts';
import { type Daemon, holding, ownPolicies, startDaemon, until } from './support.ts';

let dir: string;
let authority: Pair;
let shown: Pair;
let tokens: string;
let policies: string;
let daemon: Daemon;

beforeAll(async () => {
  dir = temporary();
  authority = makeCertificate(dir, 'ca', '/CN=authority');
  shown = makeCertificate(dir, 'server', '/CN=localhost', authority);
  copyFileSync(authority.cert, join(dir, 'callers.crt'));
  tokens = writeTokens(join(dir, 'tokens'), [`auditor ${auditor}`]);
  policies = join(dir, 'policies');
  mkdirSync(policies);
  daemon = await startDaemon({
    flags: [
      ...['--tls-cert', shown.cert, '--tls-key', shown.key, '--tls-client-ca', join(dir, 'callers.crt')],
      ...['--token-file', tokens, '--policy-dir', policies, '--client-rate', '0', '--workers', '1'],
    ],
  });
});
afterAll(async () => {
  await daemon?.stop();
  if (dir) remove(dir);
});

const from = (url: string, how: Parameters<typeof ask>[1] = { token: auditor }) =>
  ask(`${daemon.http}${url}`, { ca: authority.cert, ...how });
const own = `/v1/processes/${process.pid}?scope=process&format=json`;
const reloadLine = async () =>
  (await from('/readyz?verbose')).text.split('\n').find((line) => line.includes('reload'));
const reloads = async (result: string) =>
  Number(new RegExp(`reloads_total\\{result="${result}"\\} (\\d+)`).exec((await from('/metrics')).text)?.[1]);
/** SIGHUP, and the end of it. */
async function hup(result: 'ok' | 'failed'): Promise<void> {
  const before = await reloads(result);
  daemon.kill('SIGHUP');
  await until(async () => (await reloads(result)) > before, `a reload that is ${result}`);
}

describe('certificates', () => {
  it('are changed on SIGHUP, for REST and gRPC, and open connections live on', async () => {
    const client = grpcTo(daemon.grpc, { ca: authority.cert, token: auditor });
    expect((await client.call('ListPolicies', {})).error).toBeUndefined();
    const before = await certificateOf(daemon.http);
    const next = makeCertificate(dir, 'next', '/CN=localhost', authority);
    copyFileSync(next.cert, shown.cert);
    copyFileSync(next.key, shown.key);
    await hup('ok');
    const after = await certificateOf(daemon.http);
    expect(after).not.toBe(before);
    expect(await certificateOf(daemon.grpc)).toBe(after);
    expect((await client.call('ListPolicies', {})).error).toBeUndefined();
    client.close();
    expect(await reloadLine()).toMatch(/^\[\+\] reload: done at 20/);
  });

  it('a key of another certificate is not taken: the old ones stay, and it is said everywhere', async () => {
    const key = readFileSync(shown.key);
    const before = await certificateOf(daemon.http);
    copyFileSync(authority.key, shown.key);
    await hup('failed');
    expect(await certificateOf(daemon.http)).toBe(before);
    expect(await reloadLine()).toMatch(
      /^\[!\] reload: tokens and certificates failed at .*, what was loaded before is kept: .*server\.key: is not the key of/,
    );
    expect((await from('/readyz', {})).text).toBe('ok\n');
    expect(daemon.output.stdout).toMatch(
      /"level":50.*is not the key of.*not reloaded: what was loaded before is kept/,
    );
    writeFileSync(shown.key, key);
    await hup('ok');
  });

  it('callers of an authority that is no more trusted are shut out, also on a connection that was open', async () => {
    const pair = makeCertificate(dir, 'client', '/CN=caller', authority);
    const other = makeCertificate(dir, 'other', '/CN=other');
    const client = grpcTo(daemon.grpc, { ca: authority.cert, pair });
    expect((await client.call('ListPolicies', {})).error).toBeUndefined();
    expect((await from(own, { pair })).status).toBe(200);
    copyFileSync(other.cert, join(dir, 'callers.crt'));
    await hup('ok');
    expect((await from(own, { pair })).status).toBe(401);
    expect((await client.call('ListPolicies', {})).error?.code).toBe(16);
    client.close();
  });
});

describe('tokens', () => {
  it('are changed by writing the file, without a signal; a watch ends with its token', async () => {
    writeTokens(tokens, [`auditor ${auditor}`, `viewer ${viewer}`]);
    await until(async () => (await from('/metrics', { token: viewer })).status === 200, 'the new token');
    const stream = listen(
      `${daemon.http}/v1/processes/${process.pid}/watch?intervalSeconds=1`,
      { ca: authority.cert, token: viewer },
      20_000,
    );
    const call = grpcTo(daemon.grpc, { ca: authority.cert, token: viewer });
    const watch = call.stream('Watch', { check: { target: { pid: process.pid } }, intervalSeconds: 1 });
    const failed = once(watch, 'error');
    watch.on('data', () => {});
    await sleep(1500);
    writeTokens(tokens, [`auditor ${auditor}`]);
    await until(async () => (await from('/metrics', { token: viewer })).status === 401, 'the token is gone');
    expect(await stream).toMatch(/event: report[\s\S]*event: end\ndata: \{"code":"Unauthenticated"/);
    expect((await failed)[0].code).toBe(16);
    call.close();
  });

  it('a file that is wrong is not taken', async () => {
    const before = await reloads('failed');
    writeTokens(tokens, [`auditor ${auditor}`, 'viewer short']);
    await until(async () => (await reloads('failed')) > before, 'it is seen');
    expect(await reloadLine()).toMatch(/tokens:3: expected a token of at least 32 characters, got 5/);
    expect((await from(own)).status).toBe(200);
    writeTokens(tokens, [`auditor ${auditor}`]);
    await until(async () => /reload: done/.test((await reloadLine()) ?? ''), 'the right one');
  });
});

describe('policies', () => {
  it('are those of the folder, and the next check is judged by them', async () => {
    expect((await from(`${own}&policy=anything`)).json.code).toBe('PolicyNotFound');
    copyFileSync(join(ownPolicies, 'anything.yaml'), join(policies, 'anything.yaml'));
    expect((await from(`${own}&policy=anything`)).json.code).toBe('PolicyNotFound');
    await hup('ok');
    expect((await from(`${own}&policy=anything`)).json.verdict).toBe('ready');
    expect((await from('/v1/policies/anything')).status).toBe(200);
    expect((await from('/metrics')).text).toMatch(/checked_files_total\{policy="anything"/);
  });

  it('a check that runs is not lost: the old ones judge it to its end', async () => {
    await from(own);
    const [old = 0] = holding(daemon.pid).children;
    process.kill(old, 'SIGSTOP');
    const running = from(`${own}&policy=anything&timeoutSeconds=30`);
    await sleep(300);
    rmSync(join(policies, 'anything.yaml'));
    await hup('ok');
    expect(holding(daemon.pid).children).toContain(old);
    process.kill(old, 'SIGCONT');
    expect((await running).json.verdict).toBe('ready');
    await until(() => !holding(daemon.pid).children.includes(old), 'the old one is gone');
    expect((await from(`${own}&policy=anything`)).json.code).toBe('PolicyNotFound');
  });

  it('a wrong one changes nothing, not even in a probing process that is started anew', async () => {
    writeFileSync(join(policies, 'wrong.yaml'), 'policy: wrong\nno: thing\n');
    writeTokens(tokens, [`auditor ${auditor}`, `viewer ${viewer}`]);
    await hup('failed');
    // the tokens were right, and are not kept waiting for the policy
    await until(async () => (await from('/metrics', { token: viewer })).status === 200, 'the new token');
    expect(await reloadLine()).toMatch(/^\[!\] reload: policies failed .*wrong\.yaml:/);
    for (const child of holding(daemon.pid).children) process.kill(child, 'SIGKILL');
    await sleep(200);
    expect((await from(own)).status).toBe(200);
  });
});

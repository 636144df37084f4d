import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remove, temporary } from '../support/held.ts';
import {
  ask,
  auditor,
  grpcTo,
  listen,
  makeCertificate,
  type Pair,
  reconnect,
  viewer,
  writeTokens,
} from './secure.ts';
import { cli, type Daemon, isRoot, main, nobody, run, startDaemon, until, withDaemon } from './support.ts';

/** Part of every name of the process that is looked at: whoever may not see names must not see it. */
const secret = 'sesame';
const program = `
  const fs = require('fs'); process.title = '${secret}';
  fs.openSync('${secret}.gone', 'w'); fs.unlinkSync('${secret}.gone'); fs.openSync('${secret}.kept', 'w');
  require('net').createServer().listen('${secret}.sock', () => console.log('holds'));
`;

let dir: string;
let authority: Pair;
let server: Pair;
let target: ChildProcess;
let daemon: Daemon;
let plain: Daemon;
let path: string;

beforeAll(async () => {
  dir = temporary();
  authority = makeCertificate(dir, 'ca', '/CN=authority');
  server = makeCertificate(dir, 'server', '/CN=localhost', authority);
  const tokens = writeTokens(join(dir, 'tokens'), [`auditor ${auditor}`, `viewer ${viewer}`]);
  const work = join(dir, secret);
  mkdirSync(work);
  target = spawn(process.execPath, ['-e', program], { cwd: work, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(target.stdout as NodeJS.ReadableStream, 'data');
  path = `/v1/processes/${target.pid}`;
  const tls = ['--tls-cert', server.cert, '--tls-key', server.key];
  const who = ['--tls-client-ca', authority.cert, '--token-file', tokens];
  [daemon, plain] = await Promise.all([
    startDaemon({ flags: [...tls, ...who, '--client-rate', '0'] }),
    startDaemon({ flags: ['--client-rate', '2', '--client-checks', '1', '--workers', '1'] }),
  ]);
});
afterAll(async () => {
  target?.kill('SIGKILL');
  await Promise.all([daemon?.stop(), plain?.stop()]);
  if (dir) remove(dir);
});

const from = (url: string, how: Parameters<typeof ask>[1] = {}) =>
  ask(`${daemon.http}${url}`, { ca: authority.cert, ...how });
const grpc = (how: Parameters<typeof ask>[1] = {}) => grpcTo(daemon.grpc, { ca: authority.cert, ...how });
const checkOf = () => ({ target: { pid: target.pid } });

describe('who may ask', () => {
  it.each([undefined, 'wrong', `${auditor}x`, auditor.slice(1)])(
    'no answer for the token %s',
    async (token) => {
      const how = token === undefined ? {} : { token };
      const { status, headers, json } = await from(path, how);
      expect([status, json.code]).toEqual([401, 'Unauthenticated']);
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
      const client = grpc(how);
      const { error } = await client.call('Check', checkOf());
      client.close();
      expect(error?.code).toBe(16);
      expect(error?.metadata.get('checkpointable-code')).toEqual(['Unauthenticated']);
    },
  );

  it('probes need no token, and learn nothing but yes; all else does', async () => {
    for (const url of ['/livez', '/readyz']) expect((await from(url)).text).toBe('ok\n');
    const shut = ['/readyz?verbose', '/metrics', '/openapi.json', '/v1/policies', '/', '/nowhere'];
    for (const url of shut) expect([url, (await from(url)).status]).toEqual([url, 401]);
    expect((await from('/readyz', { headers: { accept: 'application/json' } })).status).toBe(401);
    expect((await from('/v1/check', { body: { requests: [checkOf()] } })).status).toBe(401);
  });

  it('a token of the file, over REST and gRPC', async () => {
    const { status, text } = await from(`${path}?show=all&format=json`, { token: auditor });
    expect([status, text.includes(secret)]).toEqual([200, true]);
    const client = grpc({ token: auditor });
    const { message } = await client.call('Check', checkOf());
    client.close();
    expect(JSON.stringify(message)).toContain(secret);
  });

  it('a client certificate: an auditor, or a viewer by its unit; of another authority nobody', async () => {
    const other = makeCertificate(dir, 'other', '/CN=other');
    const units: readonly (readonly [string, Pair, string])[] = [
      ['/CN=a', authority, 'auditor'],
      ['/CN=v/OU=viewer', authority, 'viewer'],
      ['/CN=x/OU=auditor', other, 'nobody'],
    ];
    for (const [index, [subject, signer, role]] of units.entries()) {
      const pair = makeCertificate(dir, `client-${index}`, subject, signer);
      const { status, text } = await from(`${path}?format=json`, { pair });
      const client = grpc({ pair });
      const { message, error } = await client.call('Check', checkOf());
      client.close();
      const rest = status === 401 ? 'nobody' : text.includes(secret) ? 'auditor' : 'viewer';
      const said = JSON.stringify(message ?? '').includes(secret) ? 'auditor' : 'viewer';
      expect([rest, error?.code === 16 ? 'nobody' : said]).toEqual([role, role]);
    }
  });

  it('a unix socket has its mode: callers without a token are let in as anonymous', async () => {
    const client = grpcTo(`unix:${daemon.socket}`, {});
    const { message, error } = await client.call('Check', checkOf());
    client.close();
    expect([error, message.target.pid]).toEqual([undefined, target.pid]);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'no session of %s is resumed, so no certificate is remembered',
    async (version) => {
      for (const address of [daemon.http, daemon.grpc]) {
        const first = await reconnect(address, version);
        expect((await reconnect(address, version, first.session)).reused).toBe(false);
      }
    },
  );

  it('who speaks plainly to a port with TLS is cut off', async () => {
    await expect(ask(`${daemon.http.replace('https', 'http')}/livez`)).rejects.toThrow(/ECONNRESET|hang up/);
    expect((await from('/livez')).status).toBe(200);
  });
});

describe('a viewer', () => {
  const token = viewer;

  it('is told verdicts and reasons over REST, and no name', async () => {
    const full = (await from(`${path}?format=json`, { token: auditor })).json;
    const seen = await from(`${path}?format=json&show=all`, { token });
    expect(seen.json).toMatchObject({ verdict: full.verdict, reason: full.reason, counts: full.counts });
    expect(seen.json.findings).toHaveLength(full.findings.length);
    expect(full.findings.length).toBeGreaterThan(0);
    const urls = [
      `${path}?show=all`,
      `${path}?format=text&show=all`,
      `${path}/ready`,
      `${path}/ready?format=json`,
      `${path}/files/0`,
      `/v1/processes/${target.pid}?option=external%3Dfile%5B${secret}%5D&format=json`,
    ];
    for (const url of urls) {
      const { status, text } = await from(url, { token });
      expect([url, status < 500, text.includes(secret), text.includes(dir)]).toEqual([
        url,
        true,
        false,
        false,
      ]);
    }
    const batch = await from('/v1/check', { token, body: { requests: [checkOf(), { target: { pid: 1 } }] } });
    expect([batch.json.results.length, batch.text.includes(secret)]).toEqual([2, false]);
  });

  it('the same as a stream, and over gRPC', async () => {
    const stream = await listen(`${daemon.http}${path}/watch?show=all`, { ca: authority.cert, token }, 2500);
    expect(stream).toContain('event: report');
    expect(stream).not.toContain(secret);
    const client = grpc({ token });
    const batch = await client.call('CheckBatch', { requests: [{ ...checkOf(), show: 'all' }] });
    expect(batch.message.results[0].report.counts.files).toBeGreaterThan(0);
    const call = client.stream('Watch', { check: { ...checkOf(), show: 'all' } });
    call.on('error', () => {});
    const [event] = await once(call, 'data');
    call.cancel();
    client.close();
    expect(event.report.findings.length).toBeGreaterThan(0);
    expect(JSON.stringify([batch.message, event])).not.toContain(secret);
  });

  it('is what callers without credentials are, where that is said', () =>
    withDaemon({ flags: ['--anonymous-role', 'viewer'] }, async ({ http, socket }) => {
      const { status, text } = await ask(`${http}${path}?show=all&format=json`);
      expect([status, text.includes(secret)]).toEqual([200, false]);
      const client = grpcTo(`unix:${socket}`, {});
      const { message } = await client.call('Check', checkOf());
      client.close();
      expect(JSON.stringify(message)).not.toContain(secret);
    }));
});

describe('browsers', () => {
  it('a name that leads here from elsewhere is refused, so is a page of another site', async () => {
    const host = plain.http.slice('http://'.length);
    const headers: readonly (readonly [Record<string, string>, number])[] = [
      [{ host: 'rebound.example' }, 403],
      [{ host: `rebound.example:${host.split(':')[1]}` }, 403],
      [{ host: `localhost:${host.split(':')[1]}` }, 200],
      [{ origin: 'https://elsewhere.example' }, 403],
      [{ origin: 'null' }, 403],
      [{ origin: `http://${host}` }, 200],
      [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ];
    for (const [sent, status] of headers) {
      const answer = await ask(`${plain.http}/livez`, { headers: sent });
      expect([sent, answer.status]).toEqual([sent, status]);
      if (status === 403) expect(answer.json.code).toBe('NotAllowed');
    }
  });

  it('are told with every answer what not to do with it', async () => {
    for (const { headers } of [
      await from('/livez'),
      await from('/metrics'),
      await from('/v1/policies', { token: viewer }),
    ]) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'strict-transport-security': 'max-age=31536000',
      });
    }
    expect((await ask(`${plain.http}/livez`)).headers['strict-transport-security']).toBeUndefined();
  });
});

describe('one caller among others', () => {
  it('is slowed down when it asks too often, over REST and gRPC, and a batch counts as many', async () => {
    const client = grpcTo(`unix:${plain.socket}`, {});
    const batch = await client.call('CheckBatch', { requests: Array(20).fill(checkOf()) });
    expect(batch.error).toBeUndefined();
    const { error } = await client.call('ListPolicies', {});
    client.close();
    expect([error?.code, error?.metadata.get('checkpointable-code')[0]]).toEqual([8, 'TooBusy']);
    expect(Number(error?.metadata.get('retry-after')[0])).toBeGreaterThanOrEqual(5);
    // another caller is not
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await ask(`${plain.http}/v1/policies`));
    const refused = answers.find(({ status }) => status === 429);
    expect(answers[0]?.status).toBe(200);
    expect([refused?.json.code, refused?.headers['retry-after']]).toEqual(['TooBusy', '1']);
    expect((await ask(`${plain.http}/livez`)).status).toBe(200);
  });
});

describe('what a caller says is never opened', () => {
  it('as a path, a policy, an id or a name', async () => {
    const file = join(dir, 'bait.yaml');
    writeFileSync(file, 'policy: bait\n');
    utimesSync(file, 1, 2);
    readFileSync(file);
    const works = statSync(file).atimeMs > 1000;
    utimesSync(file, 1, 2);
    const up = `..%2F..%2F..%2F..${encodeURIComponent(file)}`;
    const urls = [
      `/v1/cgroups/${up}`,
      `/v1/cgroups/${encodeURIComponent(file)}`,
      `/v1/policies/${encodeURIComponent(file)}`,
      `/v1/policies/${up}`,
      `/v1/containers/${encodeURIComponent(file)}`,
      `/v1/pods/shop/${encodeURIComponent(file)}`,
      `${path}?policy=${encodeURIComponent(file)}`,
      `${path}?runtime=${encodeURIComponent(file)}`,
      `/${up}`,
    ];
    for (const url of urls) {
      const { status } = await from(url, { token: auditor });
      expect([url, status >= 400 && status < 500]).toEqual([url, true]);
    }
    await from(
      `${path}?option=${encodeURIComponent(`--config=${file}`)}&option=${encodeURIComponent(`external=file[${file}]`)}`,
      {
        token: auditor,
      },
    );
    if (works) expect(statSync(file).atimeMs).toBe(1000);
  });
});

describe('the log', () => {
  it('has a line for each request, with who and in which trace, and no names', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01`, 'x-request-id': 'of-a-test' };
    await from(`${path}?show=all`, { token: auditor, headers });
    const client = grpc({ token: viewer, headers });
    await client.call('Check', checkOf());
    client.close();
    const mine = () =>
      daemon.output.stdout
        .split('\n')
        .filter((line) => line.includes('of-a-test'))
        .map((line) => JSON.parse(line));
    await until(() => mine().length === 2, 'two lines');
    for (const line of mine()) {
      expect(line).toMatchObject({
        traceId,
        spanId: '00f067aa0ba902b7',
        target: 'tree',
        targetPid: target.pid,
      });
      expect(line.verdict).toMatch(/ready|unknown/);
    }
    const who = mine().map(({ role, client: id }) => [role, /^token [0-9a-f]{8}$/.test(id)]);
    expect(who).toEqual([
      ['auditor', true],
      ['viewer', true],
    ]);
    const { stdout } = daemon.output;
    expect(
      [secret, auditor, viewer].filter((word) =>
        stdout.replace(/^(Try|checkpointable).*$/gm, '').includes(word),
      ),
    ).toEqual([]);
  });
});

describe('the start', () => {
  const serve = (...flags: string[]) =>
    cli(['serve', '--http', '0.0.0.0:0', '--grpc', '127.0.0.1:0', '--grpc-socket', 'none', ...flags]);

  it('does not listen openly: TLS alone is not enough, nor a token alone', async () => {
    const tls = ['--tls-cert', server.cert, '--tls-key', server.key];
    for (const flags of [[], tls, ['--token-file', join(dir, 'tokens')]]) {
      const { code, stderr } = await serve(...flags);
      expect([code, stderr]).toEqual([
        64,
        expect.stringMatching(/--http: 0\.0\.0\.0:0 can be reached from other machines/),
      ]);
    }
  });

  it('says it where it does, as it was told', () =>
    withDaemon({ flags: ['--http', '0.0.0.0:0', '--insecure', 'true'] }, async ({ output }) => {
      await until(() => output.stdout.includes('anyone who reaches it may ask'), 'a warning');
    }));

  it('takes no token file that others may read, nor a key, nor what does not parse: all at once', async () => {
    const open = join(dir, 'open');
    writeFileSync(open, `auditor ${auditor}\n`);
    chmodSync(open, 0o644);
    const { code, stderr } = await serve(
      '--tls-cert',
      server.key,
      '--tls-key',
      server.cert,
      '--token-file',
      open,
    );
    expect(code).toBe(78);
    expect(stderr).toMatch(/server\.crt: expected a file that others may not open/);
    expect(stderr).toMatch(
      /open: expected a file that others may not open, as with chmod o=: its mode is 0644/,
    );
  });
});

describe.skipIf(!isRoot)('rights', () => {
  const capabilities = 'sys_ptrace,dac_read_search';
  const start = async (caps: string) => {
    const sign =
      caps === '' ? [] : [`--ambient-caps=${caps}`, `--inh-caps=${caps}`, `--bounding-set=-all,${caps}`];
    const child = spawn(
      'setpriv',
      [
        ...[
          `--reuid=${nobody}`,
          `--regid=${nobody}`,
          '--clear-groups',
          ...sign,
          '--',
          process.execPath,
          main,
          'serve',
        ],
        ...[
          '--http',
          '127.0.0.1:0',
          '--grpc',
          '127.0.0.1:0',
          '--grpc-socket',
          'none',
          '--sweep-interval-seconds',
          '0',
        ],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    await until(() => said.includes('Try: '), 'it listens');
    const url = `${/REST (\S+)/.exec(said)?.[1]}${path}?format=json&scope=process`;
    return { url, child, said: () => said };
  };

  it('two capabilities are enough to see the files of a process of root', async () => {
    const { url, child, said } = await start(`+${capabilities.replace(',', ',+')}`);
    try {
      const { status, text, json } = await ask(url);
      expect([status, text.includes(secret)]).toEqual([200, true]);
      expect(json.counts.files).toBeGreaterThan(10);
      expect(said()).not.toMatch(/capability CAP_(SYS_PTRACE|DAC_READ_SEARCH)/);
      const { stdout } = await run('grep', ['CapEff', `/proc/${child.pid}/status`]);
      expect(stdout).toBe('CapEff:\t0000000000080004\n');
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('what each missing one costs is said at start, a line each, and nothing is taken for ready', async () => {
    const { url, child, said } = await start('');
    try {
      await until(() => said().includes('CAP_CHECKPOINT_RESTORE'), 'the warnings');
      const lines = said()
        .split('\n')
        .filter((line) => line.includes('"check":"capability'));
      expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
        'missing: processes of other users are unknown',
        'missing: folders closed to this user hide whether a path is still there',
        'missing: a process with an internet socket that was never bound or connected is unknown',
        'missing: a process that maps files of an overlay, as in most containers, is unknown',
      ]);
      const { status, json } = await ask(url);
      expect(status === 403 || json.verdict === 'unknown').toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

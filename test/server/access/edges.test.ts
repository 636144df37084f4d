import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeOf } from '../../../src/server/access/log.ts';
import { createReloads } from '../../../src/server/access/reload.ts';
import { readSecrets, secretsStamp } from '../../../src/server/access/secrets.ts';
import { checkSite } from '../../../src/server/access/site.ts';
import { readTrace } from '../../../src/server/access/trace.ts';
import { readPolicies } from '../../../src/server/policies.ts';
import { remove, temporary } from '../../support/held.ts';

let dir: string;
beforeAll(() => {
  dir = temporary();
});
afterAll(() => remove(dir));

describe('traceparent', () => {
  const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  it.each([
    [`00-${trace}-${span}-01`, true],
    [`cc-${trace}-${span}-01-later`, true],
    [`00-${trace}-${span}-01-more`, false],
    [`ff-${trace}-${span}-01`, false],
    [`00-${'0'.repeat(32)}-${span}-01`, false],
    [`00-${trace}-${'0'.repeat(16)}-01`, false],
    [`00-${trace.toUpperCase()}-${span}-01`, false],
    [`00-${trace}-${span}-1`, false],
    [`cc-${trace}-${span}-01-${'x'.repeat(600)}`, false],
    [undefined, false],
    [['a', 'b'], false],
  ])('%s: %s', (header, good) => {
    expect(readTrace(header)).toEqual(good ? { traceId: trace, spanId: span } : {});
  });
});

describe('which sites may ask', () => {
  const may = (headers: Record<string, string>, host = '127.0.0.1', open = true): boolean => {
    try {
      checkSite(headers, { host, open });
      return true;
    } catch {
      return false;
    }
  };

  it.each([
    ['127.0.0.1:9722', true],
    ['127.9.9.9', true],
    ['LocalHost:1', true],
    ['[::1]:9722', true],
    ['[::1]', true],
    ['page.localhost:80', true],
    ['rebound.example', false],
    ['127.0.0.1.example:9722', false],
    ['localhost.example', false],
    ['', false],
  ])('Host: %s: %s', (host, good) => {
    expect(may({ host })).toBe(good);
  });

  it('any name leads to an address that is not of this machine alone, or that takes credentials', () => {
    expect(may({ host: 'node-1.example' }, '0.0.0.0')).toBe(true);
    expect(may({ host: 'node-1.example' }, '127.0.0.1', false)).toBe(true);
  });

  it('a page of another site never asks', () => {
    const host = 'localhost:9722';
    expect(may({ host, origin: 'http://localhost:9722' })).toBe(true);
    for (const origin of [
      'null',
      'http://localhost:1',
      'https://a.example',
      'http://localhost:9722.a.example',
    ]) {
      expect([origin, may({ host, origin }, '0.0.0.0', false)]).toEqual([origin, false]);
    }
    expect(may({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(false);
    expect(may({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(true);
    expect(may({ host, 'sec-fetch-site': 'same-origin' })).toBe(true);
  });
});

describe('files of policies', () => {
  const folder = (name: string): string => {
    const path = join(dir, name);
    mkdirSync(path);
    return path;
  };
  const problemsOf = (path: string) => readPolicies([path]).problems.map(({ message }) => message);

  it('a ConfigMap is links within its folder: taken, and after the exchange of its data too', () => {
    const path = folder('map');
    for (const version of ['..1', '..2']) {
      mkdirSync(join(path, version));
      writeFileSync(join(path, version, 'own.yaml'), version);
    }
    symlinkSync('..1', join(path, '..data'));
    symlinkSync('..data/own.yaml', join(path, 'own.yaml'));
    const texts = () => readPolicies([path]).sources.map(({ text }) => text);
    expect([texts(), problemsOf(path)]).toEqual([['..1'], []]);
    symlinkSync('..2', join(path, '..new'));
    renameSync(join(path, '..new'), join(path, '..data'));
    expect(texts()).toEqual(['..2']);
    // the folder itself may be a link
    symlinkSync(path, join(dir, 'linked'));
    expect(readPolicies([join(dir, 'linked')]).sources).toHaveLength(1);
  });

  it('a link out of the folder, a FIFO, a folder, one too large: each is told, none is read or waited for', () => {
    const path = folder('odd');
    symlinkSync('/etc/passwd', join(path, 'a.yaml'));
    execFileSync('mkfifo', [join(path, 'b.yaml')]);
    mkdirSync(join(path, 'c.yaml'));
    writeFileSync(join(path, 'd.yaml'), ' '.repeat(1024 * 1024 + 1));
    symlinkSync('nowhere', join(path, 'e.yaml'));
    expect(problemsOf(path)).toEqual([
      'expected a file of this folder, got a link out of it',
      'expected a file',
      'expected a file',
      'expected at most 1048576 bytes, got 1048577',
      'cannot be read: ENOENT',
    ]);
  });

  it('not more than 64', () => {
    const path = folder('many');
    for (let i = 0; i < 65; i++) writeFileSync(join(path, `${i}.yaml`), '');
    expect(problemsOf(path)).toEqual(['expected at most 64 policies, got 65']);
  });
});

describe('tokens and certificates', () => {
  const write = (name: string, text: string, mode = 0o600): string => {
    const path = join(dir, name);
    writeFileSync(path, text, { mode });
    return path;
  };

  it('every file that is wrong is told, with its place', () => {
    const cert = write('c.pem', 'no certificate');
    const key = write('k.pem', 'no key');
    const tokenFile = write('t', 'viewer short\nroot\n');
    const read = readSecrets({ tls: { cert, key, clientCa: join(dir, 'none') }, tokenFile }, new Date());
    expect('problems' in read && read.problems).toEqual([
      `${join(dir, 'none')}: cannot be read: ENOENT`,
      `${tokenFile}:1: expected a token of at least 32 characters, got 5`,
      `${tokenFile}:2: expected a line "<role> <token>", the role auditor or viewer`,
    ]);
    const again = readSecrets({ tls: { cert, key, clientCa: '' }, tokenFile: '' }, new Date());
    expect('problems' in again && again.problems).toEqual([
      `${cert}: expected a certificate in PEM`,
      `${key}: expected a private key in PEM, without a passphrase`,
    ]);
  });

  it('one that has ended, or that others may read', () => {
    const pair = { cert: join(dir, 's.crt'), key: join(dir, 's.key') };
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ed25519',
        '-nodes',
        '-days',
        '1',
        '-subj',
        '/CN=a',
        '-keyout',
        pair.key,
        '-out',
        pair.cert,
      ],
      { stdio: 'ignore' },
    );
    const at = (days: number) => {
      const read = readSecrets(
        { tls: { ...pair, clientCa: '' }, tokenFile: '' },
        new Date(Date.now() + days * 86_400_000),
      );
      return 'problems' in read ? read.problems.join() : 'good';
    };
    expect([at(0), at(2), at(-1)]).toEqual([
      'good',
      expect.stringMatching(/expired on/),
      expect.stringMatching(/not valid before/),
    ]);
    const tokenFile = write('open', `viewer ${'a'.repeat(32)}`, 0o604);
    const read = readSecrets({ tokenFile }, new Date());
    expect('problems' in read && read.problems[0]).toMatch(/expected a file that others may not open/);
  });

  it('have another stamp once one is written, or its link leads elsewhere', () => {
    const tokenFile = join(dir, 'link');
    const [one, two] = [write('one', 'same'), write('two', 'same')];
    symlinkSync(one, tokenFile);
    const before = secretsStamp({ tokenFile });
    expect(secretsStamp({ tokenFile })).toBe(before);
    symlinkSync(two, `${tokenFile}.new`);
    renameSync(`${tokenFile}.new`, tokenFile);
    expect(secretsStamp({ tokenFile })).not.toBe(before);
  });
});

describe('reading anew', () => {
  const start = (parts: readonly { wrong?: string }[]) => {
    const applied: string[] = [];
    const recorded: boolean[] = [];
    const all = parts.map(({ wrong }, i) => ({
      name: `part ${i}`,
      prepare: () => {
        if (wrong === 'throws') throw new Error('threw');
        return wrong === undefined ? { apply: () => void applied.push(`part ${i}`) } : { problems: [wrong] };
      },
    }));
    const reloads = createReloads({
      all,
      watched: all[0] as (typeof all)[number],
      stamp: () => '',
      log: { info: () => {}, error: () => {} },
      metrics: { recordReload: (ok) => void recorded.push(ok) },
      now: () => new Date(0),
    });
    reloads.reload();
    return { applied, recorded, check: reloads.check() };
  };

  it('all is in force, or nothing', () => {
    expect(start([{}, {}])).toMatchObject({
      applied: ['part 0', 'part 1'],
      recorded: [true],
      check: { ok: true },
    });
    for (const wrong of ['broken', 'throws']) {
      const { applied, recorded, check } = start([{}, { wrong }]);
      expect([applied, recorded, check.ok, check.critical]).toEqual([[], [false], false, false]);
      expect(check.message).toMatch(
        /^part 1 failed at 1970-01-01T00:00:00.000Z, what was loaded before is kept: /,
      );
    }
  });
});

it('a fault in the log is its place in the code, and none of its words', () => {
  const error = new Error("ENOENT: no such file, open '/data/sesame'", { cause: 'sesame' });
  Object.assign(error, { code: 'ENOENT', path: '/data/sesame' });
  expect(JSON.stringify(placeOf(error))).not.toContain('sesame');
  expect(placeOf(error)).toMatchObject({
    type: 'Error',
    code: 'ENOENT',
    stack: expect.stringContaining(' at '),
  });
});
